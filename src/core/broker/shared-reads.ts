/** Equal pending reads share one request and one answer. */

export interface SharedReads {
  /** @param key identifies the request completely: equal keys have equal answers. */
  share<T>(key: string, read: () => Promise<T>): Promise<T>;
  /** Something changed: pending reads may be outdated, so the next read sends a new request. */
  changed(): void;
}

/** A failure is shared too; the next read after it sends a new request. */
export function createSharedReads(): SharedReads {
  let underWay = new Map<string, Promise<unknown>>();
  return {
    share<T>(key: string, read: () => Promise<T>): Promise<T> {
      const reads = underWay;
      const known = reads.get(key);
      // The key identifies one request, and each request has one type of answer.
      if (known) return known as Promise<T>;
      const answer = read().finally(() => reads.delete(key));
      reads.set(key, answer);
      return answer;
    },
    changed() {
      underWay = new Map();
    },
  };
}
