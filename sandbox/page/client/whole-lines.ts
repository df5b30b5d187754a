/** Where a pane may end. */

/** Top and bottom of a line, in pixels. */
export interface Line {
  readonly top: number;
  readonly bottom: number;
}

/** Returns the largest height up to `room` that cuts no line; `room` where every height cuts one. In pixels. */
export function wholeLinesHeight(lines: readonly Line[], room: number): number {
  const isWhole = (height: number): boolean =>
    lines.every(({ top, bottom }) => height <= top || bottom <= height);
  const heights = [room, ...lines.map(({ bottom }) => Math.ceil(bottom))];
  const whole = heights.filter((height) => height <= room && isWhole(height));
  return whole.length === 0 ? room : Math.max(...whole);
}
