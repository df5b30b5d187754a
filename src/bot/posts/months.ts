/** Months against SPY: a heat map, and the same numbers as rows. */

import type { Mode } from '#core/domain/account.ts';
import { counted } from '#core/domain/figures.ts';
import type { MonthReturn } from '#core/views/month.ts';
import type { Chart } from '../charts/chart.ts';
import { monthsChart } from '../charts/months.ts';
import { block, label, row, UNKNOWN } from '../format.ts';
import { embed, type Post } from '../post.ts';
import { comparedCells, spyWords } from './figures.ts';

/** The months of an account or of a backtest. */
export interface MonthsOf {
  readonly mode: Mode;
  readonly accountNumber: string | undefined;
  readonly months: readonly MonthReturn[];
  /** Whether SPY is total return; otherwise price only. */
  readonly hasDividends: boolean;
}

/** Rows that fit into a message with its chart; the chart has the rest. */
const MAX_ROWS = 24;

/** Returns undefined before there is a month. */
export function monthsPost({
  mode,
  accountNumber,
  months,
  hasDividends,
}: MonthsOf): Post | undefined {
  if (months.length === 0) return undefined;
  const shown = months.slice(-MAX_ROWS);
  const hidden = months.length - shown.length;
  const head = cells(['', 'YOU', 'SPY', 'ALPHA']);
  const rows = shown.map(({ month, you, spy }) => cells([month, ...comparedCells(you, spy, 7)]));
  const body = [
    block([head, ...rows], 1500),
    ...(hidden > 0 ? [`-# In the picture: ${counted(hidden, 'earlier month')}.`] : []),
  ].join('\n');
  const note = `${label(accountNumber ?? UNKNOWN, 40)} · ${spyWords(hasDividends)}`;
  const whole = embed({ mode, title: 'Months', body, note });
  const chart = monthsPicture(months);
  return chart ? { embeds: [whole], chart } : { embeds: [whole] };
}

/** The heat map; undefined before there is a month. */
export function monthsPicture(months: readonly MonthReturn[]): Chart | undefined {
  return monthsChart({
    months: months.map(({ month, you, spy }) => ({ month, you, benchmark: spy })),
  });
}

/** 7 + 7 + 7 + 7 and three spaces: 31 columns. */
function cells([month, you, spy, alpha]: readonly [string, string, string, string]): string {
  return row([
    [month, 7, 'left'],
    [you, 7, 'right'],
    [spy, 7, 'right'],
    [alpha, 7, 'right'],
  ]);
}
