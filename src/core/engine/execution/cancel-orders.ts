/** Cancels orders at the broker, and reports the outcome of each. A silent broker never makes it throw. */
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import { CLIENT_ORDER_PREFIX, isFinal, type Order } from '#core/domain/order.ts';
import { endingOf } from '#core/domain/order-words.ts';
import { qtyToDecimal } from '#core/domain/units.ts';
import { sentence, TradingError } from '#core/errors.ts';
import type { ExecutionParts } from '../parts.ts';
import { orderEntries } from './managed-orders.ts';

/** The outcome of cancelling one order. */
export interface CancelResult {
  readonly order: Pick<Order, 'clientOrderId' | 'ticker' | 'side' | 'qty'>;
  /**
   * `asked`: the broker has not confirmed yet. `failed`: it did not answer. `foreign`: not Rotor's, left
   * alone.
   */
  readonly kind: 'canceled' | 'filled' | 'asked' | 'failed' | 'foreign';
  readonly text: string;
}

/** An order that may be open, with its state at the broker if known. */
export interface CancelTarget {
  readonly order: CancelResult['order'];
  readonly known: Order | undefined;
}

/** Delays between polls, in market time; after some eight seconds it is left open. */
const POLL_WAITS_MS: readonly number[] = [0, 500, 1_000, 2_000, 4_000];

/** Our orders that may be at the broker and may still fill. */
export function openTargets(book: AccountState): readonly CancelTarget[] {
  return [...book.managedOrders.values()].filter(mayFill).map(targetOf);
}

/** Returns the information needed to cancel one of our orders. */
export function targetOf({ intent, order }: ManagedOrder): CancelTarget {
  return { order: intent, known: order };
}

function mayFill(managed: ManagedOrder): boolean {
  if (managed.order) return !isFinal(managed.order);
  return managed.state === 'sending';
}

/** Requests all cancellations at the same time. */
export function cancelOrders(
  parts: ExecutionParts,
  suspects: readonly CancelTarget[],
  signal: AbortSignal,
): Promise<readonly CancelResult[]> {
  return Promise.all(suspects.map((suspect) => cancelOne(parts, suspect, signal)));
}

async function cancelOne(
  parts: ExecutionParts,
  { order, known }: CancelTarget,
  signal: AbortSignal,
): Promise<CancelResult> {
  const { broker, clocks, journal } = parts;
  let [last, asked] = [known, false];
  let problem: string | undefined;
  for (const wait of POLL_WAITS_MS) {
    problem = await failureOf(async () => {
      if (wait > 0) await clocks.market.sleep(wait, signal);
      // The journal may be outdated, and a requested cancellation is checked again.
      if (!last || asked) last = (await broker.orderByClientId(order.clientOrderId)) ?? last;
      if (!last || isFinal(last) || asked) return;
      await broker.cancel(last.id);
      asked = true;
      last = (await broker.orderByClientId(order.clientOrderId)) ?? last;
    });
    if ((last && isFinal(last)) || signal.aborted) break;
  }
  const seen = last;
  const told = await failureOf(async () => {
    if (seen) journal.append(...orderEntries(journal.book(), [seen]));
  });
  return { order, ...outcomeOf(last, problem ?? told) };
}

/** Runs it; returns a sentence when the broker does not answer. */
export async function failureOf(piece: () => Promise<void>): Promise<string | undefined> {
  try {
    await piece();
    return undefined;
  } catch (error) {
    // A person who stops trading must see the outcome of every order, even if the previous one failed.
    if (error instanceof TradingError) return sentence(error);
    throw error;
  }
}

function outcomeOf(
  last: Order | undefined,
  problem: string | undefined,
): Pick<CancelResult, 'kind' | 'text'> {
  if (last && isFinal(last)) return ending(last);
  if (problem !== undefined) return { kind: 'failed', text: `may still be open: ${problem}` };
  if (!last) return { kind: 'asked', text: 'not found at the broker yet; Rotor looks again' };
  return { kind: 'asked', text: `asked to cancel; the broker says ${last.brokerStatus}` };
}

function ending(order: Order): Pick<CancelResult, 'kind' | 'text'> {
  const { status, filledQty, qty } = order;
  if (status === 'filled') return { kind: 'filled', text: 'was filled already' };
  const word = endingOf(order);
  const part = `${qtyToDecimal(filledQty)} of ${qtyToDecimal(qty)}`;
  return { kind: 'canceled', text: filledQty > 0 ? `${word} after ${part} filled` : word };
}

/**
 * Open orders at the broker that are not among the journal's suspects: those with our prefix are cancelled
 * too, the others are external.
 */
export function sortOpen(
  open: readonly Order[],
  suspects: readonly CancelTarget[],
): { readonly lost: readonly CancelTarget[]; readonly foreign: readonly CancelResult[] } {
  const named = new Set(suspects.map(({ order }) => order.clientOrderId));
  const others = open.filter(({ clientOrderId }) => !named.has(clientOrderId));
  const ours = ({ clientOrderId }: Order): boolean => clientOrderId.startsWith(CLIENT_ORDER_PREFIX);
  return {
    lost: others.filter(ours).map((order) => ({ order, known: order })),
    foreign: others
      .filter((order) => !ours(order))
      .map((order) => ({ order, kind: 'foreign', text: 'not an order of Rotor’s; left alone' })),
  };
}
