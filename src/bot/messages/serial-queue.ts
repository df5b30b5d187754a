/** Runs tasks one after another, whether or not the previous one failed. */
export type SerialQueue = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * A timeout stops the waiting, not the work: without a queue the next task would run in parallel with the
 * timed-out one and send the same message twice.
 */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task, task);
    last = next;
    return next;
  };
}
