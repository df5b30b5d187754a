/** Requests the broker's data that orders are checked against, right before they are sent. */

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
import { sentOnDay } from '#core/domain/trading-limits.ts';
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
import { openCostOf } from './exposure.ts';
import type { OrderBlock, OrderCheck } from './order-block.ts';
import { stuckOrders } from './stuck-orders.ts';
import { unlistedOrders } from './unlisted-orders.ts';

/** Waiting for these is normal; the header shows it, without an alert. */
const ORDINARY: ReadonlySet<LimitName> = new Set([
  'trading window',
  'trading state',
  'open problem',
  'evidence',
  'open order',
  'stopping',
]);

/** The broker's data at one instant, for all orders sent together. */
export interface TradingSnapshot {
  readonly askedAt: EpochMs;
  readonly answeredAt: EpochMs;
  readonly market: MarketClock;
  readonly account: Account;
  readonly positions: readonly Position[];
  readonly unmanaged: readonly UnmanagedHolding[];
  /** Orders open at the snapshot, and those accepted since. */
  readonly openOrders: readonly Order[];
  readonly otherBuys: Cents;
  readonly assets: readonly Asset[];
  readonly prices: ReadonlyMap<Ticker, LatestPrice>;
  /** Set where equity does not match its parts. */
  readonly contradiction: EquityContradiction | undefined;
}

/** How long a snapshot may be reused, in market time, while none of our orders is at the broker. */
const SNAPSHOT_REUSE_MS = 1_000;

/**
 * Requests everything once: four requests to the trading host, one more for each asset, and prices.
 * @param compared the comparison of the books made just now; its answers are not requested again.
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
 * The snapshot plus an order accepted since: it counts as open in full at its limit, because the cash,
 * buying power and positions of the snapshot do not include it.
 */
export function withOrder(snapshot: TradingSnapshot, order: Order): TradingSnapshot {
  const whole: Order = { ...order, status: 'open', filledQty: qty(0) };
  const { account, openOrders } = snapshot;
  const cost = order.side === 'buy' ? openCostOf(whole, snapshot) : 0;
  return {
    ...snapshot,
    account: { ...account, buyingPower: cents(account.buyingPower - cost) },
    openOrders: [...openOrders, whole],
  };
}

/**
 * The data an order is checked against: the snapshot, and every other one of our orders that may be at the
 * broker.
 * @param clientOrderId the order being checked; undefined while none is recorded.
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
    // Time elapsed since the answer is not skew.
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
 * The terms under which an order may be sent now, or why it may not. Its price is requested at this moment,
 * so that it is at most seconds old when the order is sent.
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

/** A ticker with an order still open after its session is not traded until someone sets that order aside. */
function frozenBy(
  { clocks, journal }: Pick<EngineParts, 'clocks' | 'journal'>,
  { intent: { ticker, clientOrderId } }: Pick<ManagedOrder, 'intent'>,
): string | undefined {
  const stuck = stuckOrders(journal.book(), clocks.market.now()).find(
    ({ intent }) => intent.ticker === ticker && intent.clientOrderId !== clientOrderId,
  );
  return stuck && `the broker still calls an older ${stuck.intent.side} of ${ticker} open`;
}

/** Open alerts that stop trading, or buying, while they are open. */
function blockedBy(book: AccountState, side: Side): string | undefined {
  const calendar = openAlert(book, CALENDAR);
  const books = side === 'buy' ? openAlert(book, RECONCILIATION) : undefined;
  return (calendar ?? books)?.alert.text;
}

/** Resolves the limit alerts after a pass in which no limit held back an order. */
export function limitsLifted({ journal }: Pick<EngineParts, 'journal'>): readonly Entry[] {
  return resolvedEntries(journal.book(), ['limit'], 'Orders can be sent again.');
}

/** One alert for each limit that holds orders back; repeated for a ticker that it does not name yet. */
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
