/**
 * The Sharpe ratio of each setting: lookbacks in columns, positions held in rows; as a table and as a
 * chart.
 */
import type { Grid, Point } from '#core/evidence/sweep.ts';
import { ratio } from '../text.ts';

/** The Sharpe ratio of a setting; NaN if it was not tried. */
export type SharpeOf = (lookback: number, top: number) => number;

/** The first row is the header. */
export function plateauRows(grid: Grid, sharpeOf: SharpeOf): readonly (readonly string[])[] {
  return [
    ['', ...grid.lookback.map(String)],
    ...grid.top.map((top) => [
      `top ${top}`,
      ...grid.lookback.map((lookback) => ratio(sharpeOf(lookback, top))),
    ]),
  ];
}

const CELL = 34;
const LEFT = 64;
const TOP = 22;

/** @param centre the current setting, which gets a frame. */
export function plateauPicture(grid: Grid, sharpeOf: SharpeOf, centre: Point | undefined): string {
  const width = LEFT + grid.lookback.length * CELL + 4;
  const height = TOP + grid.top.length * CELL + 26;
  const isFramed = (lookback: number, top: number): boolean =>
    centre?.[0] === lookback && centre[1] === top;
  const hasFrame = grid.top.some((top) => grid.lookback.some((each) => isFramed(each, top)));
  const cells = grid.top.flatMap((top, down) =>
    grid.lookback.map((lookback, across) => {
      const isOurs = isFramed(lookback, top);
      return cellOf(LEFT + across * CELL, TOP + down * CELL, sharpeOf(lookback, top), isOurs);
    }),
  );
  return [
    `<svg class="map" viewBox="0 0 ${width} ${height}" role="img" aria-label="Sharpe ratio of each setting" font-family="sans-serif" font-size="12" fill="currentColor">`,
    `<text x="${LEFT}" y="14">sessions looked back</text>`,
    ...cells,
    ...grid.top.map(
      (top, down) =>
        `<text x="${LEFT - 6}" y="${TOP + down * CELL + 21}" text-anchor="end">top ${top}</text>`,
    ),
    ...grid.lookback.map(
      (lookback, across) =>
        `<text x="${LEFT + across * CELL + CELL / 2}" y="${height - 10}" text-anchor="middle">${lookback}</text>`,
    ),
    `</svg><figcaption>Sharpe ratio of each setting${hasFrame ? '; ours is framed' : ''}. `,
    'Few holdings look calm because MAX_WEIGHT leaves much of them in cash.</figcaption>',
  ].join('');
}

function cellOf(x: number, y: number, sharpe: number, isOurs: boolean): string {
  const strength = Number.isNaN(sharpe) ? 0 : Math.max(0, Math.min(1, sharpe)) * 0.85;
  const frame = isOurs ? 'stroke="currentColor" stroke-width="3"' : 'stroke="none"';
  return (
    `<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" fill="#2f7dd1" fill-opacity="${strength.toFixed(2)}" ${frame}/>` +
    `<text x="${x + CELL / 2}" y="${y + 21}" text-anchor="middle">${ratio(sharpe)}</text>`
  );
}
