/** What must hold at every POST, by the exchange's own truth. */
import type { LatestPrice } from '#core/domain/account.ts';
import {
  type AccountState,
  type ManagedOrder,
  managedOrdersOf,
} from '#core/domain/account-state.ts';
import { isFlatten } from '#core/domain/decision.ts';
import { CLIENT_ORDER_PREFIX, isFinal, type OrderIntent } from '#core/domain/order.ts';
import { epochMs, type Ticker, toShares, valueOf } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import type { Config } from '#src/config/types.ts';
import type { Discord } from './discord.ts';
import type { Disk } from './disk.ts';
import { type Exchange, exposureOf } from './exchange.ts';
import type { Faults } from './faults.ts';
import type { FaultKind } from './kinds.ts';
import type { Life } from './life.ts';
import type { Market } from './market.ts';
import type { PostCount } from './post-count.ts';
import type { TrueDrawdown } from './true-drawdown.ts';
import type { Report } from './violations.ts';
import type { VirtualTime } from './virtual-time.ts';
import { worthOf } from './worth.ts';

/** What laws are held against. */
export interface LawParts {
  readonly settings: Config;
  readonly time: VirtualTime;
  readonly market: Market;
  readonly exchange: Exchange;
  readonly faults: Faults;
  readonly report: Report;
  readonly posts: PostCount;
  readonly disk: Disk;
  readonly drawdown: TrueDrawdown;
  readonly discord: Discord;
  /** What people said, by their own account of it. */
  readonly people: Approvals;
}

/** How many different people approved a plan, and what they called off. */
export interface Approvals {
  approvedBy(planId: string): number;
  /** Whether somebody said that it shall not be made at all. */
  hasSkipped(id: string): boolean;
  /** Whether somebody said that it shall be made as announced. */
  hasConfirmed(id: string): boolean;
  /** Deposits that somebody left to the next rebalance since the instant, in cents. */
  leftSince(instant: number): number;
}

const MINUTE_MS = 60_000;
/** After them what the desk knows of cash and shares may be old without its fault, for a while. */
export const BLINDING: readonly FaultKind[] = [
  ...(['stale-account', 'lagging-cash', 'lagging-buying-power', 'stale-positions'] as const),
  ...([
    'stale-open-orders',
    'stale-orders',
    'stale-order',
    'late-fills',
    'order-unseen',
    'unfindable-orders',
  ] as const),
  ...([
    'withdrawal',
    'taken-back',
    'hand-buy',
    'hand-sell',
    'hand-order',
    'fee',
    'late-deposit',
  ] as const),
  ...(['slow-broker', 'split', 'late-split', 'reverse-split', 'stale-prices', 'frozen'] as const),
  ...(['fills-twice', 'position-left-out'] as const),
];
/** They make prices old or wrong. */
export const PRICE_FAULTS: readonly FaultKind[] = [
  'stale-prices',
  'prices-of-yesterday',
  'ticker-halted',
  'all-halted',
  'wrong-price',
  'slow-broker',
];
/** So long after it was sent an order of unknown outcome may still be at the broker. */
const UNKNOWN_MS = 9 * MINUTE_MS;
/** A request may take so long. */
const AGE_SLACK_MS = 60_000;
/** Prices move between the question and the POST. */
const [ROOM, SIDE_SLACK] = [1.004, 0.002];

/** Looks at an order in the moment in which it leaves. */
export function checkPost(parts: LawParts, intent: OrderIntent, life: Life): void {
  const managed = life.book()?.managedOrders.get(intent.clientOrderId);
  checkWritten(parts, intent, managed);
  checkState(parts, intent, life);
  checkHours(parts, intent);
  checkTwice(parts, intent, life);
  const decision = life.book()?.rebalances.get(intent.decisionId)?.decision;
  // What may be at the broker already leaves again under the terms of its first time.
  const isAgain = (managed?.tries ?? 0) > 1;
  if (!isAgain && (!decision || !isFlatten(decision))) checkPrice(parts, intent);
  if (parts.faults.since(epochMs(parts.time.now() - 3 * MINUTE_MS), BLINDING)) return;
  if (intent.side === 'buy') checkRoom(parts, intent);
  else checkShares(parts, intent);
}

function nameOf({ side, ticker, qty, clientOrderId }: OrderIntent): string {
  return `${side} ${toShares(qty)} ${ticker} (${clientOrderId})`;
}

function checkWritten(
  { report, posts, disk }: LawParts,
  intent: OrderIntent,
  managed: ManagedOrder | undefined,
): void {
  if (disk.isDamaged()) report('order on a damaged journal', nameOf(intent));
  if (!posts.isWritten(intent.clientOrderId))
    report('order unwritten', `${nameOf(intent)} has no entry of its own before it leaves again`);
  if (managed?.state !== 'sending')
    report('order unwritten', `${nameOf(intent)}: ${managed?.state ?? 'unknown'}`);
}

function checkState(parts: LawParts, intent: OrderIntent, life: Life): void {
  const { report, time } = parts;
  const state = life.book()?.state;
  const isAgainst = state?.state === 'HALT' || (state?.state === 'REDUCE' && intent.side === 'buy');
  if (isAgainst)
    report('order against HALT', `${nameOf(intent)} in ${state?.state} by ${state?.by}`);
  checkAlone(report, intent, life.book(), time.now());
  checkBooks(parts, intent, life.book());
}

/** Nothing is bought while people are called because the books differ from the broker. */
export function checkBooks(
  { report, time }: Pick<LawParts, 'report' | 'time'>,
  intent: OrderIntent,
  book: Pick<AccountState, 'alerts'> | undefined,
): void {
  const problem = book?.alerts.get('reconciliation');
  if (problem && intent.side === 'buy' && time.now() - problem.firstAt > MINUTE_MS)
    report('bought on wrong books', `${nameOf(intent)}: ${problem.alert.text}`);
}

/**
 * What a person cancelled is not sent again, and nothing leaves while the broker may have an order that it
 * does not show.
 */
export function checkAlone(
  report: Report,
  intent: OrderIntent,
  book: AccountState | undefined,
  now: number,
): void {
  const others = book ? managedOrdersOf(book, intent.decisionId) : [];
  for (const { intent: other, state, sentAt = 0, cancelRequestedBy } of others) {
    const isLine = other.ticker === intent.ticker && other.side === intent.side;
    if (isLine && cancelRequestedBy !== undefined)
      report('started against people', `${nameOf(intent)}: ${cancelRequestedBy} cancelled it`);
    // One that a person cancelled is not waited for: it counts at its worst.
    const isWaited = cancelRequestedBy === undefined && state === 'sending';
    const isUnknown = isWaited && other.clientOrderId !== intent.clientOrderId;
    if (isUnknown && now - sentAt < UNKNOWN_MS && !intent.decisionId.startsWith('flatten'))
      report('order beside an unknown one', `${nameOf(intent)} beside ${other.clientOrderId}`);
  }
}

function checkHours({ time, market, report }: LawParts, intent: OrderIntent): void {
  const session = market.sessionAt(time.now());
  const from = (session?.open ?? Number.POSITIVE_INFINITY) + 5 * MINUTE_MS - 10_000;
  const to = (session?.close ?? 0) - 15 * MINUTE_MS + 30_000;
  if (time.now() < from || time.now() > to) report('order outside hours', nameOf(intent));
}

/** All orders of one line together are never for more than was planned, under one id for one size. */
function checkTwice({ exchange, report }: LawParts, intent: OrderIntent, life: Life): void {
  const book = life.book();
  const decision = book?.rebalances.get(intent.decisionId)?.decision;
  const planned = decision?.plan.orders.find(
    ({ ticker, side }) => ticker === intent.ticker && side === intent.side,
  );
  if (!book || !planned) return report('order twice', `${nameOf(intent)} is in no plan`);
  const ids = new Set(
    managedOrdersOf(book, intent.decisionId).map((each) => each.intent.clientOrderId),
  );
  const own = exchange.fake.accepted.filter(
    ({ clientOrderId, ticker, side }) =>
      ids.has(clientOrderId) && ticker === intent.ticker && side === intent.side,
  );
  const same = own.find(({ clientOrderId }) => clientOrderId === intent.clientOrderId);
  if (same && same.qty !== intent.qty)
    report('order twice', `${nameOf(intent)} was sent for ${toShares(same.qty)}`);
  const before = own
    .filter((order) => order !== same)
    .reduce((sum, order) => sum + (isFinal(order) ? order.filledQty : order.qty), 0);
  if (before + intent.qty > planned.qty) {
    report(
      'order twice',
      `${nameOf(intent)}: ${toShares(planned.qty)} planned, ${before / 1e9} there`,
    );
  }
}

/** An order leaves at what the ticker trades at, on the side that fills. */
export function checkPrice(
  { market, time, faults, report, settings: { limits } }: LawParts,
  intent: OrderIntent,
): void {
  const { price } = market.price(intent.ticker, time.now());
  const limit = Number(intent.limitPrice ?? price);
  const isBlind = faults.since(epochMs(time.now() - 16 * MINUTE_MS), PRICE_FAULTS);
  const most = isBlind ? limits.priceCollar + 0.06 : limits.limitBps / 10_000 + 0.004;
  // A limit on the side that does not fill waits for a price that may never come.
  const isWaiting = (intent.side === 'buy' ? limit / price : price / limit) < 1 - SIDE_SLACK;
  if (Math.abs(limit / price - 1) > most || (isWaiting && !isBlind)) {
    report('order at a wrong price', `${nameOf(intent)} at ${limit}, it trades at ${price}`);
  }
}

/** What an order leaves at is the price that the process was told last, of this session and not too old. */
export function checkFresh(
  { time, report, settings: { limits } }: LawParts,
  intent: OrderIntent,
  life: Life,
  price: LatestPrice | undefined,
): void {
  const decision = life.book()?.rebalances.get(intent.decisionId)?.decision;
  if (!decision || isFlatten(decision)) return;
  const ageMs = time.now() - (price?.at ?? 0);
  // A clock that is set back makes a price younger.
  const mostMs = limits.maxPriceAgeMs + AGE_SLACK_MS + Math.max(0, time.now() - life.now());
  if (ageMs > mostMs)
    report('order at an old price', `${nameOf(intent)}: its price is ${ageMs / 1_000} s old`);
}

function checkRoom(
  { exchange, market, time, report, settings, drawdown }: LawParts,
  intent: OrderIntent,
): void {
  const { limits } = settings;
  if (isKnown(exchange, intent)) return;
  const cost = valueOf(intent.qty, Number(intent.limitPrice ?? intent.priceAtDecision));
  const price = (ticker: Ticker): number => market.price(ticker, time.now()).price;
  const room = exchange.buyingPower() - limits.reserve - cost;
  if (room < -100)
    report('order without cash', `${nameOf(intent)} costs ${cost}, ${room + cost} is there`);
  // Where only a part is managed, shares that came a moment ago are more of it than was known.
  const isPart = limits.reserve > 0 || limits.maxManaged !== undefined;
  if (isPart && drawdown.isDisturbedSince(time.now() - MINUTE_MS)) return;
  const exposure = new Map(exposureOf(exchange, price, time.now()));
  exposure.set(intent.ticker, (exposure.get(intent.ticker) ?? 0) + cost);
  const { sized: equity } = worthOf({ exchange, market, time, settings });
  const gross = [...exposure.values()].reduce((sum, value) => sum + value, 0);
  if (gross > limits.maxGross * equity * ROOM)
    report('order beyond a limit', `${nameOf(intent)}: gross ${gross} of ${equity}`);
  const own = exposure.get(intent.ticker) ?? 0;
  const isCapped = intent.ticker !== UNIVERSE.defensive.ticker;
  if (isCapped && own > (limits.maxWeight + 0.02) * equity * ROOM) {
    report('order beyond a limit', `${nameOf(intent)}: ${own} of ${equity} in it`);
  }
}

/** What is there already is answered as that, whatever the account allows. */
function isKnown({ fake }: Exchange, intent: OrderIntent): boolean {
  return fake.accepted.some(({ clientOrderId }) => clientOrderId === intent.clientOrderId);
}

function checkShares({ exchange, report }: LawParts, intent: OrderIntent): void {
  if (isKnown(exchange, intent)) return;
  const held = exchange.holdings().shares.get(intent.ticker) ?? 0;
  if (intent.qty > held) report('order without shares', `${nameOf(intent)}: ${held / 1e9} held`);
}

/** What somebody ordered by hand is theirs. */
export function checkCancel({ exchange, report }: LawParts, orderId: string): void {
  const order = exchange.fake.accepted.find(({ id }) => id === orderId);
  if (order && !order.clientOrderId.startsWith(CLIENT_ORDER_PREFIX))
    report('foreign order cancelled', `${order.side} ${order.ticker} (${order.clientOrderId})`);
}
