/** The evidence page as one HTML file: no scripts, no external resources, for printers and phones. */
import type { Curves } from '#core/evidence/curves.ts';
import type { Page } from '#core/evidence/page.ts';
import type { Grid } from '#core/evidence/sweep.ts';
import { percent, sectionsOf, verdictOf } from '#core/evidence/words.ts';
import { ratio } from '../text.ts';
import { documentOf, escaped, tableOf } from './document.ts';
import { lineChart } from './line-chart.ts';
import { plateauPicture } from './plateau.ts';

/** Content of the page. */
export interface HtmlInput {
  readonly page: Page;
  readonly grid: Grid;
  readonly curves: Curves;
  /** Names and hashes. */
  readonly provenance: Readonly<Record<string, string>>;
}

/** The whole document; equal input gives equal bytes. */
export function htmlOf({ page, grid, curves, provenance }: HtmlInput): string {
  const [head, sentence, ...rest] = sectionsOf(page);
  const sections = rest.map(
    ({ title, lines }) =>
      `<section><h2>${titled(title)}</h2><p>${escaped(lines.join(' '))}</p></section>`,
  );
  const title = `Evidence, ${page.from ?? '?'} to ${page.to ?? '?'}`;
  return documentOf(title, [
    `<p class="verdict">${escaped(sentence ? verdictOf(page) : (head?.title ?? ''))}</p>`,
    `<figure>${lineChart(curves, page.from ?? '', page.to ?? '')}</figure>`,
    summaryTable(page),
    ...sections.slice(0, 3),
    `<figure>${plateauMap(page, grid)}</figure>`,
    ...sections.slice(3),
    yearTable(page),
    footer(provenance),
  ]);
}

function summaryTable(page: Page): string {
  const all = page.runs['all'];
  const rows: readonly (readonly [string, number, number, number])[] = [
    ['Rotor', all?.cagr ?? 0, all?.mdd ?? 0, all?.sharpe ?? 0],
    ['SPY', page.spy.cagr, page.spy.maxDrawdown, page.spy.sharpe],
    ['All sectors', page.equalWeight.cagr, page.equalWeight.mdd, page.equalWeight.sharpe],
    ['60 % SPY, 40 % TLT', page.mix6040.cagr, page.mix6040.maxDrawdown, page.mix6040.sharpe],
  ];
  return tableOf(
    ['', 'a year', 'max drawdown', 'Sharpe'],
    rows.map(([name, growth, fall, sharpe]) => [
      name,
      percent(growth),
      percent(fall),
      ratio(sharpe),
    ]),
  );
}

function yearTable({ runs }: Page): string {
  const years = Object.entries(runs['all']?.years ?? {});
  return `<section><h2>Year by year</h2>${tableOf(
    ['', 'Rotor', 'SPY'],
    years.map(([year, { you, spy }]) => [year, percent(you), percent(spy)]),
  )}</section>`;
}

function footer(provenance: Readonly<Record<string, string>>): string {
  const parts = Object.entries(provenance).map(([name, value]) => `${name} ${value}`);
  return `<footer>${escaped(parts.join(' · '))}. Past results do not predict future ones; not advice.</footer>`;
}

/** CAPITALS are for the terminal only. */
function titled(title: string): string {
  const words = title.toLowerCase().replaceAll('spy', 'SPY');
  return escaped(words.charAt(0).toUpperCase() + words.slice(1));
}

/** At the minimum momentum of the current setting. */
function plateauMap({ grid: found, plateau }: Page, grid: Grid): string {
  const min = plateau?.centre[2] ?? grid.min[0] ?? 0;
  const sharpeOf = (lookback: number, top: number): number =>
    found.sharpes[[lookback, top, min].join()] ?? Number.NaN;
  return plateauPicture(grid, sharpeOf, plateau?.centre);
}
