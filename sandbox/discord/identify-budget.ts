/** Discord's limit of 1000 IDENTIFYs in 24 hours, after which it revokes the token. */
import type { Store } from './store.ts';

/** Number of sessions that may still start today. */
export interface IdentifyBudget {
  /** Counts one. Returns false when none was left: then the token is revoked. */
  take(): boolean;
  /** Content of `GET /gateway/bot`. */
  limit(): {
    readonly total: number;
    readonly remaining: number;
    readonly reset_after: number;
    readonly max_concurrency: number;
  };
  /** Sets the remaining number and the time until the reset. */
  set(next: { readonly remaining: number; readonly resetAfterMs?: number }): void;
}

interface Count {
  readonly used: number;
  readonly resetMs: number;
}

const DAY_MS = 86_400_000;

/** The count survives a restart of the server, as its purpose is to limit restarts of bots. */
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
