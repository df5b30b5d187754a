/** Entries for account movements since the books were last closed. */
import type { AccountState } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import type { Alert } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { advances, CLIENT_ORDER_PREFIX, type Fill, type Order } from '#core/domain/order.ts';
import { type EpochMs, epochMs, qtyToDecimal, toDollars, valueOf } from '#core/domain/units.ts';
import { exactly, resolvedEntries } from '../alerts.ts';
import { isUnseen, orderEntries, ordersById, withoutRepeats } from '../execution/managed-orders.ts';
import type { ReconcileParts } from '../parts.ts';
import { newActivities } from './new-activities.ts';
import { sharePrices } from './share-prices.ts';

/** `fills`: only executions, between two steps of a rebalance. */
export type Scope = 'all' | 'fills';

/** Fees and dividends may be booked days after the day they belong to. */
export const LATE_MS = 7 * 86_400_000;
/** Older activities may be corrected: a lasting difference is searched for once, this far back. */
const LOOKBACK_MS = 90 * 86_400_000;

/** Everything since the books were last closed, with a margin for late bookings. */
export function since(book: AccountState, lateMs = LATE_MS): EpochMs {
  const closed = book.equity.at(-1)?.session;
  const from = closed ? Date.parse(`${closed}T00:00:00Z`) : (book.baseline?.at ?? 0);
  return epochMs(Math.max(0, from - lateMs));
}

/** Fills that none of our orders explains, and cash or share movements without an order. */
export async function movementEntries(
  parts: ReconcileParts,
  scope: Scope,
): Promise<readonly Entry[]> {
  const { broker, clocks, journal } = parts;
  const book = journal.book();
  if (!book.baseline) return [];
  const from = since(book);
  const [fills, activities] = await Promise.all([
    broker.fills(from),
    scope === 'all' ? broker.activities(from) : [],
  ]);
  // The broker may list one twice.
  const told = [...new Map(fills.map((fill) => [fill.id, fill])).values()];
  const news = told.filter((fill) => !book.booked.has(fill.id) || lacks(book, fill));
  const known = ordersById(journal.book());
  const isExplained = news.every((fill) => isCounted(book, fill, news));
  const listed = isExplained ? [] : await broker.orders(from);
  const moved = orderEntries(journal.book(), listed);
  const newest = newestOf(known, listed);
  const now = clocks.market.now();
  const settled = news.filter((fill) => newest.has(fill.orderId) || !mayBeOurs(book, fill, now));
  const fillEntries = withoutRepeats(book, newest, settled).map((fill) =>
    entryFor(fill, newest.get(fill.orderId), book),
  );
  return [
    ...moved,
    ...fillEntries,
    ...fillEntries.flatMap((entry) => tradeAlert(book, entry, newest)),
    ...(await activityEntries(parts, newActivities(journal.book(), activities, now))),
  ];
}

/** Older activities that the broker may have corrected since. */
export async function changedEntries(parts: ReconcileParts): Promise<readonly Entry[]> {
  const { broker, journal, clocks } = parts;
  const rows = await broker.activities(since(journal.book(), LOOKBACK_MS));
  return activityEntries(parts, newActivities(journal.book(), rows, clocks.market.now()));
}

/** Adds the worth of moved shares where the row does not give it; an unknown type is referred to a person. */
async function activityEntries(
  { broker, journal }: Pick<ReconcileParts, 'broker' | 'journal'>,
  activities: readonly Activity[],
): Promise<readonly Entry[]> {
  const unvalued = activities.filter(
    ({ kind, qty, worth }) =>
      (kind === 'transfer' || kind === 'other') && qty !== 0 && worth === undefined,
  );
  const tickers = [...new Set(unvalued.flatMap(({ ticker }) => ticker ?? []))];
  const prices = await sharePrices(broker, journal.book(), tickers);
  return activities.flatMap((activity): readonly Entry[] => {
    const { ticker, qty } = activity;
    const price = ticker && unvalued.includes(activity) ? prices.get(ticker) : undefined;
    const valued = price === undefined ? activity : { ...activity, worth: valueOf(qty, price) };
    const entry: Entry = { kind: 'activity', activity: valued };
    return activity.kind === 'other' && activity.cancels === undefined
      ? [entry, { kind: 'alert', alert: unknownActivityAlert(valued) }]
      : [entry];
  });
}

/** The id of the movement that an entry books or reports. */
export function movementOf(entry: Entry): string | undefined {
  if (entry.kind === 'fill' || entry.kind === 'external-fill') return entry.fill.id;
  if (entry.kind === 'activity') return entry.activity.id;
  if (entry.kind !== 'alert') return undefined;
  const { subject } = entry.alert;
  if (subject.about === 'external-trade') return subject.fillId;
  return subject.about === 'unknown-activity' ? subject.activityId : undefined;
}

function unknownActivityAlert({ id, type = 'no type', ticker, cash, qty }: Activity): Alert {
  const moved = [
    ...(cash === 0 ? [] : [`$${toDollars(cash)}`]),
    ...(qty === 0 ? [] : [`${qtyToDecimal(qty)} ${ticker ?? 'shares'}`]),
  ].join(' and ');
  return {
    subject: { about: 'unknown-activity', activityId: id },
    severity: 'warning',
    title: 'Unknown account activity',
    text: `The broker booked ${moved || 'nothing'} as ${type}, which Rotor does not know.`,
    remedy:
      'It is recorded, and left out of performance. Compare it with the account statement; ' +
      'acknowledge this when it is right.',
  };
}

/** By the broker's id. A list may lag behind what we know, and may not have one of our orders at all. */
function newestOf(
  known: ReadonlyMap<string, Order>,
  listed: readonly Order[],
): ReadonlyMap<string, Order> {
  const news = listed.filter((order) => advances(known.get(order.id), order));
  return new Map([...known, ...news.map((order) => [order.id, order] as const)]);
}

/** Whether one of our orders lacks its fill: it was booked as external before we knew the order. */
function lacks({ managedOrders }: AccountState, { id, orderId }: Fill): boolean {
  const managed = [...managedOrders.values()].find(({ order }) => order?.id === orderId);
  return managed?.fills.every((fill) => fill.id !== id) ?? false;
}

/** Whether one of our orders, as known, includes the fill along with those already booked and the others. */
function isCounted(
  { managedOrders }: AccountState,
  { orderId }: Fill,
  news: readonly Fill[],
): boolean {
  const managed = [...managedOrders.values()].find(({ order }) => order?.id === orderId);
  const fills = [...(managed?.fills ?? []), ...news.filter((fill) => fill.orderId === orderId)];
  const filled = fills.reduce((sum, { qty: shares }) => sum + shares, 0);
  return managed?.order !== undefined && filled <= managed.order.filledQty;
}

/**
 * Whether one of our orders of unknown outcome may explain the execution of an unlisted order: then the
 * execution waits until that order is listed, or can no longer be.
 */
function mayBeOurs({ managedOrders }: AccountState, fill: Fill, now: EpochMs): boolean {
  return [...managedOrders.values()].some(
    (managed) =>
      isUnseen(managed, now) &&
      managed.intent.ticker === fill.ticker &&
      managed.intent.side === fill.side &&
      fill.qty <= (managed.sent?.qty ?? managed.intent.qty),
  );
}

function entryFor(fill: Fill, order: Order | undefined, book: AccountState): Entry {
  if (order && book.managedOrders.has(order.clientOrderId)) {
    return { kind: 'fill', clientOrderId: order.clientOrderId, fill };
  }
  return { kind: 'external-fill', fill };
}

/** An external trade has an alert, which ends once it turns out to be of one of our orders. */
function tradeAlert(
  book: AccountState,
  entry: Entry,
  orders: ReadonlyMap<string, Order>,
): readonly Entry[] {
  if (entry.kind === 'fill') {
    const subject = { about: 'external-trade', fillId: entry.fill.id } as const;
    return resolvedEntries(book, exactly(subject), 'It was an order of Rotor’s.');
  }
  if (entry.kind !== 'external-fill') return [];
  const { id, orderId, side, ticker, qty, price } = entry.fill;
  // A journal that was restored from an older backup lacks orders that Rotor sent.
  const isLost = orders.get(orderId)?.clientOrderId.startsWith(CLIENT_ORDER_PREFIX);
  const [title, by] = isLost
    ? ['Trade of a lost order', "by an order of Rotor's that is not in this journal"]
    : ['Traded by hand', "without an order of Rotor's"];
  const alert: Alert = {
    subject: { about: 'external-trade', fillId: id },
    severity: 'warning',
    title,
    text: `${side} ${qtyToDecimal(qty)} ${ticker} at $${price}, ${by}.`,
    remedy: 'It is recorded; the next rebalance starts from there.',
  };
  return [{ kind: 'alert', alert }];
}
