/** Tasks one after another, whether the one before went well or not. */
export type SerialQueue = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * A time limit gives up waiting, not the work: without turns what comes after it would run beside
 * what it gave up on, and say the same thing twice.
 */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task, task);
    last = next;
    return next;
  };
}
