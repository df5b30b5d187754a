/** The orders of a rebalance line by line: what was planned, what was tried, what is still to trade. Pure. */
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
  type OrderIntent,
  type OrderStatus,
  type Side,
} from './order.ts';
import { type EpochMs, epochMs, type Qty, qty, type Ticker } from './units.ts';

/** Orders of one line that the broker took: the first, and at most three for what was left of it. */
export const MAX_ACCEPTED = 4;

/** A refusal that may pass is tried again after 5, 10 and then every 15 minutes. */
const RETRY_STEP_MS = 5 * 60_000;
const MAX_RETRY_MS = 15 * 60_000;

/** What is left of these may be sent again; a replaced order's rest is traded by its replacement. */
const MAY_FOLLOW: ReadonlySet<OrderStatus> = new Set(['canceled', 'expired', 'filled', 'rejected']);

/** One ticker and side of a decision with every order that was written for it, oldest first. */
export interface OrderLine {
  readonly planned: OrderIntent;
  readonly attempts: readonly ManagedOrder[];
  /** What is still to trade, in billionths of a share; 0 when it is done. */
  readonly wanted: Qty;
  /** Of a flatten: it is tried until its time is over, for a halt of the stock may last. */
  readonly isStubborn?: boolean;
}

/** The lines of one side, in the order of the plan. */
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
      const isStubborn = isFlatten(decision);
      return { planned, attempts, wanted: wantedOf(planned, attempts, isStubborn), isStubborn };
    });
}

/** A rest within the tolerance of a plan is done; of a flatten every share counts. */
function wantedOf(planned: OrderIntent, attempts: readonly ManagedOrder[], whole: boolean): Qty {
  const filled = attempts.reduce((sum, { order }) => sum + (order?.filledQty ?? 0), 0);
  const rest = planned.qty - filled;
  if (rest <= 0) return qty(0);
  return !whole && filled > 0 && isAsPlanned(filled, planned.qty) ? qty(0) : qty(rest);
}

/** The order of the line that may be at the broker and may still fill, or undefined. */
export function liveOrder({ attempts }: OrderLine): ManagedOrder | undefined {
  return attempts.find(
    ({ state, order, setAsideBy }) =>
      setAsideBy === undefined && state === 'placed' && order !== undefined && !isFinal(order),
  );
}

/** The order of the line that is written down and not known to be at the broker, or undefined. */
export function unsentOrder({ attempts }: OrderLine): ManagedOrder | undefined {
  return attempts.find(({ state }) => state === 'planned' || state === 'sending');
}

/** Whether nothing more is sent for the line, whatever is left of it. */
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
  return line.isStubborn !== true && acceptedOf(line).length >= MAX_ACCEPTED;
}

function acceptedOf({ attempts }: OrderLine): readonly ManagedOrder[] {
  return attempts.filter(({ order }) => order !== undefined);
}

/**
 * When a line whose last order was refused for a passing reason, or taken and rejected a moment later, may
 * be tried again; undefined: now. Counts the refusals since the last order that stood. A flatten that was
 * not filled four times goes on as slowly.
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

/** The next order of a line for so many shares, under the next attempt's number. */
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
 * Planned trades of the running rebalance without an order at the broker: they are sent in the next
 * window that allows it.
 */
export function unsentOrders(book: AccountState): readonly UnsentOrder[] {
  const running = unfinished(book);
  if (!running) return [];
  const { decision } = running;
  const managed = managedOrdersOf(book, decision.id);
  return (['sell', 'buy'] as const)
    .flatMap((side) => linesOf(decision, managed, side))
    .filter((line) => !isOver(line) && !liveOrder(line) && unsentOrder(line)?.state !== 'sending')
    .map(({ planned: { side, ticker }, wanted }) => ({ side, ticker, qty: wanted }));
}
