import type { APIEmbedField } from 'discord.js';
import { counted } from '#core/domain/figures.ts';
import type { OrderRow, RebalanceView } from '#core/views/rebalance.ts';
import {
  block,
  compactQuantity,
  escape,
  instantOf,
  label,
  lines,
  money,
  percent,
  price,
  quantity,
  row,
  soon,
  UNKNOWN,
} from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { addingUp } from './adding-up.ts';
import { why } from './reasons.ts';
import { slippageOf } from './steps.ts';

/** One message per rebalance, from the decision to the last fill; its thread has the details. */
export function rebalancePost(view: RebalanceView): Post {
  return {
    embeds: [
      embed({
        mode: view.plan.mode,
        title: `${headOf(view)} · ${label(view.id, 100)}`,
        body: [progress(view), ...ordersBlock(view), ...facts(view)].join('\n'),
        fields: fields(view),
        note: `${label(view.accountNumber ?? UNKNOWN)} · decided ${instantOf(view.at)}`,
      }),
    ],
  };
}

function headOf({ result }: RebalanceView): string {
  if (!result) return '… Rebalancing';
  return result.kind === 'complete' ? '✓ Rebalanced' : '▲ Rebalanced partly';
}

function progress({ orders, result, finishedAt, at }: RebalanceView): string {
  if (orders.length === 0) return 'No trades needed: the portfolio is already on target.';
  const filled = orders.filter((order) => order.state === 'filled').length;
  const count = `${filled} of ${counted(orders.length, 'order')} filled`;
  const end = result && finishedAt !== undefined ? `, finished ${soon(finishedAt, at)}` : '';
  return `${count}${end}.`;
}

const SIGNS: Readonly<Record<OrderRow['state'], string>> = {
  waiting: ' ',
  open: '…',
  filled: '✓',
  short: '▲',
  'not filled': '✗',
  refused: '✗',
  'not sent': '✗',
};

/** At most eight columns; the same words as in the thread where they fit. */
const WORDS: Readonly<Partial<Record<OrderRow['state'], string>>> = {
  open: 'sent',
  'not filled': 'unfilled',
};

function ordersBlock({ orders }: RebalanceView): readonly string[] {
  return orders.length === 0 ? [] : [block([HEAD, ...orders.map(orderLine)], 2000)];
}

const HEAD = row([
  ['', 10, 'left'],
  ['SHARES', 12, 'right'],
  ['PRICE', 8, 'right'],
]);

/** `✓ sell XLK      1,234   234.56`: 1 + 4 + 4 + 11 + 8 and four spaces, 32 columns. */
function orderLine(order: OrderRow): string {
  return row([
    [SIGNS[order.state], 1, 'left'],
    [order.side, 4, 'left'],
    [order.ticker, 4, 'left'],
    [amount(order), 11, 'right'],
    [
      order.averagePrice === undefined
        ? (WORDS[order.state] ?? order.state)
        : price(order.averagePrice),
      8,
      'right',
    ],
  ]);
}

/** `7/120` of the quantity sent while not completely filled; a larger planned quantity is shown below. */
function amount({ filled, planned, sent = planned }: OrderRow): string {
  const whole = quantity(sent);
  if (filled === sent || filled === 0) return whole.length <= 11 ? whole : compactQuantity(sent);
  const parts = `${quantity(filled)}/${whole}`;
  return parts.length <= 11 ? parts : compactQuantity(filled);
}

/** One line each: as inline fields a phone would use two lines for each. */
function facts({ plan, result, target, totals, approvedBy }: RebalanceView): readonly string[] {
  const approved = approvedBy.map((by) => escape(by, 60)).join(' and ');
  const turnover = result
    ? `turnover ${percent(totals.turnover, 1, 'plain')}`
    : `planned turnover ${percent(plan.turnover, 1, 'plain')}`;
  const traded = `**Traded** bought ${money(totals.bought)}, sold ${money(totals.sold)}, ${turnover}`;
  return [
    `**Why** ${why(plan)}${approved === '' ? '' : `; approved by ${approved}`}`,
    `**Target** ${targetLine(target)}`,
    ...(totals.fills > 0
      ? [traded, `**Against the prices at decision** ${slippageOf(totals)}`]
      : [result ? '**Traded** nothing' : `**Traded** nothing yet, ${turnover}`]),
  ];
}

/** Deviations from the plan. */
function fields(view: RebalanceView): readonly APIEmbedField[] {
  const { orders, result } = view;
  const problems = orders.filter((order) => order.reason !== undefined).map(problemText);
  const left = (result?.left ?? []).map((sentence) => escape(sentence, 200));
  return [
    ...optional('Orders with problems', left.length > 0 ? [] : problems),
    ...optional('Not completed', left),
    ...optional('Not announced', view.unannounced ? [NOT_ANNOUNCED] : []),
  ];
}

const NOT_ANNOUNCED =
  'Rotor was not running or Discord could not be reached in time, so it was not announced.';

function optional(name: string, all: readonly string[]): readonly APIEmbedField[] {
  return all.length === 0 ? [] : [field(name, lines(all, 700), false)];
}

function targetLine(target: RebalanceView['target']): string {
  const wanted = [...target].filter(([, weight]) => weight > 0);
  const sum = wanted.reduce((total, [, weight]) => total + weight, 0);
  const all = [...wanted, ...(sum < 0.9995 ? [['cash', 1 - sum] as const] : [])];
  const read = addingUp(
    all.map(([, weight]) => weight * 100),
    1,
  );
  return all
    .map(([name], index) => `${name} ${percent((read[index] ?? 0) / 100, 1, 'plain')}`)
    .join(', ');
}

function problemText({ side, ticker, reason, sent, planned }: OrderRow): string {
  const size =
    sent === undefined || sent === planned
      ? ''
      : `${quantity(sent)} of ${quantity(planned)} planned: `;
  return `${side} ${ticker}: ${size}${escape(reason ?? '', 200)}`;
}
