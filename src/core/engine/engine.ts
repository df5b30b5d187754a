/** The trading machine: wakes, asks what is due, and does one thing at a time. */

import type { Recorded } from '#core/domain/entry.ts';
import type { TradingState } from '../domain/account-state.ts';
import { type AccountState, unfinished } from '../domain/account-state.ts';
import type { ScheduleChoice } from '../domain/announcement.ts';
import type { Bars } from '../domain/bar.ts';
import type { Outcome } from '../domain/decision.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs } from '../domain/units.ts';
import { TradingError } from '../errors.ts';
import { type DeskEvent, type Listen, tellingBars } from '../events.ts';
import { type DueTask, dueTasks } from '../scheduler.ts';
import { announceDue, changeSchedule, followAnnouncements } from './announcements.ts';
import type { AnswerOutcome } from './answer-outcome.ts';
import { approvedParts } from './approved-parts.ts';
import { type AuditTrail, createAuditTrail } from './audit-trail.ts';
import { sellLateFills } from './execution/late-fills.ts';
import { createModelRoles, type ModelRoles } from './model-roles.ts';
import { recordUnexpectedError, unexpectedErrorOver } from './monitoring/error-alert.ts';
import { createMonitor, hitsDrawdownLimit } from './monitoring/monitor.ts';
import { createObserver } from './observer.ts';
import { createOperatorActions, type OperatorActions } from './operator-actions.ts';
import type { EngineParts, Observer } from './parts.ts';
import { createProposals, expireProposals, type Proposals } from './proposals.ts';
import { createCashWatch } from './reconciliation/cash-watch.ts';
import { createReconciler } from './reconciliation/reconcile-account.ts';
import { createRefreshPace } from './refresh-pace.ts';
import { startEngine } from './startup.ts';
import { createTasks } from './tasks.ts';
import { setTradingState } from './trading-state.ts';

/** What a command may ask of the machine. It answers with records; it alone talks to the broker. */
export interface Engine extends Proposals, ModelRoles, OperatorActions, AuditTrail {
  book(): AccountState;
  observation(): Observation;
  /** The bars that were read last. */
  bars(): Bars;
  /** Decides as of now and changes nothing. */
  preview(): Promise<Outcome>;
  /** RUN, REDUCE or HALT, for everybody to see who and why. RUN is refused while the journal is doubted. */
  setState(state: TradingState, by: string, reason: string): AnswerOutcome;
  /**
   * Takes what our books and the broker's differ in over into ours; a sentence that says what.
   * @param shown `differenceHash` of the open alert's text. When it is given and something else
   * differs now, that is said and nothing is taken; the alert shows the new difference.
   */
  adopt(by: string, shown?: string): Promise<string>;
  /**
   * Runs, delays or skips an announced rebalance, for the session that was shown with it. Closed once it
   * has begun, was answered, or after the third delay.
   */
  changeSchedule(
    shown: { readonly id: string; readonly session: string },
    choice: ScheduleChoice,
    by: string,
  ): AnswerOutcome;
  readonly listen: Listen;
}

/** The engine with its life, for the composition root. */
export interface RunningEngine extends Engine {
  /**
   * Reads bars, verifies the account, follows up earlier orders; in safe mode only halts.
   * @throws TradingError `fix-config`.
   */
  start(): Promise<void>;
  /** Does what is due, one thing at a time; while busy another wake is a no-op. */
  wake(): Promise<void>;
  /** Refreshes what the views show from the broker. */
  look(): Promise<void>;
  /** When the books were compared with the broker's last, on the desk's clock. */
  comparedAt(): EpochMs | undefined;
  /** Sends no new order; resolves when the current step is recorded. */
  stop(reason: string): Promise<void>;
}

/** After an error or no decision a task is retried this much later, in market time. */
const BACK_OFF_MS = 5 * 60_000;
/** While a rebalance runs, what it missed is found within a minute. */
const BACK_OFF_REBALANCING_MS = 30_000;

function backOffMs(book: AccountState): number {
  return unfinished(book) ? BACK_OFF_REBALANCING_MS : BACK_OFF_MS;
}

/** The books are compared with the broker's this often between rebalances: every five minutes. */
const RECONCILE_EVERY_REFRESHES = 20;

function createListeners(): Pick<RunningEngine, 'listen'> & { emit(event: DeskEvent): void } {
  const listeners = new Set<(event: DeskEvent) => void>();
  return {
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Questions at the same time share one request to the broker. */
function createPreview(observer: Pick<Observer, 'decide'>): Engine['preview'] {
  let underWay: Promise<Outcome> | undefined;
  return () => {
    underWay ??= observer.decide('preview', 'manual').finally(() => {
      underWay = undefined;
    });
    return underWay;
  };
}

function tellRecorded(emit: (event: DeskEvent) => void): (all: readonly Recorded[]) => void {
  return (all) => {
    for (const recorded of all) emit({ kind: 'recorded', recorded });
  };
}

/** Builds the engine over its journal, broker, bars and clocks; nothing runs until `start`. */
export function createEngine(parts: EngineParts): RunningEngine {
  const approved = approvedParts(parts);
  return { ...engineOver(approved), ...createModelRoles(approved, parts.models) };
}

function engineOver(parts: EngineParts): Omit<RunningEngine, keyof ModelRoles> {
  const { journal, clocks, log } = parts;
  const observer = createObserver(parts);
  const stopping = new AbortController();
  const { emit, listen } = createListeners();
  const reconciler = createReconciler(parts);
  const tasks = createTasks(parts, observer, reconciler, stopping.signal);
  const proposals = createProposals(parts, observer);
  const operatorActions = createOperatorActions(parts, observer, stopping.signal);
  const monitor = createMonitor(parts, observer);
  const cashMoved = createCashWatch(parts);
  const looks = createRefreshPace();
  let running: Promise<void> | undefined;
  let backOffUntil = 0;
  let retryAfter = 0;
  // True until the books were compared once, whatever was down at the start.
  let isCheckDue = true;
  let refreshes = 0;

  journal.onAppend(tellRecorded(emit));

  const isSafe = (): boolean => parts.safety?.reason() !== undefined;

  async function refresh(): Promise<void> {
    looks.refreshed(clocks.market.now());
    const observation = await observer.refresh();
    // Money that came or went is booked first, or it would look like a gain or a fall.
    if (!isSafe() && (cashMoved(observation) || hitsDrawdownLimit(parts, observer, observation))) {
      await runGuarded(reconcileBooks);
    }
    monitor(observation);
    refreshes += 1;
    isCheckDue ||= refreshes % RECONCILE_EVERY_REFRESHES === 0 || reconciler.isSettling();
    emit({ kind: 'observed', observation });
  }

  async function reconcileBooks(): Promise<void> {
    if (journal.doubt() === undefined) await reconciler.reconcile();
  }

  /** Runs one piece of work; trouble becomes an alert and a rest. */
  async function runGuarded(piece: () => Promise<void>): Promise<void> {
    try {
      await piece();
      journal.append(...unexpectedErrorOver(journal.book()));
    } catch (error) {
      if (stopping.signal.aborted) return;
      const passing = error instanceof TradingError && error.remedy === 'retry';
      retryAfter = clocks.market.now() + (passing ? backOffMs(journal.book()) : BACK_OFF_MS);
      recordUnexpectedError(parts, error);
    }
  }

  async function check(): Promise<void> {
    await tasks.check();
    isCheckDue = false;
  }

  /** What a person asked for goes ahead at the next wake, whatever it was inactive for. */
  const endBackOff = (outcome: AnswerOutcome): AnswerOutcome => {
    if (outcome.kind === 'accepted') [retryAfter, backOffUntil] = [0, 0];
    return outcome;
  };

  async function runDueTasks(): Promise<void> {
    if (isSafe()) return;
    expireProposals(parts);
    followAnnouncements(parts);
    if (clocks.market.now() < retryAfter) return;
    await runGuarded(async () => {
      if (await tasks.refreshBars(tellingBars(emit))) await refresh();
      // A book that ends before the damage explains nothing: it is shown, not acted upon.
      if (journal.doubt() !== undefined) return;
      await tasks.verifyAccount();
      if (!journal.book().baseline) return;
      await tasks.keepHalted();
      tasks.correctCloses();
      if (isCheckDue) await check();
      await sellLateFills(parts, observer);
      for (const due of dueTasks(journal.book(), observer.now() ?? clocks.market.now(), parts)) {
        await perform(due);
      }
      if (stopping.signal.aborted || clocks.market.now() < backOffUntil) return;
      const announced = await announceDue(parts, observer);
      if (announced === 'back-off') backOffUntil = clocks.market.now() + BACK_OFF_MS;
    });
  }

  async function perform(due: DueTask): Promise<void> {
    if (stopping.signal.aborted) return;
    const isBooks = due.kind === 'equity' || due.kind === 'missed';
    if (!isBooks && clocks.market.now() < backOffUntil) return;
    const outcome = await tasks.perform(due);
    if (outcome === 'back-off') backOffUntil = clocks.market.now() + backOffMs(journal.book());
    // A close that stays missing is due all day, and nothing at the broker is touched for it.
    if (due.kind === 'missed') return;
    looks.taskEnded(clocks.market.now());
    await refresh();
  }

  return {
    book: journal.book,
    observation: observer.last,
    bars: observer.bars,
    preview: createPreview(observer),
    ...proposals,
    answer: async (...given) => endBackOff(await proposals.answer(...given)),
    ...operatorActions,
    flatten: async (by, reason) => endBackOff(await operatorActions.flatten(by, reason)),
    ...createAuditTrail(journal),
    setState: (state, by, reason) =>
      endBackOff(setTradingState(parts, observer.last(), state, by, reason)),
    adopt: reconciler.acceptDifference,
    changeSchedule: (...given) => endBackOff(changeSchedule(parts, ...given)),
    listen,
    start: () => startEngine({ parts, observer, tasks, refresh, runGuarded, check, emit }),
    wake() {
      running ??= runDueTasks().finally(() => {
        running = undefined;
      });
      return running;
    },
    look: async () => {
      const isBusy = running !== undefined && unfinished(journal.book()) !== undefined;
      if (looks.mayRefresh(clocks.market.now(), isBusy)) await refresh();
    },
    comparedAt: reconciler.comparedAt,
    async stop(reason) {
      stopping.abort(new TradingError('Rotor is stopping', 'retry'));
      await running;
      journal.append({ kind: 'stopped', reason });
      log.info(`stopped: ${reason}`);
    },
  };
}
