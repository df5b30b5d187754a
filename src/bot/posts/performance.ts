import {
  FEWEST_RETURNS,
  type ModelStatistics,
  type PerformanceView,
  type Statistics,
  type WindowView,
} from '#core/views/performance.ts';
import { block, code, escape, instantOf, label, row, UNKNOWN } from '../format.ts';
import { embed, type Post } from '../post.ts';
import { estimateWords, numberCell, percentCell, spyWords } from './figures.ts';
import { type PerformanceChart, performanceChart } from './performance-chart.ts';

/** Every window in one table; or one window, more of it. The curve is of the window that is shown. */
export function performancePost(
  view: PerformanceView,
  { only, chart = 'alpha' }: { readonly only?: boolean; readonly chart?: PerformanceChart } = {},
): Post {
  const shown = view.windows.find(({ name }) => name === view.shown);
  const begun = view.windows.some(({ from }) => from !== undefined);
  const tables = only && shown ? one(shown) : all(view.windows);
  const told = only && shown ? [shown] : view.windows;
  const parts = begun && shown ? [...tables, ...models(shown), ...remarks(told, view)] : [NOTHING];
  const whole = embed({
    mode: view.mode,
    title: `Performance · ${only ? view.shown : escape(view.accountNumber ?? UNKNOWN, 40)}`,
    body: parts.join('\n'),
    note: `${label(view.source, 80)} · ${instantOf(view.at)}`,
  });
  const drawn = performanceChart(view, chart);
  return drawn ? { embeds: [whole], chart: drawn } : { embeds: [whole] };
}

const NOTHING = 'Counting begins when the account is first seen; there is nothing to compare yet.';

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
    line(`${short(name)}${marks({ exact, missed })}`, [
      percentCell(you.gain, 8),
      percentCell(spy.gain, 8),
      percentCell(you.alpha, 8),
    ]),
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
    block([line('', ['VOLAT.', 'SHARPE', 'MAX DOWN']), ...risks]),
  ];
}

/** What is not as it should be with the closes of a window. */
function marks({ exact, missed }: Pick<WindowView, 'exact' | 'missed'>): string {
  return `${exact ? '' : '*'}${missed > 0 ? '†' : ''}`;
}

function short(name: WindowView['name']): string {
  return name === 'since start' ? 'ALL' : name;
}

function one({ from, to, sessions, you, spy, exact, missed }: WindowView): readonly string[] {
  if (from === undefined) return ['The account is younger than that.'];
  const rows: readonly (readonly [string, (of: Statistics) => string])[] = [
    ['Return', ({ gain }) => percentCell(gain, 9)],
    ['Volatility', ({ volatility }) => percentCell(volatility, 9, { digits: 1, sign: 'plain' })],
    ['Sharpe', ({ sharpe }) => numberCell(sharpe, 9)],
    ['Max down', (of) => percentCell(of.maxDrawdown, 9, { digits: 1, sign: 'plain' })],
  ];
  const cells = (name: string, first: string, second: string): string =>
    row([
      [name, 10, 'left'],
      [first, 9, 'right'],
      [second, 9, 'right'],
    ]);
  const steps = sessions === 1 ? '1 session' : `${sessions} sessions`;
  return [
    `Alpha **${percentCell(you.alpha, 12)}**, ${from}${marks({ exact, missed })} to ${to}, ${steps}`,
    block([
      cells('', 'YOU', 'SPY'),
      ...rows.map(([name, cell]) => cells(name, cell(you), cell(spy))),
    ]),
  ];
}

/** A line for the name and one for the numbers: whole names do not fit beside them on a phone. */
function models(shown: WindowView): readonly string[] {
  if (shown.models.length === 0) return [];
  const head = modelCells(['GAIN', 'ALPHA', 'VOL', 'SHRP', 'DOWN']);
  const rows = shown.models.flatMap((model) => [
    code(model.id),
    model.rested ? '  rested, held nothing' : modelRow(model),
  ]);
  return [`Models on paper, ${shown.name}`, block([head, ...rows], 1500)];
}

function modelRow({ gain, alpha, volatility, sharpe, maxDrawdown }: ModelStatistics): string {
  return modelCells([
    percentCell(gain, 7),
    percentCell(alpha, 7),
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
  { hasDividends, estimatedDividends, shown }: PerformanceView,
): readonly string[] {
  const shifted = windows.some(({ exact }) => !exact);
  const gaps = windows.some(({ missed }) => missed > 0);
  const few = windows.some(({ from, sessions }) => from !== undefined && sessions < FEWEST_RETURNS);
  return [
    `-# Deposits and withdrawals are taken out. ${spyWords(hasDividends)}. Models: weights × leverage with dividends, no costs, no trims.`,
    ...estimateWords(estimatedDividends).map((text) => `${text} (${shown})`),
    ...(few ? [`-# Volatility and Sharpe ratio: from ${FEWEST_RETURNS} session returns on.`] : []),
    ...(gaps
      ? ['-# † closes inside are missing; volatility and Sharpe ratio leave them out.']
      : []),
    ...(shifted ? ['-# * the close of that day is missing; an earlier one stands for it.'] : []),
  ];
}
