/** A backtest as one HTML file: no scripts, no external resources, for printers and phones. */
import type { Backtest } from '#core/backtest.ts';
import { buyAndHold } from '#core/evidence/benchmarks.ts';
import { drawnPlaces } from '#core/evidence/curves.ts';
import type { RemovableRule, RuleEffect } from '#core/evidence/rule-effects.ts';
import type { BacktestSetup } from '#core/evidence/trial.ts';
import { at } from '#core/rules/panel.ts';
import { documentOf, escaped, tableOf } from '../evidence/document.ts';
import { lineChart } from '../evidence/line-chart.ts';
import { percent, signedPercent } from '../text.ts';
import { type Details, type Section, sectionsOf } from './details.ts';

/** Content of the page. */
export interface BacktestPage {
  readonly title: string;
  /** The terminal's text. */
  readonly text: string;
  readonly outcome: Backtest;
  readonly setup: BacktestSetup;
  readonly rules: Readonly<Record<RemovableRule, RuleEffect>> | undefined;
  /** Undefined when shorter than a year. */
  readonly details: Details | undefined;
}

/** The whole document; equal input gives equal bytes. */
export function backtestHtml(page: BacktestPage): string {
  const { title, text, outcome, setup, rules, details } = page;
  const { days } = outcome;
  const [first, last] = [days[0]?.session ?? '', days.at(-1)?.session ?? ''];
  return documentOf(title, [
    `<figure>${lineChart(curvesOf(outcome, setup), first, last)}</figure>`,
    `<pre>${escaped(text)}</pre>`,
    ...(rules ? [rulesTable(rules)] : []),
    ...(details ? sectionsOf(details).map(sectionHtml) : []),
    ...(details ? [`<p>${REGIME_WARNING}</p>`] : []),
    '<footer>Past results do not predict future ones; not advice.</footer>',
  ]);
}

/** A bear market is recognised only by the fall that made it one. */
const REGIME_WARNING =
  'A day belongs to the regime of the close before it. A fall makes the bear, so that bear days often ' +
  'follow the worst of it: few days, and not what a bear market feels like.';

function sectionHtml({ title, rows: [head = [], ...rows] }: Section): string {
  return `<section><h2>${escaped(title)}</h2>${tableOf(head, rows)}</section>`;
}

function rulesTable(rules: Readonly<Record<RemovableRule, RuleEffect>>): string {
  const rows = Object.entries(rules).map(([rule, { cagr, mdd, brought }]) => [
    rule,
    percent(cagr),
    percent(mdd),
    signedPercent(brought),
  ]);
  const head = ['without', 'a year', 'max drawdown', 'effect of the rule'];
  return `<section><h2>Effect of each rule</h2>${tableOf(head, rows)}</section>`;
}

/** The account and SPY, without the band of random portfolios and without sectors. */
function curvesOf({ days }: Backtest, setup: BacktestSetup) {
  const spy = buyAndHold(setup, setup.history.panel.benchmark);
  const own = [setup.equity, ...days.map(({ equity }) => equity)];
  const places = drawnPlaces(days.length);
  return {
    places,
    you: places.map((place) => (own[place] ?? Number.NaN) / setup.equity),
    spy: places.map((place) => at(spy, place) / at(spy, 0)),
  };
}
