/** People's actions on the running app, other than approving plans. */
import { type AccountState, type ManagedOrder, openAlert } from '../domain/account-state.ts';
import { type AlertSubject, hasHappened } from '../domain/alert.ts';
import type { Entry } from '../domain/entry.ts';
import type { Notice, NoticePlace } from '../domain/notices.ts';
import { isFinal, type Order } from '../domain/order.ts';
import type { LotCost } from '../domain/tax/lot-event.ts';
import { costFault } from '../domain/tax/uncosted-lots.ts';
import type { Ticker } from '../domain/units.ts';
import { exactly, resolvedEntries } from './alerts.ts';
import { type AnswerOutcome, closed } from './answer-outcome.ts';
import { createEvidenceActions, type EvidenceActions } from './evidence.ts';
import {
  type CancelResult,
  type CancelTarget,
  cancelOrders,
  failureOf,
  openTargets,
  sortOpen,
  targetOf,
} from './execution/cancel-orders.ts';
import { cancelFlatten, flatten } from './execution/flatten.ts';
import { isManagedOrderFinal } from './execution/managed-orders.ts';
import { stuckOrders, stuckSubject } from './execution/stuck-orders.ts';
import { unsellable } from './execution/unsellable.ts';
import type { ExecutionParts, Observer } from './parts.ts';

/** Actions available to people at any time, whatever the engine is doing. */
export interface OperatorActions extends EvidenceActions {
  /**
   * HALT at once, then asks the broker to cancel all our open orders; one line for each, and one for each
   * external order, which stays. A broker that does not answer is listed; orders still open are requested
   * again at every wake under HALT. After RUN the remainder is due.
   */
  halt(by: string, reason: string): Promise<readonly CancelResult[]>;
  /**
   * While paused no automatic rebalance starts, and none asks for approval; a running one finishes, and a
   * person may still approve a plan. RUN ends the pause.
   */
  pause(by: string, reason: string): void;
  /**
   * Cancels one of our orders, or all that may still fill: the remainder is not sent again, and an unsent
   * one never is. Buys without a size yet are not orders and will still be sent.
   */
  cancel(clientOrderId: string | 'all', by: string): Promise<readonly CancelResult[]>;
  /**
   * Sells everything that Rotor may trade: REDUCE, then a decision with only sells, executed like any
   * rebalance except for the limits of size and number, in the next trading window. A running rebalance is
   * ended first and its open orders are cancelled. A HALT ends with it. Closed when nothing is held, when
   * everything is being sold already, and while the broker does not answer.
   */
  flatten(by: string, reason: string): Promise<AnswerOutcome>;
  /** Why a ticker of Rotor's could not be sold now, or not completely; sellable ones are absent. */
  unsellable(): Promise<ReadonlyMap<Ticker, string>>;
  /** Cancels a flatten before its first order is sent. */
  cancelFlatten(by: string): AnswerOutcome;
  /**
   * Stops waiting for the order, though the broker still reports it open after its session. Its possible
   * fills count in every limit; if it does fill, the fill is booked and reported.
   */
  setAside(clientOrderId: string, by: string): AnswerOutcome;
  /** Sends messages of that kind to this place from now on, overriding the setting. */
  placeNotice(notice: Notice, place: NoticePlace, by: string): void;
  /** Toggles direct messages to that person when something needs approval; returns the new value. */
  toggleNotify(by: { readonly id: string; readonly name: string }): boolean;
  /** Allows raised cash to be invested again. Closed when none is reserved. */
  releaseCash(by: string): AnswerOutcome;
  /** Stops repeating the open alert of that subject; an alert about a past event is resolved. */
  acknowledge(subject: AlertSubject, by: string): AnswerOutcome;
  /** Closes the card of an external trade; `adopted`: its drift is intentional. */
  reviewTrade(fillId: string, choice: 'adopted' | 'ignored', by: string): AnswerOutcome;
  /** Records the cost of a lot that arrived without a purchase; the last entry wins. */
  enterLotCost(lot: string, cost: LotCost, by: string): AnswerOutcome;
}

/** Creates the actions. `signal` ends waits in them when the app stops. */
export function createOperatorActions(
  parts: ExecutionParts,
  observer: Observer,
  signal: AbortSignal,
): OperatorActions {
  const { journal } = parts;
  return {
    ...createEvidenceActions(parts),
    halt: (by, reason) => halt(parts, signal, by, reason),
    pause: (by, reason) => void journal.append({ kind: 'pause', paused: true, by, reason }),
    cancel: (clientOrderId, by) => cancel(parts, signal, clientOrderId, by),
    flatten: (by, reason) => flatten(parts, observer, signal, by, reason),
    unsellable: () => unsellable(parts, observer),
    cancelFlatten: (by) => cancelFlatten(parts, by),
    setAside: (clientOrderId, by) => setAside(parts, clientOrderId, by),
    placeNotice: (notice, place, by) =>
      void journal.append({ kind: 'notice-place', notice, place, by }),
    toggleNotify({ id, name }) {
      const on = !journal.book().notified.has(id);
      journal.append({ kind: 'notify-me', userId: id, userName: name, on });
      return on;
    },
    releaseCash(by) {
      if (journal.book().raised.size === 0) return closed('No raised cash is kept.');
      journal.append({ kind: 'cash-released', by });
      return { kind: 'accepted' };
    },
    acknowledge: (subject, by) => acknowledge(journal, subject, by),
    reviewTrade(fillId, choice, by) {
      const verdict = reviewEntries(journal.book(), fillId, choice, by);
      if (!verdict) return closed('This is already over.');
      journal.append(...verdict);
      return { kind: 'accepted' };
    },
    enterLotCost(lot, cost, by) {
      const fault = costFault(journal.book().lots, lot, cost);
      if (fault !== undefined) return closed(fault);
      journal.append({ kind: 'lot-cost', lot, ...cost, by });
      return { kind: 'accepted' };
    },
  };
}

async function halt(
  parts: ExecutionParts,
  signal: AbortSignal,
  by: string,
  reason: string,
): Promise<readonly CancelResult[]> {
  const { broker, journal } = parts;
  journal.append({ kind: 'state', state: 'HALT', by, reason });
  // The journal's own orders first: the broker's list may be the request that fails.
  const suspects = openTargets(journal.book());
  const [lines, { lost, foreign }] = await Promise.all([
    cancelOrders(parts, suspects, signal),
    otherOpenOrders(broker, suspects),
  ]);
  return [...lines, ...(await cancelOrders(parts, lost, signal)), ...foreign];
}

async function cancel(
  parts: ExecutionParts,
  signal: AbortSignal,
  clientOrderId: string,
  by: string,
): Promise<readonly CancelResult[]> {
  const { broker, journal } = parts;
  const chosen = (id: string): boolean => clientOrderId === 'all' || clientOrderId === id;
  const managedOrders = [...journal.book().managedOrders.values()].filter(
    (managed) => chosen(managed.intent.clientOrderId) && mayBeCanceled(managed),
  );
  journal.append(...managedOrders.map(({ intent }) => cancelRequested(intent.clientOrderId, by)));
  const unsent = managedOrders.filter(isPlanned);
  const suspects = managedOrders.filter((managed) => !isPlanned(managed)).map(targetOf);
  const lost = (await otherOpenOrders(broker, suspects)).lost.filter(({ order }) =>
    chosen(order.clientOrderId),
  );
  journal.append(...lost.map(({ order }) => cancelRequested(order.clientOrderId, by)));
  return [
    ...unsent.map(({ intent }): CancelResult => {
      return { order: intent, kind: 'canceled', text: 'was not sent and will not be' };
    }),
    ...(await cancelOrders(parts, [...suspects, ...lost], signal)),
  ];
}

/** Open orders that the journal does not know; without an answer only the known ones are used. */
async function otherOpenOrders(
  broker: ExecutionParts['broker'],
  suspects: readonly CancelTarget[],
): Promise<ReturnType<typeof sortOpen>> {
  let open: readonly Order[] = [];
  await failureOf(async () => {
    open = await broker.openOrders();
  });
  return sortOpen(open, suspects);
}

function setAside(
  { clocks, journal }: Pick<ExecutionParts, 'clocks' | 'journal'>,
  clientOrderId: string,
  by: string,
): AnswerOutcome {
  const book = journal.book();
  const known = book.managedOrders.get(clientOrderId);
  if (known?.setAsideBy !== undefined) return closed(`Already set aside by ${known.setAsideBy}.`);
  const isStuck = stuckOrders(book, clocks.market.now()).some(({ intent }) => {
    return intent.clientOrderId === clientOrderId;
  });
  if (!isStuck) return closed('This order is not stuck.');
  const subject = stuckSubject(clientOrderId);
  journal.append(
    { kind: 'set-aside', clientOrderId, by },
    ...resolvedEntries(book, exactly(subject), `Set aside by ${by}.`, 'lapsed'),
  );
  return { kind: 'accepted' };
}

function acknowledge(
  journal: ExecutionParts['journal'],
  subject: AlertSubject,
  by: string,
): AnswerOutcome {
  const book = journal.book();
  const open = openAlert(book, subject);
  if (!open) return closed('This is already over.');
  if (open.acknowledged) return closed(`Already seen by ${open.acknowledged.by}.`);
  journal.append(
    { kind: 'acknowledged', subject, by },
    ...(hasHappened(subject)
      ? resolvedEntries(book, exactly(subject), `Seen by ${by}.`, 'lapsed')
      : []),
  );
  return { kind: 'accepted' };
}

function cancelRequested(clientOrderId: string, by: string): Entry {
  return { kind: 'cancel-requested', clientOrderId, by };
}

function isPlanned(managed: ManagedOrder): boolean {
  return managed.state === 'planned';
}

function mayBeCanceled(managed: ManagedOrder): boolean {
  return managed.order ? !isFinal(managed.order) : !isManagedOrderFinal(managed);
}

/** Entries for a review of an external trade; undefined when its card is closed. */
function reviewEntries(
  book: AccountState,
  fillId: string,
  choice: 'adopted' | 'ignored',
  by: string,
): readonly Entry[] | undefined {
  const subject = { about: 'external-trade', fillId } as const;
  const fill = book.externalFills.find(({ id }) => id === fillId);
  if (!fill || !openAlert(book, subject)) return undefined;
  if (choice === 'ignored') {
    return resolvedEntries(book, exactly(subject), `Ignored by ${by}.`, 'lapsed');
  }
  const { ticker } = fill;
  return [
    { kind: 'intentional-trade', fillId, ticker, by },
    { kind: 'resolved', subject, text: `Adopted by ${by}.` },
    ...resolvedEntries(book, exactly({ about: 'drift', ticker }), `Adopted by ${by}.`),
  ];
}
