/** Each POST of an order has an entry of its own before it. */
import type { Recorded } from '#core/domain/entry.ts';

/** Counts entries that say that an order is sent, and POSTs. */
export interface PostCount {
  written(recorded: readonly Recorded[]): void;
  /** Whether the POST that leaves now has its own entry. */
  isWritten(clientOrderId: string): boolean;
}

/** Nothing is written and nothing sent yet. */
export function createPostCount(): PostCount {
  const entries = new Map<string, number>();
  const posts = new Map<string, number>();
  const add = (counts: Map<string, number>, id: string): number => {
    const next = (counts.get(id) ?? 0) + 1;
    counts.set(id, next);
    return next;
  };
  return {
    written(recorded) {
      for (const { entry } of recorded)
        if (entry.kind === 'sending') add(entries, entry.clientOrderId);
    },
    isWritten: (id) => add(posts, id) <= (entries.get(id) ?? 0),
  };
}
