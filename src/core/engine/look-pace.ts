/** How often the views look at the broker beside the engine's own requests, which come first. */

/** While a rebalance is under way the views look this often, on the desk's clock. */
const BESIDE_MS = 30_000;
/** What the engine looked at by itself after a task is not looked at again before. */
const AFTER_MS = 12_000;

/** Remembers what was looked at when; instants in milliseconds on the desk's clock. */
export interface LookPace {
  /** Whether a look now would show more than the last one, for what it costs. */
  mayLook(now: number, isRebalancing: boolean): boolean;
  looked(now: number): void;
  /** A task ended; the look that follows it belongs to it. */
  performed(now: number): void;
}

/** Creates the pace with nothing looked at yet; instants are milliseconds of the market clock. */
export function createLookPace(): LookPace {
  let [lookedAt, performedAt] = [0, 0];
  return {
    mayLook(now, isRebalancing) {
      // At the very instant of the last one something may have been asked for on purpose.
      if (now <= lookedAt) return true;
      if (isRebalancing) return now - lookedAt >= BESIDE_MS;
      return lookedAt !== performedAt || now - lookedAt >= AFTER_MS;
    },
    looked(now) {
      lookedAt = now;
    },
    performed(now) {
      performedAt = now;
    },
  };
}
