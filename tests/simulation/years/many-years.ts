/** Many years on several threads at once, told in the order of their seeds. */
import { Worker } from 'node:worker_threads';
import type { YearReport } from './year.ts';
import type { WorkerData } from './year-worker.ts';

/** Which years, and how. */
export interface ManyYears extends WorkerData {
  readonly from: number;
  readonly count: number;
  /** Threads, at least 1. */
  readonly threads: number;
  /** Told of each year in turn; no more begin once it answers false. */
  readonly onYear: (report: YearReport) => Promise<boolean>;
}

/** Runs them all; a thread that fails ends the run with its error. */
export async function runYears({
  from,
  count,
  threads,
  onYear,
  ...data
}: ManyYears): Promise<void> {
  const done = new Map<number, YearReport>();
  let [next, told] = [from, from];
  let isOver = false;
  let telling = Promise.resolve();

  async function tellDone(): Promise<void> {
    for (let report = done.get(told); report && !isOver; report = done.get(told)) {
      done.delete(told);
      told += 1;
      isOver = !(await onYear(report));
    }
  }
  async function work(worker: Worker): Promise<void> {
    while (next < from + count && !isOver) {
      const seed = next++;
      done.set(seed, await yearOf(worker, seed));
      telling = telling.then(tellDone);
      await telling;
    }
    await worker.terminate();
  }
  const url = new URL('./year-worker.ts', import.meta.url);
  const workers = Array.from(
    { length: Math.min(threads, count) },
    () => new Worker(url, { workerData: data }),
  );
  await Promise.all(workers.map(work));
}

function yearOf(worker: Worker, seed: number): Promise<YearReport> {
  return new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('message', (report: YearReport) => {
      worker.off('error', reject);
      resolve(report);
    });
    worker.postMessage(seed);
  });
}
