/** Cost of each rebalance against the model on paper. */

import type { Mode } from '#core/domain/account.ts';
import { counted } from '#core/domain/figures.ts';
import type { Cents, EpochMs } from '#core/domain/units.ts';
import {
  type Shortfall,
  type ShortfallParts,
  sumShortfalls,
  totalShortfall,
} from '#core/views/shortfall.ts';
import { block, code, instantOf, label, money, row, UNKNOWN } from '../format.ts';
import { embed, type Post } from '../post.ts';
import { addingUp, moneyCells } from './adding-up.ts';
import { numberCell } from './figures.ts';

/** Further data of the message. */
export interface CostsOf {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly accountNumber: string | undefined;
  /** Newest first. */
  readonly rebalances: readonly Shortfall[];
}

/** Rebalances shown one by one; the sums include all. */
const MAX_ROWS = 10;

/** Sums over all rebalances, then each with its parts, newest first. */
export function costsPost({ mode, at, accountNumber, rebalances }: CostsOf): Post {
  const sum = sumShortfalls(rebalances);
  const hidden = rebalances.length - MAX_ROWS;
  const body = [
    ...(sum ? [block(sumRows(sum, rebalances))] : []),
    rebalances.length === 0
      ? 'No rebalance with orders has finished yet.'
      : block([HEAD, ...rebalances.slice(0, MAX_ROWS).flatMap(rebalanceRows)], 1800),
    ...(hidden > 0 ? [`-# In the sums: ${counted(hidden, 'earlier rebalance')}.`] : []),
    NOTE,
  ].join('\n');
  const note = `${label(accountNumber ?? UNKNOWN, 40)} · ${instantOf(at)}`;
  return { embeds: [embed({ mode, title: 'Costs of trading', body, note })] };
}

const NOTE =
  '-# Compared with the model on paper, which trades the whole plan at the closes it was decided on; ' +
  'positive is a cost. Delay: from those closes to the price at decision. Spread: from there to the ' +
  'fills, with market impact. Unfilled: to the close of the last day.';

/** `Delay −$1.00 …` as lines for a field of a report. */
export function shortfallLines(parts: ShortfallParts): readonly string[] {
  return [
    `delay ${money(parts.delay)}`,
    `spread and impact ${money(parts.impact)}`,
    `fees ${money(parts.fees)}`,
    `not filled ${money(parts.unfilled)}`,
    `total ${money(totalShortfall(parts))}`,
  ];
}

function sumRows(sum: ShortfallParts, all: readonly Shortfall[]): readonly string[] {
  const planned = all.reduce((total, each) => total + (each.parts ? each.planned : 0), 0);
  const parts: readonly (readonly [string, Cents])[] = [
    ['delay', sum.delay],
    ['spread', sum.impact],
    ['fees', sum.fees],
    ['unfilled', sum.unfilled],
  ];
  const bps = planned > 0 ? parts.map(([, value]) => (value / planned) * 10_000) : [];
  const read = addingUp(bps, 2);
  const whole = planned > 0 ? read.reduce((total, each) => total + each, 0) : undefined;
  return [
    sumCells('ALL', 'USD', 'BPS'),
    ...parts.map(([name, value], index) =>
      sumCells(name, money(value), numberCell(read[index], 7)),
    ),
    sumCells('total', money(totalShortfall(sum)), numberCell(whole, 7)),
  ];
}

/** 8 + 15 + 7 and two spaces: 32 columns. */
function sumCells(name: string, usd: string, bps: string): string {
  return row([
    [name, 8, 'left'],
    [usd, 15, 'right'],
    [bps, 7, 'right'],
  ]);
}

/** 7 + 7 + 7 + 7 and three spaces: 31 columns. */
function partCells(cells: readonly [string, string, string, string]): string {
  const [delay, impact, fees, unfilled] = cells;
  return row([
    [delay, 7, 'right'],
    [impact, 7, 'right'],
    [fees, 7, 'right'],
    [unfilled, 7, 'right'],
  ]);
}

const HEAD = partCells(['DELAY', 'SPREAD', 'FEES', 'UNFILL.']);

/** One line for the name and total, one for the parts. */
function rebalanceRows({ decisionId, parts }: Shortfall): readonly string[] {
  const values = parts ? [parts.delay, parts.impact, parts.fees, parts.unfilled] : [];
  const [delay = '', impact = '', fees = '', unfilled = '', sum = UNKNOWN] = moneyCells(values, 7);
  const whole = parts ? sum : UNKNOWN;
  const name = row([
    [code(decisionId, 22), 22, 'left'],
    [whole, 8, 'right'],
  ]);
  if (!parts) return [name];
  return [name, partCells([delay, impact, fees, unfilled])];
}
