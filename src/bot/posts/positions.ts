import type { PositionRow, PositionsView } from '#core/views/positions.ts';
import {
  block,
  compactMoney,
  compactQuantity,
  cut,
  DASH,
  escape,
  instantOf,
  money,
  percent,
  price,
  row,
  UNKNOWN,
} from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { addingUp } from './adding-up.ts';
import { wholeAccountLine } from './whole-account.ts';

const NAME = 6;
const WEIGHT = 4;

/** Positions, largest value first; then targets that are not held. */
export function positionsPost(view: PositionsView): Post {
  const title = `Positions · ${escape(view.accountNumber ?? UNKNOWN, 40)}`;
  const note = instantOf(view.at);
  if (!view.known) {
    const body = 'The broker has not answered yet; nothing is known about the account.';
    return { embeds: [embed({ mode: view.mode, title, body, note })] };
  }
  return {
    embeds: [
      embed({
        mode: view.mode,
        title,
        body: [table(view), ...remarks(view)].join('\n'),
        fields: [
          field('Equity', [money(view.equity), ...wholeAccountLine(view)].join('\n')),
          field('Cash', `${money(view.cash)} (${percent(view.cashWeight, 1, 'plain')})`),
          field('Exposure', percent(view.exposure, 1, 'plain')),
          field('Unrealised', money(view.unrealised)),
          ...(view.drawdown ? [field('Drawdown', drawdownWords(view.drawdown))] : []),
        ],
        note,
      }),
    ],
  };
}

/** Weight and target come first: the main question is whether the portfolio is on target. */
function table(view: PositionsView): string {
  if (view.rows.length === 0) return 'No positions: all in cash.';
  const head = line(['', 'QTY', 'VALUE', 'NOW', 'GOAL']);
  return block([head, ...weightsRead(view.rows).map(positionRow)], 2500);
}

/** Weights in whole per cent; those of positions managed by Rotor add up. */
function weightsRead(rows: readonly PositionRow[]): readonly PositionRow[] {
  const own = rows.filter(({ foreign, weight }) => !foreign && weight !== undefined);
  const read = addingUp(
    own.map(({ weight = 0 }) => weight * 100),
    0,
  );
  return rows.map((each) => {
    const weight = read[own.indexOf(each)];
    return weight === undefined ? each : { ...each, weight: weight / 100 };
  });
}

function positionRow(held: PositionRow): string {
  return line([
    nameOf(held),
    compactQuantity(held.qty),
    compactMoney(held.value),
    weightOf(held.weight),
    weightOf(held.target),
  ]);
}

/** A long name is cut, its mark is not. */
function nameOf({ ticker, foreign }: PositionRow): string {
  return foreign ? `${cut(ticker, NAME - 1)}*` : ticker;
}

/** `40%`; a weight too large for per cent is given in multiples of equity: `15×`. */
function weightOf(weight: number | undefined): string {
  if (weight === undefined) return DASH;
  const text = percent(weight, 0, 'plain');
  if (text.length <= WEIGHT) return text;
  const times = `${weight < 0 ? '−' : ''}${Math.round(Math.abs(weight))}×`;
  return times.length <= WEIGHT ? times : weight < 0 ? '−…×' : '>1k×';
}

/** 6 + 7 + 7 + 4 + 4 and four spaces: 32 columns. */
function line([ticker, held, value, now, goal]: readonly [
  string,
  string,
  string,
  string,
  string,
]): string {
  return row([
    [ticker, NAME, 'left'],
    [held, 7, 'right'],
    [value, 7, 'right'],
    [now, WEIGHT, 'right'],
    [goal, WEIGHT, 'right'],
  ]);
}

function remarks(view: PositionsView): readonly string[] {
  const foreign = view.rows.filter((held) => held.foreign).map((held) => held.ticker);
  const remarks = [...gains(view)];
  if (foreign.length > 0) remarks.push('-# * not in the universe: left alone and not managed.');
  if (view.unexplained !== undefined && view.unexplained !== 0) {
    remarks.push(`The broker's equity is ${money(view.unexplained)} off its cash and positions.`);
  }
  return remarks;
}

/** Cost and gains on lines of their own: next to the weights they would not fit on a phone. */
function gains({ rows, hasOpened }: PositionsView): readonly string[] {
  const known = rows.filter((held) => held.unrealised !== undefined && held.price !== undefined);
  if (known.length === 0) return [];
  const head = gainLine(['', 'COST', hasOpened ? 'TODAY' : 'LAST', 'TOTAL']);
  const all = known.map((held) =>
    gainLine([
      nameOf(held),
      price(held.averageCost),
      compactMoney(held.gained, '+'),
      compactMoney(held.unrealised, '+'),
    ]),
  );
  const last = hasOpened ? '' : '\n-# LAST: in the last session.';
  return [`${block([head, ...all], 1500)}${last}`];
}

/** 6 + 9 + 7 + 7 and three spaces: 32 columns. */
function gainLine([name, cost, today, total]: readonly [string, string, string, string]): string {
  return row([
    [name, NAME, 'left'],
    [cost, 9, 'right'],
    [today, 7, 'right'],
    [total, 7, 'right'],
  ]);
}

/** `−6.8 % of −20 %`: the current drawdown, and the one that stops buying. */
function drawdownWords({ now, limit }: NonNullable<PositionsView['drawdown']>): string {
  return `${percent(-now, 1, 'plain')} of ${percent(-limit, 0, 'plain')}`;
}
