/** Tasks one after another, whether the one before went well or not. */
type SerialQueue = <T>(task: () => Promise<T>) => Promise<T>;

/** Each task begins when the one before has ended: two at once would fetch or write a thing twice. */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const next = last.then(task, task);
    last = next;
    return next;
  };
}
