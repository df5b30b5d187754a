/** How often a bot may IDENTIFY: 1000 times in 24 hours, after which Discord takes its token away. */
import type { Store } from './store.ts';

/** How many more sessions may begin today. */
export interface IdentifyBudget {
  /** Counts one. False when there was none left: then the token is void. */
  take(): boolean;
  /** What `GET /gateway/bot` says. */
  limit(): {
    readonly total: number;
    readonly remaining: number;
    readonly reset_after: number;
    readonly max_concurrency: number;
  };
  /** Leaves so many, and a new count after so long. */
  set(next: { readonly remaining: number; readonly resetAfterMs?: number }): void;
}

interface Count {
  readonly used: number;
  readonly resetMs: number;
}

const DAY_MS = 86_400_000;

/** The count outlives the server, as a bot's restarts are what it is there to stop. */
export function createIdentifyBudget(
  store: Store,
  realNow: () => number,
  total: number,
): IdentifyBudget {
  const count = (): Count => {
    const known = store.get<Count>('identifies', 'count');
    return known && known.resetMs > realNow() ? known : { used: 0, resetMs: realNow() + DAY_MS };
  };
  const put = (next: Count): void => store.put('identifies', 'count', next);
  return {
    take: () => {
      const { used, resetMs } = count();
      put({ used: used + 1, resetMs });
      return used < total;
    },
    limit: () => {
      const { used, resetMs } = count();
      const remaining = Math.max(0, total - used);
      return { total, remaining, reset_after: resetMs - realNow(), max_concurrency: 1 };
    },
    set: ({ remaining, resetAfterMs = DAY_MS }) =>
      put({ used: total - remaining, resetMs: realNow() + resetAfterMs }),
  };
}
