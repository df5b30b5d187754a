/** A search as text and as an HTML page: its best settings, and the plateau of each model. */
import { dollars } from '#core/domain/units.ts';
import type { Grid, Point } from '#core/evidence/sweep.ts';
import { percent, signedPercent, table, usd } from '../text.ts';
import { documentOf, escaped } from './document.ts';
import { plateauPicture, plateauRows, type SharpeOf } from './plateau.ts';
import type { SweepRow } from './sweep-job.ts';

/** Number of best settings listed. */
const BEST_COUNT = 10;

/** The settings of one model, or without a name the settings alone. */
export interface Searched {
  readonly name: string | undefined;
  /** The current settings, framed on the picture. */
  readonly centre: Point;
  readonly rows: readonly SweepRow[];
}

/** Settings that traded, best first. */
export function bySharpe(rows: readonly SweepRow[]): readonly SweepRow[] {
  const traded = rows.filter(({ sharpe }) => !Number.isNaN(sharpe));
  return traded.toSorted((one, other) => other.sharpe - one.sharpe);
}

/** The best settings of all models. */
export function bestText(rows: readonly SweepRow[]): string {
  const best = bySharpe(rows).slice(0, BEST_COUNT);
  if (best.length === 0) return `None of the ${rows.length} settings traded.`;
  const hasModels = best.some(({ model }) => model !== undefined);
  return [
    table([
      [
        ...(hasModels ? ['model'] : []),
        ...['lookback', 'top', 'minimum', 'at the end', 'a year', 'Sharpe', 'deepest'],
      ],
      ...best.map(({ model = '', point: [lookback, top, min], final, cagr, sharpe, mdd }) => [
        ...(hasModels ? [model] : []),
        ...[`${lookback}`, `${top}`, percent(min), usd(dollars(final))],
        ...[signedPercent(cagr), sharpe.toFixed(2), percent(mdd)],
      ]),
    ]),
    '',
    `The ${best.length} best of ${rows.length} tries. The best of many tries is partly luck: see rotor evidence.`,
  ].join('\n');
}

/** One table for each model and minimum momentum: a single peak is luck, a plateau is not. */
export function plateauText(searched: readonly Searched[], grid: Grid): readonly string[] {
  return searched.flatMap(({ name, rows }) =>
    grid.min.flatMap((min) => [
      '',
      `${name === undefined ? '' : `${name}: `}Sharpe ratio by sessions looked back, minimum ${percent(min)}`,
      table(plateauRows(grid, sharpesOf(rows, min))),
    ]),
  );
}

/** Content of the page. */
export interface SweepPage {
  readonly searched: readonly Searched[];
  readonly grid: Grid;
  readonly provenance: Readonly<Record<string, string>>;
  /** The best settings as text. */
  readonly best: string;
}

/** The whole document; equal input gives equal bytes. */
export function sweepHtml({ searched, grid, provenance, best }: SweepPage): string {
  const pictures = searched.flatMap(({ name, centre, rows }) =>
    grid.min.map((min) => {
      const ours = centre[2] === min ? centre : undefined;
      const picture = plateauPicture(grid, sharpesOf(rows, min), ours);
      const title = `${name === undefined ? 'Minimum' : `${name}, minimum`} ${percent(min)}`;
      return `<section><h2>${escaped(title)}</h2><figure>${picture}</figure></section>`;
    }),
  );
  const settings = searched.reduce((sum, { rows }) => sum + rows.length, 0);
  const hashes = escaped(Object.entries(provenance).flat().join(' '));
  return documentOf(`Search of ${settings} settings`, [
    `<pre>${escaped(best)}</pre>`,
    ...pictures,
    `<footer>${hashes}. Past results do not predict future ones; not advice.</footer>`,
  ]);
}

function sharpesOf(rows: readonly SweepRow[], min: number): SharpeOf {
  const known = new Map(rows.map(({ point, sharpe }) => [point.join(), sharpe]));
  return (lookback, top) => known.get([lookback, top, min].join()) ?? Number.NaN;
}
