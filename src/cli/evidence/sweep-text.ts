/** A search as text and as an HTML page: its best settings, and the plateau of each model. */
import { dollars } from '#core/domain/units.ts';
import type { Grid, Point } from '#core/evidence/sweep.ts';
import { percent, signedPercent, table, usd } from '../text.ts';
import { documentOf, escaped, tableOf } from './document.ts';
import { plateauPicture, plateauRows, type SharpeOf } from './plateau.ts';
import type { SweepRow } from './sweep-job.ts';

const NO_BREAK = '\u00a0';

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

/** The best settings of all models, below a header. */
function bestRows(rows: readonly SweepRow[]): readonly (readonly string[])[] {
  const best = bySharpe(rows).slice(0, BEST_COUNT);
  const hasModels = best.some(({ model }) => model !== undefined);
  return [
    [
      ...(hasModels ? ['model'] : []),
      ...['lookback', 'top', 'minimum', 'at the end', 'a year', 'Sharpe', 'deepest'],
    ],
    ...best.map(({ model = '', point: [lookback, top, min], final, cagr, sharpe, mdd }) => [
      ...(hasModels ? [model] : []),
      ...[`${lookback}`, `${top}`, percent(min), usd(dollars(final))],
      ...[signedPercent(cagr), sharpe.toFixed(2), percent(mdd)],
    ]),
  ];
}

/** How many settings were tried, and what that means for the best ones. */
function triesText(rows: readonly SweepRow[], luck: string): string {
  const best = bySharpe(rows).slice(0, BEST_COUNT).length;
  if (best === 0) return `None of the ${rows.length} settings traded.`;
  const which = rows.length === 1 ? 'One try.' : `The ${best} best of ${rows.length} tries.`;
  return [`${which} The best of many tries is partly luck: see rotor evidence.`, luck].join('\n');
}

/** The best settings of all models. @param luck how likely luck alone makes the best one this good. */
export function bestText(rows: readonly SweepRow[], luck: string): string {
  const said = triesText(rows, luck);
  return bySharpe(rows).length === 0 ? said : [table(bestRows(rows)), '', said].join('\n');
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
  /** How likely luck alone makes the best one this good. */
  readonly luck: string;
}

/** The whole document; equal input gives equal bytes. */
export function sweepHtml({ searched, grid, provenance, luck }: SweepPage): string {
  const pictures = searched.flatMap(({ name, centre, rows }) =>
    grid.min.map((min) => {
      const ours = centre[2] === min ? centre : undefined;
      const picture = plateauPicture(grid, sharpesOf(rows, min), ours);
      const title = `${name === undefined ? 'Minimum' : `${name}, minimum`} ${percent(min).replace(' ', NO_BREAK)}`;
      return `<section><h2>${escaped(title)}</h2><figure>${picture}</figure></section>`;
    }),
  );
  const all = searched.flatMap(({ rows }) => rows);
  const [head = [], ...best] = bestRows(all);
  const hashes = escaped(Object.entries(provenance).flat().join(' '));
  return documentOf(`Search of ${all.length} settings`, [
    ...(best.length > 0 ? [`<figure>${tableOf(head, best)}</figure>`] : []),
    `<p>${escaped(triesText(all, luck))}</p>`,
    ...pictures,
    `<footer>${hashes}. Past results do not predict future ones; not advice.</footer>`,
  ]);
}

function sharpesOf(rows: readonly SweepRow[], min: number): SharpeOf {
  const known = new Map(rows.map(({ point, sharpe }) => [point.join(), sharpe]));
  return (lookback, top) => known.get([lookback, top, min].join()) ?? Number.NaN;
}
