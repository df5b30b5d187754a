/** Equal reads that wait or are under way share one request and one answer. */

export interface SharedReads {
  /** @param key names the question whole: equal keys are answered alike. */
  share<T>(key: string, read: () => Promise<T>): Promise<T>;
  /** Something moved: what is under way may be from before, so the next read of anything asks anew. */
  changed(): void;
}

/** A failure is shared too; the next read after it asks anew. */
export function createSharedReads(): SharedReads {
  let underWay = new Map<string, Promise<unknown>>();
  return {
    share<T>(key: string, read: () => Promise<T>): Promise<T> {
      const reads = underWay;
      const known = reads.get(key);
      // The key names one question, and each question has one type of answer.
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
