/** A search divided among threads by lookback; its results are saved so that it can be resumed. */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Rates } from '#core/backtest/interest.ts';
import type { RunSettings } from '#core/backtest/run-rows.ts';
import type { Bars } from '#core/domain/bar.ts';
import type { AcceptedMoves } from '#core/domain/findings.ts';
import type { Ticker } from '#core/domain/units.ts';
import type { Universe } from '#core/domain/universe.ts';
import type { Grid } from '#core/evidence/sweep.ts';

/** Input of one thread; everything in it can be cloned. */
export interface SweepJob {
  readonly bars: Bars;
  readonly refused: ReadonlyMap<Ticker, string>;
  readonly acceptedMoves: AcceptedMoves;
  readonly universe: Universe;
  readonly settings: RunSettings & { readonly from: number; readonly to: number };
  readonly rates: Rates;
  readonly grid: Grid;
  readonly lookbacks: readonly number[];
}

/** Settings that never traded have no Sharpe ratio: NaN, or null in JSON, which has no NaN. */
const Sharpe = z.union([z.number(), z.nan(), z.null().transform(() => Number.NaN)]);

const Row = z.object({
  point: z.tuple([z.number(), z.number(), z.number()]),
  final: z.number(),
  cagr: z.number(),
  sharpe: Sharpe,
  mdd: z.number(),
});
const Done = z.object({ lookback: z.number(), rows: z.array(Row) });

/** Result of one setting: final dollars, annual growth, Sharpe ratio, maximum drawdown. */
export type SweepRow = z.infer<typeof Row>;

/** How to run the search. */
export interface SweepPlan {
  readonly job: Omit<SweepJob, 'lookbacks'>;
  readonly threads: number;
  /** Finished lookbacks are saved here and not run again. */
  readonly file: string;
  readonly progress: (done: number, all: number) => void;
}

/** Every setting in grid order. @throws the error of a thread. */
export async function runSweep({
  job,
  threads,
  file,
  progress,
}: SweepPlan): Promise<readonly SweepRow[]> {
  const done = new Map(keptIn(file).map(({ lookback, rows }) => [lookback, rows]));
  const all = job.grid.lookback;
  const left = all.filter((lookback) => !done.has(lookback));
  mkdirSync(dirname(file), { recursive: true });
  const use = (message: unknown): void => {
    const { lookback, rows } = Done.parse(message);
    done.set(lookback, rows);
    // Starts with a newline: an earlier run may have been cut off within a line.
    appendFileSync(file, `\n${JSON.stringify({ lookback, rows })}`);
    progress(done.size, all.length);
  };
  await Promise.all(shared(left, threads).map((lookbacks) => onThread({ ...job, lookbacks }, use)));
  return all.flatMap((lookback) => done.get(lookback) ?? []);
}

/** Distributed in turn, so that each thread gets long and short lookbacks. */
function shared(lookbacks: readonly number[], threads: number): readonly (readonly number[])[] {
  return Array.from({ length: threads }, (_, thread) =>
    lookbacks.filter((_, index) => index % threads === thread),
  ).filter((own) => own.length > 0);
}

function onThread(job: SweepJob, use: (message: unknown) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./sweep-worker.ts', import.meta.url), { workerData: job });
    worker.on('message', use);
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}

/** Results of an earlier run; incomplete lines are ignored and run again. */
function keptIn(file: string): readonly z.infer<typeof Done>[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        const found = Done.safeParse(JSON.parse(line));
        return found.success ? [found.data] : [];
      } catch {
        return [];
      }
    });
}
