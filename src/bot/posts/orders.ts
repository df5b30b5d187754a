import type { EpochMs } from '#core/domain/units.ts';
import type { AttemptRow, AttemptState, OrdersView } from '#core/views/orders.ts';
import {
  block,
  compactQuantity,
  DASH,
  escape,
  instantOf,
  label,
  lines,
  price,
  quantity,
  row,
  UNKNOWN,
} from '../format.ts';
import { embed, type Post } from '../post.ts';
import { bpsCell, dayAndTime } from './cells.ts';
import { countOf, pageButtons, pageOf } from './pages.ts';

/** Prefix of the page buttons. */
export const ORDERS = 'orders:';
const SIZE = 10;

/** One page of the orders that match the filter; `asked` counts from 1. */
export function ordersPost(view: OrdersView, asked: number): Post {
  const page = pageOf(view.rows, asked, SIZE);
  const what = view.filter === 'open' ? 'Open orders' : 'Orders';
  const reasons = page.rows.flatMap(reasonLines);
  const body = [
    page.total === 0
      ? emptyLine(view)
      : block([...HEAD, ...page.rows.flatMap((order) => orderRows(order, view.at))], 2000),
    ...(reasons.length > 0 ? [lines(reasons, 1800)] : []),
  ].join('\n');
  return {
    embeds: [
      embed({
        mode: view.mode,
        title: `${what} · ${countOf(page)}`,
        body,
        note: `${label(view.accountNumber ?? UNKNOWN)} · ${instantOf(view.at)}`,
      }),
    ],
    components: pageButtons(page, (number) => `${ORDERS}${view.filter}:${number}`),
  };
}

function emptyLine({ filter }: OrdersView): string {
  return filter === 'open' ? 'No order is open.' : 'Rotor has not sent an order yet.';
}

const SIGNS: Readonly<Record<AttemptState, string>> = {
  waiting: '·',
  sending: '…',
  open: '…',
  filled: '✓',
  short: '▲',
  canceled: '✗',
  expired: '✗',
  rejected: '✗',
  replaced: '▲',
  refused: '✗',
  'not sent': '✗',
};

const HEAD = [
  row([
    ['', 12, 'left'],
    ['SHARES', 10, 'right'],
    ['PRICE', 8, 'right'],
  ]),
];

/** Two rows per order: 1 + 4 + 5 + 10 + 8 and four spaces; 11 + 8 + 8 and the indent. */
function orderRows(order: AttemptRow, now: EpochMs): readonly string[] {
  return [
    row([
      [SIGNS[order.state], 1, 'left'],
      [order.side, 4, 'left'],
      [order.ticker, 5, 'left'],
      [amount(order), 10, 'right'],
      [order.averagePrice === undefined ? DASH : price(order.averagePrice), 8, 'right'],
    ]),
    row([
      ['', 1, 'left'],
      [dayAndTime(order.at, now), 11, 'left'],
      [order.state, 8, 'left'],
      [bpsCell(order.slippageBps), 9, 'right'],
    ]),
  ];
}

/** `7/120` while not completely filled. */
function amount({ filled, qty }: AttemptRow): string {
  const whole = quantity(qty);
  if (filled === qty || filled === 0) return whole.length <= 10 ? whole : compactQuantity(qty);
  const parts = `${quantity(filled)}/${whole}`;
  return parts.length <= 10 ? parts : compactQuantity(filled);
}

/** The quantity sent where it exceeds the recorded one, and why it was not filled as planned. */
function reasonLines({
  side,
  ticker,
  attempt,
  qty,
  planned,
  reason,
}: AttemptRow): readonly string[] {
  const size = qty === planned ? [] : [`${quantity(qty)} sent of ${quantity(planned)} planned`];
  const why = reason === undefined ? [] : [escape(reason, 80)];
  if (size.length + why.length === 0) return [];
  const again = attempt > 1 ? `, attempt ${attempt}` : '';
  return [`${side} ${ticker}${again}: ${[...size, ...why].join('; ')}`];
}
