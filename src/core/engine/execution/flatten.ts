/** Sells everything that Rotor may trade, at a person's request. */
import { managedOrdersOf, type Rebalance, unfinished } from '#core/domain/account-state.ts';
import { flattenReason, isFlatten } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { nextWindow, tradableSession } from '#core/scheduler.ts';
import { type AnswerOutcome, closed } from '../answer-outcome.ts';
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

/**
 * A running rebalance is ended first: it must not buy what a person wants sold. Its orders are asked to
 * cancel; a ticker whose order does not cancel waits for it, the others are sold. Outside the trading
 * window, and under HALT, it is recorded all the same: the state becomes REDUCE, and the sells are sent in
 * the next window unless someone cancels it first.
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
    // Nothing must be bought while it is unknown what a person wants sold.
    if (journal.book().state.state === 'RUN') journal.append(reduce);
    return closed(
      `Nothing is sold yet, and buying is stopped: ${found.message}. Flatten again later.`,
    );
  }
  const { account, held, prices } = found;
  // Everything below is one synchronous step: nothing else can be recorded in between.
  const other = unfinished(journal.book());
  if (other && other.decision.id !== running?.decision.id) {
    // Another one began in the meantime; repeating this ends it, or says that everything is being sold.
    return flatten(parts, observer, signal, by, reason);
  }
  const late = refusalReason(parts);
  if (late !== undefined) return closed(late);
  const why = `ended by ${by}, who has everything sold`;
  // It may have ended on its own once its orders were gone.
  const isOver = running && isEnded(journal.book(), running.decision.id);
  const over = running && !isOver ? endEntries(journal.book(), running, by, why) : [];
  // A buy that may still fill brings shares that have to be sold as well.
  if (held.length === 0 && !mayBuyMore(journal.book())) {
    journal.append(...over);
    return closed('Nothing is held that Rotor may sell.');
  }
  const decision = flattenDecision(parts, observer, account, held, prices);
  journal.append(
    ...(journal.book().state.state === 'REDUCE' ? [] : [reduce]),
    ...over,
    ...newPlanEnds(journal.book(), decision),
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
  // The others may be at the broker and may still fill, or filled more than is booked.
  const sent = open.filter(({ state }) => state !== 'planned');
  await cancelOrders(parts, sent.map(targetOf), signal);
  const since = epochMs(Math.min(clocks.market.now(), ...open.map(({ at }) => at)));
  // Books the fills; if the broker does not answer, the answer says so and the orders stay unresolved.
  await failureOf(() => refreshOrders(parts, since));
}
