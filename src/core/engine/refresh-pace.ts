/** How often the views refresh from the broker; the engine's own requests come first. */

/** Refresh interval of the views while a rebalance runs, in market time. */
const WHILE_REBALANCING_MS = 30_000;
/** After a task the engine refreshes by itself; the views wait this long before the next refresh. */
const AFTER_TASK_MS = 12_000;

/** Tracks the time of the last refresh; milliseconds of market time. */
export interface RefreshPace {
  /** Whether a refresh now is worth its requests. */
  mayRefresh(now: number, isRebalancing: boolean): boolean;
  refreshed(now: number): void;
  /** A task ended; the refresh that follows belongs to it. */
  taskEnded(now: number): void;
}

/** Creates the pace, without any refresh yet. */
export function createRefreshPace(): RefreshPace {
  let [refreshedAt, taskEndedAt] = [0, 0];
  return {
    mayRefresh(now, isRebalancing) {
      // A refresh at the same instant as the last one may be intentional.
      if (now <= refreshedAt) return true;
      if (isRebalancing) return now - refreshedAt >= WHILE_REBALANCING_MS;
      return refreshedAt !== taskEndedAt || now - refreshedAt >= AFTER_TASK_MS;
    },
    refreshed(now) {
      refreshedAt = now;
    },
    taskEnded(now) {
      taskEndedAt = now;
    },
  };
}
