/** Orders that a person took back, seen from the rebalance that they belong to. */
import type { Leg } from '#core/domain/book.ts';
import { isFinal } from '#core/domain/order.ts';
import type { EngineParts } from '../parts.ts';
import type { Objection } from './limits.ts';

/**
 * An order that nobody has seen so long after its last POST never arrived. Long enough for any
 * answer that is late; it is not sent again either way.
 */
const LOST_MS = 10 * 60_000;

/** The objection to an order that a person took back, or undefined. */
export function takenBack({ journal }: EngineParts, clientOrderId: string): Objection | undefined {
  const by = journal.book().legs.get(clientOrderId)?.withdrawnBy;
  if (by === undefined) return undefined;
  return { kind: 'refuse', limit: 'taken back', reason: `taken back by ${by}` };
}

/** Whether a taken back order of unknown outcome may be written off. */
export function forgotten({ clock }: EngineParts, leg: Leg | undefined): boolean {
  if (leg?.withdrawnBy === undefined || leg.sentAt === undefined) return false;
  return clock.now() - leg.sentAt >= LOST_MS;
}

/**
 * Asks the broker to cancel what was taken back and is open there: it may have arrived only after
 * the person asked, or the process died between the word and the request. `asked` are those that
 * were asked for already, and grows.
 */
export async function cancelTakenBack(
  { broker }: EngineParts,
  legs: readonly Leg[],
  asked: Set<string>,
): Promise<void> {
  for (const { order, withdrawnBy } of legs) {
    if (withdrawnBy === undefined || !order || isFinal(order) || asked.has(order.id)) continue;
    await broker.cancel(order.id);
    asked.add(order.id);
  }
}
