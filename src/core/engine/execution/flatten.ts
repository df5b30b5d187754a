/** Sells everything that Rotor may trade, because a person said so. */
import {
  type ManagedOrder,
  managedOrdersOf,
  type Rebalance,
  unfinished,
} from '#core/domain/account-state.ts';
import { flattenReason, isFlatten } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { nextWindow, tradableSession } from '#core/scheduler.ts';
import type { AnswerOutcome } from '../answer-outcome.ts';
import type { EngineParts, ExecutionParts, Observer } from '../parts.ts';
import { assertAccount } from '../reconciliation/known-account.ts';
import { cancelOrders, failureOf, targetOf } from './cancel-orders.ts';
import { endEntries } from './end-rebalance.ts';
import { flattenDecision, ownPositions, pricesOf } from './flatten-decision.ts';
import { mayBuyMore } from './late-fills.ts';
import { isManagedOrderFinal } from './managed-orders.ts';
import { newPlanEnds } from './rebalance-result.ts';
import { sellIntents } from './sell-intents.ts';
import { isEnded } from './submit-order.ts';
import { refreshOrders } from './track-orders.ts';

const closed = (reason: string): AnswerOutcome => ({ kind: 'closed', reason });

/**
 * A rebalance that runs is ended first: what a person wants sold must not be bought meanwhile. Its
 * orders are asked to cancel; a ticker whose order does not go waits for it, the others are sold. Outside
 * the trading window, and under HALT, it is written down all the same: the state becomes REDUCE, and the
 * sells leave in the next window unless somebody takes it back before.
 */
export async function flatten(
  parts: ExecutionParts,
  observer: Observer,
  signal: AbortSignal,
  by: string,
  reason: string,
): Promise<AnswerOutcome> {
  const { journal } = parts;
  const refused = refusalReason(parts);
  if (refused !== undefined) return closed(refused);
  const running = unfinished(journal.book());
  const reduce: Entry = { kind: 'state', state: 'REDUCE', by, reason: flattenReason(reason) };
  if (running) {
    journal.append(reduce);
    await cancelRunning(parts, running, by, signal);
  }
  const found = await lookAt(parts).catch(failureToAnswer);
  if (found instanceof TradingError) {
    // What a person wants sold must not be bought while nobody can say what there is.
    if (journal.book().state.state === 'RUN') journal.append(reduce);
    return closed(
      `Nothing is sold yet, and buying is stopped: ${found.message}. Flatten again later.`,
    );
  }
  const { account, held, prices } = found;
  // Everything below is one step: nothing can be written in between.
  const other = unfinished(journal.book());
  if (other && other.decision.id !== running?.decision.id && !isFlatten(other.decision)) {
    // It began meanwhile; the same again ends it.
    return flatten(parts, observer, signal, by, reason);
  }
  const late = refusalReason(parts);
  if (late !== undefined) return closed(late);
  const why = `ended by ${by}, who has everything sold`;
  // Once its orders were gone it may have ended by itself.
  const isOver = running && isEnded(journal.book(), running.decision.id);
  const over = running && !isOver ? endEntries(journal.book(), running, by, why) : [];
  // A buy that may still fill brings shares that are to be sold too.
  if (held.length === 0 && !mayBuyMore(journal.book())) {
    journal.append(...over);
    return closed('Nothing is held that Rotor may sell.');
  }
  const decision = flattenDecision(parts, observer, account, held, prices);
  journal.append(
    ...(journal.book().state.state === 'REDUCE' ? [] : [reduce]),
    ...over,
    ...newPlanEnds(journal.book()),
    { kind: 'decision', decision },
    ...sellIntents(decision),
  );
  const now = parts.clocks.market.now();
  return tradableSession(now)
    ? { kind: 'accepted' }
    : { kind: 'accepted', startsAt: nextWindow(now) };
}

async function lookAt(parts: ExecutionParts) {
  const { broker, journal } = parts;
  const [account, positions] = await Promise.all([broker.account(), broker.positions()]);
  assertAccount(journal.book(), account);
  const held = ownPositions(parts, positions);
  return { account, held, prices: await pricesOf(parts, held) };
}

function failureToAnswer(error: unknown): TradingError {
  if (error instanceof TradingError && error.remedy === 'retry') return error;
  throw error;
}

/** Cancels a flatten before its first order is sent; the state stays REDUCE. */
export function cancelFlatten(
  { journal }: Pick<EngineParts, 'journal'>,
  by: string,
): AnswerOutcome {
  const running = unfinished(journal.book());
  if (!running || !isFlatten(running.decision)) return closed('Nothing is waiting to be sold.');
  const sent = managedOrdersOf(journal.book(), running.decision.id).some(
    ({ state }) => state !== 'planned',
  );
  if (sent) return closed('Orders have left already; cancel those that are still open.');
  journal.append(...endEntries(journal.book(), running, by, `taken back by ${by}`));
  return { kind: 'accepted' };
}

function refusalReason({ journal }: Pick<EngineParts, 'journal'>): string | undefined {
  const book = journal.book();
  const doubt = journal.doubt();
  if (doubt !== undefined) return doubt;
  if (!book.baseline) return 'Rotor has not met the account yet.';
  const running = unfinished(book);
  if (running && isFlatten(running.decision)) return 'Everything is being sold already.';
  return undefined;
}

/** May be at the broker and may still fill, or filled more than is booked. */
function mayStillFill(managed: ManagedOrder): boolean {
  return managed.state !== 'planned' && !isManagedOrderFinal(managed);
}

async function cancelRunning(
  parts: ExecutionParts,
  { decision }: Rebalance,
  by: string,
  signal: AbortSignal,
): Promise<void> {
  const { clocks, journal } = parts;
  const open = managedOrdersOf(journal.book(), decision.id).filter(
    (managed) => !isManagedOrderFinal(managed),
  );
  journal.append(
    ...open.map(({ intent }): Entry => {
      return { kind: 'cancel-requested', clientOrderId: intent.clientOrderId, by };
    }),
  );
  await cancelOrders(parts, open.filter(mayStillFill).map(targetOf), signal);
  const since = epochMs(Math.min(clocks.market.now(), ...open.map(({ at }) => at)));
  // Books the fills; where the broker does not answer the orders stay loose and the answer says so.
  await failureOf(() => refreshOrders(parts, since));
}
