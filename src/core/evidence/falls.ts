/** Falls of a curve from its peaks, by depth and by length. */
import { at } from '../rules/panel.ts';

/** One fall, by places of the curve. */
export interface Fall {
  /** 1 - value / peak, a fraction. */
  readonly depth: number;
  readonly peak: number;
  readonly trough: number;
  /** Undefined while it is not made good. */
  readonly recovered: number | undefined;
}

/** Every fall, deepest first. */
export function fallsOf(curve: Float64Array): readonly Fall[] {
  const falls: Fall[] = [];
  let peak = 0;
  let trough = 0;
  for (let index = 1; index <= curve.length; index++) {
    const isOver = index === curve.length || at(curve, index) >= at(curve, peak);
    if (!isOver) {
      if (trough === peak || at(curve, index) < at(curve, trough)) trough = index;
      continue;
    }
    if (trough > peak) {
      const depth = 1 - at(curve, trough) / at(curve, peak);
      falls.push({ depth, peak, trough, recovered: index < curve.length ? index : undefined });
    }
    peak = index;
    trough = index;
  }
  return falls.sort((left, right) => right.depth - left.depth);
}

/** Sessions from the peak until it was made good, or to the end. */
export function sessionsUnder({ peak, recovered }: Fall, curve: Float64Array): number {
  return (recovered ?? curve.length - 1) - peak;
}

/** How far each value lies below the peak before it, fractions. */
export function depthsOf(curve: Float64Array): Float64Array {
  let peak = 0;
  return curve.map((value) => {
    peak = Math.max(peak, value);
    return 1 - value / peak;
  });
}
