/** The orders of a rebalance by line: quantity planned, attempts, and quantity still to trade. Pure. */
import {
  type AccountState,
  type ManagedOrder,
  managedOrdersOf,
  unfinished,
} from './account-state.ts';
import { type Decision, isFlatten } from './decision.ts';
import {
  clientOrderId,
  isAsPlanned,
  isFinal,
  isNearlyAll,
  type OrderIntent,
  type OrderStatus,
  type Side,
} from './order.ts';
import { type EpochMs, epochMs, type Qty, qty, type Ticker } from './units.ts';

/** Maximum number of orders the broker accepted for one line: the first, and three for the remainder. */
export const MAX_ACCEPTED = 4;

/** A rejection that may pass is retried after 5, 10 and then every 15 minutes. */
const RETRY_STEP_MS = 5 * 60_000;
const MAX_RETRY_MS = 15 * 60_000;

/** Statuses whose remainder may be sent again; a replaced order's remainder is traded by its replacement. */
const MAY_FOLLOW: ReadonlySet<OrderStatus> = new Set(['canceled', 'expired', 'filled', 'rejected']);

/** One ticker and side of a decision with all its orders, oldest first. */
export interface OrderLine {
  readonly planned: OrderIntent;
  readonly attempts: readonly ManagedOrder[];
  /** Quantity still to trade, in billionths of a share; 0 when done. */
  readonly wanted: Qty;
  /** For a flatten: retried until its time is over, since a trading halt of the stock may last. */
  readonly hasNoTryLimit?: boolean;
}

/** The lines of one side, in plan order. */
export function linesOf(
  decision: Decision,
  managed: readonly ManagedOrder[],
  side: Side,
): readonly OrderLine[] {
  return decision.plan.orders
    .filter((planned) => planned.side === side)
    .map((planned) => {
      const attempts = managed.filter(
        ({ intent }) => intent.ticker === planned.ticker && intent.side === side,
      );
      const hasNoTryLimit = isFlatten(decision);
      return {
        planned,
        attempts,
        wanted: wantedOf(planned, attempts, hasNoTryLimit),
        hasNoTryLimit,
      };
    });
}

/**
 * A remainder too small to trade is done, and so is the last share where the last order was sized without it
 * and filled. For a flatten every share counts.
 */
function wantedOf(planned: OrderIntent, attempts: readonly ManagedOrder[], whole: boolean): Qty {
  const filled = attempts.reduce((sum, { order }) => sum + (order?.filledQty ?? 0), 0);
  const rest = planned.qty - filled;
  if (rest <= 0) return qty(0);
  const last = attempts.findLast(({ order }) => order !== undefined)?.order;
  const tolerates = last?.status === 'filled' ? isAsPlanned : isNearlyAll;
  return !whole && filled > 0 && tolerates(filled, planned.qty, planned.side) ? qty(0) : qty(rest);
}

/** The line's order that may be at the broker and may still fill, or undefined. */
export function liveOrder({ attempts }: OrderLine): ManagedOrder | undefined {
  return attempts.find(
    ({ state, order, setAsideBy }) =>
      setAsideBy === undefined && state === 'placed' && order !== undefined && !isFinal(order),
  );
}

/** The line's order that is recorded but not known to be at the broker, or undefined. */
export function unsentOrder({ attempts }: OrderLine): ManagedOrder | undefined {
  return attempts.find(({ state }) => state === 'planned' || state === 'sending');
}

/** Whether nothing more is sent for the line, whatever quantity remains. */
export function isOver(line: OrderLine): boolean {
  const { attempts, wanted } = line;
  if (unsentOrder(line) || liveOrder(line)) return false;
  if (wanted <= 0) return true;
  const last = attempts.at(-1);
  if (!last) return false;
  if (last.cancelRequestedBy !== undefined || last.setAsideBy !== undefined) return true;
  if (last.state === 'refused') return !last.refusalMayPass;
  if (last.order && !MAY_FOLLOW.has(last.order.status)) return true;
  return isUsedUp(line);
}

function isUsedUp(line: OrderLine): boolean {
  return line.hasNoTryLimit !== true && acceptedOf(line).length >= MAX_ACCEPTED;
}

function acceptedOf({ attempts }: OrderLine): readonly ManagedOrder[] {
  return attempts.filter(({ order }) => order !== undefined);
}

/**
 * When a line may be retried whose last order was refused for a passing reason, or accepted and rejected a
 * moment later; undefined: now. Counts refusals since the last order that was not rejected. A flatten that
 * failed to fill four times continues at the same slow rate.
 */
export function retryAt(line: OrderLine): EpochMs | undefined {
  const { attempts } = line;
  const taken = attempts.findLastIndex(
    ({ state, order }) => state !== 'refused' && order?.status !== 'rejected',
  );
  const refused = attempts.slice(taken + 1);
  const last = refused.at(-1);
  if (!last) {
    const again = acceptedOf(line)[MAX_ACCEPTED - 1] && attempts.at(-1);
    return again && epochMs((again.sentAt ?? again.at) + MAX_RETRY_MS);
  }
  const wait = Math.min(MAX_RETRY_MS, RETRY_STEP_MS * refused.length);
  return epochMs((last.sentAt ?? last.at) + wait);
}

/** The next order of a line for that many shares, under the next attempt number. */
export function nextIntent(
  { planned, attempts }: OrderLine,
  accountId: string,
  size: Qty,
): OrderIntent {
  const attempt = Math.max(0, ...attempts.map(({ intent }) => intent.attempt)) + 1;
  return {
    ...planned,
    attempt,
    qty: size,
    clientOrderId: clientOrderId({ ...planned, accountId, attempt }),
  };
}

/** A planned trade of the running rebalance that has no order yet. */
export interface UnsentOrder {
  readonly side: Side;
  readonly ticker: Ticker;
  readonly qty: Qty;
}

/**
 * Planned trades of the running rebalance without an order at the broker: they are sent in the next trading
 * window.
 */
export function unsentOrders(book: AccountState): readonly UnsentOrder[] {
  return undoneLines(book)
    .filter((line) => !liveOrder(line) && unsentOrder(line)?.state !== 'sending')
    .map(tradeOf);
}

/** Planned trades of the running rebalance that are not over, whether or not an order is at the broker. */
export function undoneOrders(book: AccountState): readonly UnsentOrder[] {
  return undoneLines(book).map(tradeOf);
}

function undoneLines(book: AccountState): readonly OrderLine[] {
  const running = unfinished(book);
  if (!running) return [];
  const { decision } = running;
  const managed = managedOrdersOf(book, decision.id);
  return (['sell', 'buy'] as const)
    .flatMap((side) => linesOf(decision, managed, side))
    .filter((line) => !isOver(line));
}

function tradeOf({ planned: { side, ticker }, wanted }: OrderLine): UnsentOrder {
  return { side, ticker, qty: wanted };
}
