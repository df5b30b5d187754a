import type { Cents } from '#core/domain/units.ts';
import type { MoneyView } from '#core/views/money.ts';
import type { ModelStatistics, PerformanceView, WindowView } from '#core/views/performance.ts';
import { MIN_RETURNS, type Statistics } from '#core/views/statistics.ts';
import { WINDOWS, type WindowName } from '#core/views/windows.ts';
import {
  block,
  code,
  DASH,
  escape,
  instantOf,
  label,
  money,
  percent,
  row,
  UNKNOWN,
} from '../format.ts';
import { embed, type Post } from '../post.ts';
import { askButton, askId, type ButtonRows, REPLACE, rowsOf } from './ask-buttons.ts';
import { comparedCells, estimateWords, numberCell, percentCell, spyWords } from './figures.ts';
import { type PerformanceChart, performanceChart } from './performance-chart.ts';

/** Every window in one table, or one window in detail. The curve is of the window shown. */
export function performancePost(
  view: PerformanceView,
  { only, chart = 'alpha' }: { readonly only?: boolean; readonly chart?: PerformanceChart } = {},
): Post {
  const shown = view.windows.find(({ name }) => name === view.shown);
  const begun = view.windows.some(({ from }) => from !== undefined);
  const whole = embed({
    mode: view.mode,
    title: `Performance · ${only ? view.shown : escape(view.accountNumber ?? UNKNOWN, 40)}`,
    body: begun && shown ? bodyOf(view, shown, only ?? false) : NOT_TRACKED_YET,
    note: `${label(view.source, 80)} · ${instantOf(view.at)}`,
  });
  const drawn = performanceChart(view, chart);
  const post = { embeds: [whole], components: windowButtons(only ? view.shown : undefined) };
  return drawn ? { ...post, chart: drawn } : post;
}

/** All windows, or one: the button replaces the answer. */
function windowButtons(shown: WindowName | undefined): ButtonRows {
  const all = askButton('All', askId(REPLACE, 'performance'), shown === undefined);
  const each = WINDOWS.map((name) =>
    askButton(name, askId(REPLACE, 'performance', ['window', name]), name === shown),
  );
  return rowsOf([all, ...each]);
}

function bodyOf(view: PerformanceView, shown: WindowView, only: boolean): string {
  const { windows } = view;
  const tables = only ? one(shown) : [...all(windows), ...moneyWords(shown.money)];
  const told = only ? [shown] : windows;
  return [...tables, ...models(shown), ...shadowWords(view), ...remarks(told, view)].join('\n');
}

const NOT_TRACKED_YET = 'Tracking starts at the first connection; there is nothing to compare yet.';

/** 5 + 8 + 8 + 8 and three spaces: 32 columns. */
function line(name: string, cells: readonly [string, string, string]): string {
  const [first, second, third] = cells;
  return row([
    [name, 5, 'left'],
    [first, 8, 'right'],
    [second, 8, 'right'],
    [third, 8, 'right'],
  ]);
}

function all(windows: readonly WindowView[]): readonly string[] {
  const returns = windows.map(({ name, you, spy, exact, missed }) =>
    line(`${short(name)}${marks({ exact, missed })}`, comparedCells(you.gain, spy.gain, 8)),
  );
  const risks = windows.map(({ name, you }) =>
    line(short(name), [
      percentCell(you.volatility, 8, { digits: 1, sign: 'plain' }),
      numberCell(you.sharpe, 8),
      percentCell(you.maxDrawdown, 8, { digits: 1, sign: 'plain' }),
    ]),
  );
  return [
    block([line('', ['YOU', 'SPY', 'ALPHA']), ...returns]),
    block([line('', ['VOLAT.', 'SHARPE', 'MAX DD']), ...risks]),
  ];
}

/** Marks for problems with the closes of a window. */
function marks({ exact, missed }: Pick<WindowView, 'exact' | 'missed'>): string {
  return `${exact ? '' : '*'}${missed > 0 ? '†' : ''}`;
}

function short(name: WindowView['name']): string {
  return name === 'since start' ? 'ALL' : name;
}

function one(window: WindowView): readonly string[] {
  const { from, to, sessions, you, spy, exact, missed, money: made } = window;
  if (from === undefined || to === undefined) return ['The account is younger than this window.'];
  const cells = (name: string, first: string, second: string): string =>
    row([
      [name, 10, 'left'],
      [first, 9, 'right'],
      [second, 9, 'right'],
    ]);
  const steps = sessions === 1 ? '1 session' : `${sessions} sessions`;
  const [own, market, ahead] = comparedCells(you.gain, spy.gain, 9);
  return [
    `Alpha **${ahead}**, ${from}${marks({ exact, missed })} to ${to}, ${steps}`,
    block([
      cells('', 'YOU', 'SPY'),
      cells('Return', own, market),
      ...RISK_ROWS.map(([name, cell]) => cells(name, cell(you), cell(spy))),
    ]),
    ...drawdownText('You', you),
    ...drawdownText('SPY', spy),
    ...moneyWords(made),
  ];
}

const plain = (value: number | undefined): string =>
  percentCell(value, 9, { digits: 1, sign: 'plain' });

const RISK_ROWS: readonly (readonly [string, (of: Statistics) => string])[] = [
  ['Per year', ({ yearly }) => percentCell(yearly, 9)],
  ['Volatility', ({ volatility }) => plain(volatility)],
  ['Sharpe', ({ sharpe }) => numberCell(sharpe, 9)],
  ['Sortino', ({ sortino }) => numberCell(sortino, 9)],
  ['Calmar', ({ calmar }) => numberCell(calmar, 9)],
  ['Beta', ({ beta }) => numberCell(beta, 9)],
  ['Max DD', ({ maxDrawdown }) => plain(maxDrawdown)],
];

/** Duration of the deepest drawdown, and whether it was recovered. */
function drawdownText(who: string, { deepest: fall }: Statistics): readonly string[] {
  if (!fall) return [];
  const { peak, trough, recovered, sessionsDown, sessionsUnder } = fall;
  const count = (sessions: number): string =>
    sessions === 1 ? '1 session' : `${sessions} sessions`;
  const back =
    recovered === undefined
      ? `not recovered after ${count(sessionsUnder)}`
      : `recovered on ${recovered}, after ${count(sessionsUnder)}`;
  return [
    `-# ${who}: down ${plain(fall.depth)} from ${peak} to ${trough} (${count(sessionsDown)}), ${back}.`,
  ];
}

/** The money-weighted return, and the same cash flows in SPY. */
function moneyWords(made: MoneyView | undefined): readonly string[] {
  if (!made) return [];
  const { begin, deposited, withdrawn, you, spy } = made;
  const moved = [
    ...(deposited > 0 ? [`in ${money(deposited)}`] : []),
    ...(withdrawn > 0 ? [`out ${money(withdrawn)}`] : []),
  ];
  const what = [`from ${money(begin)}`, ...moved].join(', ');
  return [
    `-# Money-weighted: You ${percentCell(you.rate, 12)}, SPY ${percentCell(spy.rate, 12)} (${what}).`,
    `-# Your money became ${orDash(you.worth)}; in SPY it would be ${orDash(spy.worth)}.`,
  ];
}

function orDash(value: Cents | undefined): string {
  return value === undefined ? DASH : money(value);
}

/** One line for the name and one for the numbers: both together do not fit on a phone. */
function models(shown: WindowView): readonly string[] {
  if (shown.models.length === 0) return [];
  const head = modelCells(['GAIN', 'ALPHA', 'VOL', 'SHRP', 'DOWN']);
  const rows = shown.models.flatMap((model) => [
    code(model.id),
    model.rested ? '  inactive, held nothing' : modelRow(model, shown.spy.gain),
  ]);
  return [`Models on paper, ${shown.name}`, block([head, ...rows], 1500)];
}

/** Shown next to each model that trades, both on paper and after costs. */
function shadowWords({ shadows }: PerformanceView): readonly string[] {
  return shadows.slice(0, 5).flatMap(({ id, since, gain, ahead }) => {
    if (since === undefined) return [`-# In the shadow: ${escape(id, 60)} has not decided yet.`];
    const against = ahead
      .map(({ of, by }) => `${percent(by)} against ${escape(of, 60)}`)
      .join(', ');
    return [
      `-# In the shadow since ${since}, after costs: ${escape(id, 60)} ${percent(gain)}; ${against}.`,
    ];
  });
}

function modelRow(
  { gain, volatility, sharpe, maxDrawdown }: ModelStatistics,
  spy: number | undefined,
): string {
  const [own, , ahead] = comparedCells(gain, spy, 7);
  return modelCells([
    own,
    ahead,
    percentCell(volatility, 5, { digits: 0, sign: 'plain' }),
    numberCell(sharpe, 5),
    percentCell(maxDrawdown, 4, { digits: 0, sign: 'plain' }),
  ]);
}

/** 7 + 7 + 5 + 5 + 4 and four spaces: 32 columns. */
function modelCells(cells: readonly [string, string, string, string, string]): string {
  const [gain, alpha, volatility, sharpe, down] = cells;
  return row([
    [gain, 7, 'right'],
    [alpha, 7, 'right'],
    [volatility, 5, 'right'],
    [sharpe, 5, 'right'],
    [down, 4, 'right'],
  ]);
}

function remarks(
  windows: readonly WindowView[],
  { hasDividends, estimatedDividends, shown, riskFree }: PerformanceView,
): readonly string[] {
  const shifted = windows.some(({ exact }) => !exact);
  const gaps = windows.some(({ missed }) => missed > 0);
  const few = windows.some(({ from, sessions }) => from !== undefined && sessions < MIN_RETURNS);
  return [
    `-# Deposits and withdrawals are excluded. ${spyWords(hasDividends)}. Models: weights × leverage with dividends, no costs, no trims.`,
    `-# Sharpe and Sortino ratio use a risk-free rate of ${percent(riskFree, 2, 'plain')} a year (RISK_FREE_RATE).`,
    ...estimateWords(estimatedDividends).map((text) => `${text} (${shown})`),
    ...(few ? [`-# Volatility, its ratios and beta need at least ${MIN_RETURNS} returns.`] : []),
    ...(gaps ? ['-# † some closes are missing; the return across them counts as one.'] : []),
    ...(shifted ? ['-# * the close of that day is missing; an earlier one is used.'] : []),
  ];
}
