import type { PositionRow, PositionsView } from '#core/views/positions.ts';
import {
  block,
  compactMoney,
  compactQuantity,
  DASH,
  instantOf,
  money,
  percent,
  plain,
  row,
  UNKNOWN,
} from '../format.ts';
import { field, frame, type Post } from '../post.ts';

export function positionsPost(view: PositionsView): Post {
  const title = `Positions · ${plain(view.accountNumber ?? UNKNOWN, 40)}`;
  const note = instantOf(view.at);
  if (!view.known) {
    const body = 'The broker has not answered yet; nothing is known of the account.';
    return { embeds: [frame({ mode: view.mode, title, body, note })] };
  }
  return {
    embeds: [
      frame({
        mode: view.mode,
        title,
        body: [table(view), ...remarks(view)].join('\n'),
        fields: [
          field('Equity', money(view.equity)),
          field('Cash', `${money(view.cash)} (${percent(view.cashWeight, 1, 'plain')})`),
          field('Exposure', percent(view.exposure, 1, 'plain')),
          field('Unrealised', money(view.unrealised)),
        ],
        note,
      }),
    ],
  };
}

/** Weight beside target first: what a rotation desk is asked is whether it stands where it meant to. */
function table(view: PositionsView): string {
  if (view.rows.length === 0) return 'No positions: all in cash.';
  const head = line(['', 'QTY', 'VALUE', 'NOW', 'GOAL']);
  return block([head, ...view.rows.map(positionRow)], 2500);
}

function positionRow(held: PositionRow): string {
  return line([
    `${held.ticker}${held.foreign ? '*' : ''}`,
    compactQuantity(held.qty),
    compactMoney(held.value),
    held.weight === undefined ? DASH : percent(held.weight, 0, 'plain'),
    held.target === undefined ? DASH : percent(held.target, 0, 'plain'),
  ]);
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
    [ticker, 6, 'left'],
    [held, 7, 'right'],
    [value, 7, 'right'],
    [now, 4, 'right'],
    [goal, 4, 'right'],
  ]);
}

function remarks(view: PositionsView): readonly string[] {
  const foreign = view.rows.filter((held) => held.foreign).map((held) => held.ticker);
  const remarks = [...gains(view.rows)];
  if (foreign.length > 0)
    remarks.push('-# * not in the universe: left alone, counted in the equity.');
  if (view.unexplained !== undefined && view.unexplained !== 0) {
    remarks.push(`The broker's equity is ${money(view.unexplained)} off its cash and positions.`);
  }
  return remarks;
}

/** Prices and gains on lines of their own: beside the weights they would not fit a phone. */
function gains(rows: readonly PositionRow[]): readonly string[] {
  const known = rows.filter((held) => held.unrealised !== undefined && held.price !== undefined);
  if (known.length === 0) return [];
  const head = row([
    ['', 6, 'left'],
    ['PRICE', 9, 'right'],
    ['GAIN', 9, 'right'],
  ]);
  const all = known.map(({ ticker, price, unrealised, foreign }) =>
    row([
      [`${ticker}${foreign ? '*' : ''}`, 6, 'left'],
      [price === undefined ? DASH : price.toFixed(2), 9, 'right'],
      [compactMoney(unrealised, '+'), 9, 'right'],
    ]),
  );
  return [block([head, ...all], 1500)];
}
