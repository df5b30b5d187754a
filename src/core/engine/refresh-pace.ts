/** How often the views ask the broker beside the engine's own requests, which come first. */

/** While a rebalance runs the views refresh this often, in market time. */
const WHILE_REBALANCING_MS = 30_000;
/** After a task the engine refreshes by itself; the views wait this long before the next refresh. */
const AFTER_TASK_MS = 12_000;

/** Remembers when the last refresh was; instants in milliseconds of market time. */
export interface RefreshPace {
  /** Whether a refresh now is worth its requests. */
  mayRefresh(now: number, isRebalancing: boolean): boolean;
  refreshed(now: number): void;
  /** A task ended; the refresh that follows belongs to it. */
  taskEnded(now: number): void;
}

/** Creates the pace before any refresh. */
export function createRefreshPace(): RefreshPace {
  let [refreshedAt, taskEndedAt] = [0, 0];
  return {
    mayRefresh(now, isRebalancing) {
      // At the very instant of the last one something may have been asked for on purpose.
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
