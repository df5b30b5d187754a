/** Asks the broker for what orders are checked against, right before they leave. */

import type {
  Account,
  Asset,
  LatestPrice,
  MarketClock,
  Position,
  UnmanagedHolding,
} from '#core/domain/account.ts';
import { type AccountState, type ManagedOrder, openAlert } from '#core/domain/account-state.ts';
import type { LimitName } from '#core/domain/advice.ts';
import type { Alert } from '#core/domain/alert.ts';
import { type Decision, isFlatten } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { EquityContradiction } from '#core/domain/managed-account.ts';
import type { Order, Side } from '#core/domain/order.ts';
import { type Cents, cents, type EpochMs, qty, type Ticker } from '#core/domain/units.ts';
import { tradable } from '#core/domain/universe.ts';
import { contradictionOf } from '../account-check.ts';
import { resolvedEntries } from '../alerts.ts';
import { unreadEvidence } from '../evidence.ts';
import { CALENDAR } from '../monitoring/calendar-check.ts';
import type { EngineParts, ExecutionParts } from '../parts.ts';
import { askPrices } from '../prices.ts';
import { assertAccount, RECONCILIATION } from '../reconciliation/known-account.ts';
import type { ReconcileResult } from '../reconciliation/reconcile.ts';
import { checkOrder, type OrderContext } from './check-order.ts';
import { sentOnDay } from './limits.ts';
import type { OrderBlock, OrderCheck } from './order-block.ts';
import { stuckOrders } from './stuck-orders.ts';
import { unlistedOrders } from './unlisted-orders.ts';

/** Waiting is ordinary for these; they are shown by the header, not by an alert. */
const ORDINARY: ReadonlySet<LimitName> = new Set([
  'trading window',
  'trading state',
  'open problem',
  'evidence',
  'open order',
  'stopping',
]);

/** What the broker said at one instant, for every order that leaves in the same breath. */
export interface TradingSnapshot {
  readonly askedAt: EpochMs;
  readonly answeredAt: EpochMs;
  readonly market: MarketClock;
  readonly account: Account;
  readonly positions: readonly Position[];
  readonly unmanaged: readonly UnmanagedHolding[];
  /** Those that were open, and those that were taken since. */
  readonly openOrders: readonly Order[];
  readonly otherBuys: Cents;
  readonly assets: readonly Asset[];
  readonly prices: ReadonlyMap<Ticker, LatestPrice>;
  /** Where equity and its own parts disagree. */
  readonly contradiction: EquityContradiction | undefined;
}

/** Answers may be used again for so long, on the desk's clock, while nothing of ours is at the broker. */
const SNAPSHOT_REUSE_MS = 1_000;

/**
 * Asks for everything once: four requests to the trading host, one more for each asset, and prices.
 * @param compared what the books were compared with just now; it is not asked for twice.
 */
export async function takeSnapshot(
  {
    broker,
    clocks,
    journal,
    universe,
    limits,
  }: Pick<EngineParts, 'broker' | 'clocks' | 'journal' | 'limits' | 'universe'>,
  tickers: readonly Ticker[],
  compared?: ReconcileResult,
): Promise<TradingSnapshot> {
  const askedAt = clocks.market.now();
  const known = compared && askedAt - compared.askedAt <= SNAPSHOT_REUSE_MS ? compared : undefined;
  const [market, account, positions, unmanaged, openOrders, otherOrders, assets] =
    await Promise.all([
      broker.clock(),
      known?.account ?? broker.account(),
      known?.positions ?? broker.positions(),
      known?.unmanaged ?? broker.unmanagedHoldings(),
      broker.openOrders(),
      broker.unmanagedOrders(),
      broker.assets(tickers),
    ]);
  const answeredAt = clocks.market.now();
  assertAccount(journal.book(), account);
  const asked = new Set([
    ...tradable(universe).map(({ ticker }) => ticker),
    ...openOrders.map(({ ticker }) => ticker),
  ]);
  const { latest } = await askPrices(broker, [...asked]);
  const buys = otherOrders.filter(({ side }) => side === 'buy');
  const otherBuys = cents(buys.reduce((sum, { worth }) => sum + (worth ?? 0), 0));
  const look = { account, positions, unmanaged, setAside: broker.setAside() };
  const contradiction = contradictionOf({ ...look, latest, now: answeredAt }, limits);
  const times = { askedAt, answeredAt, market };
  return {
    ...times,
    account,
    positions,
    unmanaged,
    openOrders,
    otherBuys,
    assets,
    prices: latest,
    contradiction,
  };
}

/**
 * The snapshot with an order that the broker has taken since: all of it counts as open at its limit, for
 * the cash and the positions of the snapshot know nothing of what has filled.
 */
export function withOrder(snapshot: TradingSnapshot, order: Order): TradingSnapshot {
  const whole: Order = { ...order, status: 'open', filledQty: qty(0) };
  return { ...snapshot, openOrders: [...snapshot.openOrders, whole] };
}

/**
 * What an order is checked against: the snapshot, and every other order of ours that may be at the broker.
 * @param clientOrderId the order that is checked; undefined while none is written down.
 */
export function orderContextOf(
  {
    journal,
    clocks,
    universe,
    rules,
  }: Pick<EngineParts, 'clocks' | 'journal' | 'rules' | 'universe'>,
  decision: Decision,
  snapshot: TradingSnapshot,
  ticker: Ticker,
  clientOrderId?: string,
): OrderContext {
  const book = journal.book();
  const managedOrders = [...book.managedOrders.values()];
  const others = managedOrders.filter(({ intent }) => intent.clientOrderId !== clientOrderId);
  const now = clocks.market.now();
  const { market, answeredAt, openOrders } = snapshot;
  return {
    ...snapshot,
    now,
    openOrders: [...openOrders, ...unlistedOrders(others, openOrders, now)],
    setAside: new Set(
      others.flatMap(({ intent, setAsideBy }) =>
        setAsideBy === undefined ? [] : [intent.clientOrderId],
      ),
    ),
    // Time that went by since the answer is no skew.
    market: { ...market, at: (market.at + (now - answeredAt)) as EpochMs },
    state: book.state.state,
    asset: snapshot.assets.find((asset) => asset.ticker === ticker),
    own: new Set(tradable(universe).map((each) => each.ticker)),
    defensive: universe.defensive.ticker,
    // Selling everything needs no close.
    closeDecidedOn: decision.closes.get(ticker),
    today: sentOnDay(others, now),
    rules,
    planEquity: decision.holdings.equity,
    bookCash: book.ledger.cash,
    flattening: isFlatten(decision),
  };
}

/**
 * The terms under which an order may leave now, or why it may not. Its price is asked for in this very
 * moment, so that it is at most seconds old when the order leaves.
 */
export async function preTradeCheck(
  parts: ExecutionParts,
  decision: Decision,
  managed: Pick<ManagedOrder, 'intent' | 'sent'>,
  snapshot: TradingSnapshot,
): Promise<OrderCheck> {
  const { journal } = parts;
  const { ticker, side } = managed.intent;
  const integrity = journal.doubt();
  if (integrity !== undefined) return { kind: 'wait', limit: 'journal', reason: integrity };
  const problem = blockedBy(journal.book(), side);
  if (problem !== undefined) return { kind: 'wait', limit: 'open problem', reason: problem };
  const unread = side === 'buy' ? unreadEvidence(parts) : undefined;
  if (unread !== undefined) return { kind: 'wait', limit: 'evidence', reason: unread };
  const frozen = frozenBy(parts, managed);
  if (frozen !== undefined) return { kind: 'wait', limit: 'open order', reason: frozen };
  const { latest } = await askPrices(parts.broker, [ticker]);
  const prices = new Map([...snapshot.prices, ...latest]);
  const { clientOrderId } = managed.intent;
  const asked = { ...snapshot, prices };
  const context = orderContextOf(parts, decision, asked, ticker, clientOrderId);
  return checkOrder(managed.intent, context, parts.limits, managed.sent);
}

/** A ticker with an order that outlived its session is not traded until somebody sets that aside. */
function frozenBy(
  { clocks, journal }: Pick<EngineParts, 'clocks' | 'journal'>,
  { intent: { ticker, clientOrderId } }: Pick<ManagedOrder, 'intent'>,
): string | undefined {
  const stuck = stuckOrders(journal.book(), clocks.market.now()).find(
    ({ intent }) => intent.ticker === ticker && intent.clientOrderId !== clientOrderId,
  );
  return stuck && `the broker still calls an older ${stuck.intent.side} of ${ticker} open`;
}

/** Open alerts that stop trading, or buying, for as long as they are open. */
function blockedBy(book: AccountState, side: Side): string | undefined {
  const calendar = openAlert(book, CALENDAR);
  const books = side === 'buy' ? openAlert(book, RECONCILIATION) : undefined;
  return (calendar ?? books)?.alert.text;
}

/** The limits of a pass that holds no order back are lifted. */
export function limitsLifted({ journal }: Pick<EngineParts, 'journal'>): readonly Entry[] {
  return resolvedEntries(journal.book(), ['limit'], 'Orders leave again.');
}

/** One alert for each limit that holds orders back; said again for a ticker that it does not name yet. */
export function limitAlerts(
  { journal }: Pick<EngineParts, 'journal'>,
  waits: ReadonlyMap<string, OrderBlock>,
): readonly Entry[] {
  const told = [...waits].filter(([, { limit }]) => !ORDINARY.has(limit));
  return [...new Set(told.map(([, { limit }]) => limit))].flatMap((limit): readonly Entry[] => {
    const own = told.filter(([, block]) => block.limit === limit);
    const open = openAlert(journal.book(), { about: 'limit', limit })?.alert.text;
    const isNews = own.some(([line, { reason }]) => {
      const [, ticker = ''] = line.split(' ');
      return open === undefined || (reason.includes(ticker) && !open.includes(ticker));
    });
    const reasons = [...new Set(own.map(([, { reason }]) => reason))].join('; ');
    return isNews ? [{ kind: 'alert', alert: limitAlert(limit, reasons) }] : [];
  });
}

function limitAlert(limit: LimitName, reasons: string): Alert {
  return {
    subject: { about: 'limit', limit },
    severity: 'warning',
    title: 'Limit reached',
    text: `${limit}: ${reasons}`,
    remedy: 'Orders wait; Rotor asks again in five minutes.',
    advice: { code: 'limit', limit },
  };
}
