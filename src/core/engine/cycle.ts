/** The engine's cycle: refresh, reconcile, run due tasks. */

import { unfinished } from '../domain/account-state.ts';
import { hasElapsed } from '../domain/elapsed.ts';
import { type DeskEvent, tellingBars } from '../events.ts';
import { type DueTask, dueTasks } from '../scheduler.ts';
import { announceDue, followAnnouncements } from './announcements.ts';
import type { BackOff } from './back-off.ts';
import { sellLateFills } from './execution/late-fills.ts';
import { createMonitor, hitsDrawdownLimit } from './monitoring/monitor.ts';
import type { EngineParts, Observer } from './parts.ts';
import { expireProposals } from './proposals.ts';
import { createCashWatch } from './reconciliation/cash-watch.ts';
import type { Reconciler } from './reconciliation/reconcile-account.ts';
import { createRefreshPace } from './refresh-pace.ts';
import type { Tasks } from './tasks.ts';

/** Dependencies of createCycle. */
export interface CycleParts {
  readonly parts: EngineParts;
  readonly observer: Observer;
  readonly reconciler: Reconciler;
  readonly tasks: Tasks;
  readonly backOff: BackOff;
  /** Aborted while Rotor stops. */
  readonly signal: AbortSignal;
  readonly emit: (event: DeskEvent) => void;
}

/** Refreshes the observation of the broker. */
interface Refresher {
  refresh(): Promise<void>;
  /** The same, but only if it is worth its requests. */
  refreshInTime(isBusy: boolean): Promise<void>;
  /** A task ended; the refresh that follows belongs to it. */
  taskEnded(): void;
  /** The books must be compared before anything trades. */
  isCheckDue(): boolean;
  checked(): void;
}

/** The steps of the engine. */
export interface Cycle {
  refresh(): Promise<void>;
  /** Compares the books, and runs the other checks required before trading. */
  check(): Promise<void>;
  /** Runs due tasks one at a time; a call while busy waits for the same work. */
  wake(): Promise<void>;
  /** Refreshes for the views, if it is worth its requests. */
  look(): Promise<void>;
  /** Resolves when the current work is done. */
  ended(): Promise<void>;
}

/** How often the books are reconciled between rebalances, in market time. */
const RECONCILE_EVERY_MS = 5 * 60_000;

/** Creates the cycle; nothing runs until it is called. */
export function createCycle(cycle: CycleParts): Cycle {
  const { parts, tasks } = cycle;
  const refresher = createRefresher(cycle);
  let running: Promise<void> | undefined;
  const check = async (): Promise<void> => {
    await tasks.check();
    refresher.checked();
  };
  const runDueTasks = createDueTasks(cycle, refresher, check);
  return {
    refresh: refresher.refresh,
    check,
    wake() {
      running ??= runDueTasks().finally(() => {
        running = undefined;
      });
      return running;
    },
    async look() {
      const isBusy = running !== undefined && unfinished(parts.journal.book()) !== undefined;
      await refresher.refreshInTime(isBusy);
    },
    async ended() {
      await running;
    },
  };
}

function isSafe({ safety }: EngineParts): boolean {
  return safety?.reason() !== undefined;
}

function createRefresher({ parts, observer, reconciler, backOff, emit }: CycleParts): Refresher {
  const { journal, clocks } = parts;
  const monitor = createMonitor(parts, observer);
  const cashMoved = createCashWatch(parts);
  const pace = createRefreshPace();
  // True until the first comparison of the books, whatever failed at the start.
  let isCheckDue = true;
  let checkedAt = clocks.market.now();

  async function reconcileBooks(): Promise<void> {
    if (journal.doubt() === undefined) await reconciler.reconcile();
  }

  async function refresh(): Promise<void> {
    pace.refreshed(clocks.market.now());
    const observation = await observer.refresh();
    // Cash flows are booked first, or they would look like a gain or a loss.
    if (
      !isSafe(parts) &&
      (cashMoved(observation) || hitsDrawdownLimit(parts, observer, observation))
    ) {
      await backOff.runGuarded(reconcileBooks);
    }
    monitor(observation);
    const isLongAgo = hasElapsed(checkedAt, RECONCILE_EVERY_MS, clocks.market.now());
    isCheckDue ||= isLongAgo || reconciler.isSettling();
    emit({ kind: 'observed', observation });
  }

  return {
    refresh,
    async refreshInTime(isBusy) {
      if (pace.mayRefresh(clocks.market.now(), isBusy)) await refresh();
    },
    taskEnded: () => pace.taskEnded(clocks.market.now()),
    isCheckDue: () => isCheckDue,
    checked() {
      isCheckDue = false;
      checkedAt = clocks.market.now();
    },
  };
}

function createDueTasks(
  { parts, observer, tasks, backOff, signal, emit }: CycleParts,
  refresher: Refresher,
  check: () => Promise<void>,
): () => Promise<void> {
  const { journal, clocks } = parts;

  async function perform(due: DueTask): Promise<void> {
    if (signal.aborted) return;
    const isTrade = due.kind === 'rebalance' || due.kind === 'resume';
    if (isTrade && backOff.afterNoDecision()) return;
    if ((await tasks.perform(due)) === 'back-off') backOff.noDecision();
    // They stay due for long, but need nothing from the broker.
    if (due.kind === 'missed' || due.kind === 'ask') return;
    refresher.taskEnded();
    await refresher.refresh();
  }

  async function runTasks(): Promise<void> {
    if (await tasks.refreshBars(tellingBars(emit))) await refresher.refresh();
    // Books that end before the damage explain nothing: they are shown, but not acted upon.
    if (journal.doubt() !== undefined) return;
    await tasks.verifyAccount();
    if (!journal.book().baseline) return;
    await tasks.keepHalted();
    tasks.correctCloses();
    if (refresher.isCheckDue()) await check();
    await sellLateFills(parts, observer);
    for (const due of dueTasks(journal.book(), observer.now() ?? clocks.market.now(), parts)) {
      await perform(due);
    }
    if (signal.aborted || backOff.afterNoDecision()) return;
    if ((await announceDue(parts, observer)) === 'back-off') backOff.noDecision('announced');
  }

  return async () => {
    if (isSafe(parts)) return;
    expireProposals(parts);
    followAnnouncements(parts);
    if (!backOff.afterError()) await backOff.runGuarded(runTasks);
  };
}
