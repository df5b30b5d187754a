/** The Sharpe ratio of each setting around the present one, as a picture. */
import type { Page } from '#core/evidence/page.ts';
import type { Grid } from '#core/evidence/sweep.ts';

const CELL = 34;
const LEFT = 64;
const TOP = 22;

/** Lookback across, how many are held down, at the least momentum of the present setting. */
export function plateauMap({ grid: found, plateau }: Page, grid: Grid): string {
  const centre = plateau?.centre;
  const min = centre?.[2] ?? grid.min[0] ?? 0;
  const width = LEFT + grid.lookback.length * CELL + 4;
  const height = TOP + grid.top.length * CELL + 26;
  const cells = grid.top.flatMap((top, down) =>
    grid.lookback.map((lookback, across) => {
      const sharpe = found.sharpes[[lookback, top, min].join()] ?? Number.NaN;
      const isOurs = centre?.[0] === lookback && centre[1] === top;
      return cellOf(LEFT + across * CELL, TOP + down * CELL, sharpe, isOurs);
    }),
  );
  return [
    `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Sharpe ratio of each setting" font-family="sans-serif" font-size="12" fill="currentColor">`,
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
    '</svg><figcaption>Sharpe ratio of each setting; ours is framed. ',
    'Few holdings look calm because MAX_WEIGHT leaves much of them in cash.</figcaption>',
  ].join('');
}

function cellOf(x: number, y: number, sharpe: number, isOurs: boolean): string {
  const strength = Math.max(0, Math.min(1, sharpe)) * 0.85;
  const frame = isOurs ? 'stroke="currentColor" stroke-width="3"' : 'stroke="none"';
  return (
    `<rect x="${x + 1}" y="${y + 1}" width="${CELL - 2}" height="${CELL - 2}" fill="#2f7dd1" fill-opacity="${strength.toFixed(2)}" ${frame}/>` +
    `<text x="${x + CELL / 2}" y="${y + 21}" text-anchor="middle">${sharpe.toFixed(2)}</text>`
  );
}
