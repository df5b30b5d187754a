/** A search divided among threads by model and lookback; its results are saved so that it can be resumed. */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import type { Rates } from '#core/backtest/interest.ts';
import type { RunSettings } from '#core/backtest/run-rows.ts';
import type { Bars } from '#core/domain/bar.ts';
import { closedByPeople } from '#core/domain/calendar.ts';
import type { AcceptedMoves } from '#core/domain/findings.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import type { Universe } from '#core/domain/universe.ts';
import { type Grid, pointsOf } from '#core/evidence/sweep.ts';
import { makeFolder } from '#core/store/make-folder.ts';

/** One lookback, of a model by its id, or of the settings alone. */
interface SweepPart {
  readonly model: string | undefined;
  readonly lookback: number;
}

/** The whole search; everything in it can be cloned. */
export interface SweepJob {
  readonly bars: Bars;
  readonly refused: ReadonlyMap<Ticker, string>;
  readonly acceptedMoves: AcceptedMoves;
  readonly universe: Universe;
  readonly settings: RunSettings & { readonly from: number; readonly to: number };
  readonly rates: Rates;
  readonly grid: Grid;
  readonly parts: readonly SweepPart[];
}

/** Input of one thread with the calendar of the main thread. */
export interface ToSweep extends SweepJob {
  /** Closings at short notice that a person has confirmed. */
  readonly closedDays: readonly SessionDate[];
}

/** Settings that never traded have no Sharpe ratio: NaN, or null in JSON, which has no NaN. */
const Sharpe = z.union([z.number(), z.nan(), z.null().transform(() => Number.NaN)]);

const Row = z.object({
  model: z.string().optional(),
  point: z.tuple([z.number(), z.number(), z.number()]),
  final: z.number(),
  cagr: z.number(),
  sharpe: Sharpe,
  mdd: z.number(),
});
const Done = z.object({
  model: z.string().optional(),
  lookback: z.number(),
  rows: z.array(Row),
});

/** Result of one setting: its model if any, final dollars, annual growth, Sharpe ratio, maximum drawdown. */
export type SweepRow = z.infer<typeof Row>;

/** How to run the search. */
export interface SweepPlan {
  readonly job: Omit<SweepJob, 'parts'>;
  /** Ids of the models whose settings are tried; by default the settings alone. */
  readonly models?: readonly string[];
  readonly threads: number;
  /** Finished parts are saved here and not run again. */
  readonly file: string;
  readonly progress: (done: number, all: number) => void;
}

/** Every setting in grid order, model by model. @throws the error of a thread. */
export async function runSweep({
  job,
  models = [],
  threads,
  file,
  progress,
}: SweepPlan): Promise<readonly SweepRow[]> {
  const all = (models.length > 0 ? models : [undefined]).flatMap((model) =>
    job.grid.lookback.map((lookback): SweepPart => ({ model, lookback })),
  );
  const done = new Map(keptIn(file, job.grid).map((part) => [keyOf(part), part.rows]));
  const left = all.filter((part) => !done.has(keyOf(part)));
  makeFolder(dirname(file));
  const use = (message: unknown): void => {
    const part = Done.parse(message);
    done.set(keyOf(part), part.rows);
    // Starts with a newline: an earlier run may have been cut off within a line.
    appendFileSync(file, `\n${JSON.stringify(part)}`);
    progress(done.size, all.length);
  };
  await Promise.all(shared(left, threads).map((parts) => onThread({ ...job, parts }, use)));
  return all.flatMap((part) => done.get(keyOf(part)) ?? []);
}

function keyOf({
  model = '',
  lookback,
}: Pick<SweepPart, 'lookback'> & { readonly model?: string | undefined }): string {
  return `${model} ${lookback}`;
}

/** Distributed in turn, so that each thread gets long and short lookbacks. */
function shared(parts: readonly SweepPart[], threads: number): readonly (readonly SweepPart[])[] {
  return Array.from({ length: threads }, (_, thread) =>
    parts.filter((_, index) => index % threads === thread),
  ).filter((own) => own.length > 0);
}

function onThread(job: SweepJob, use: (message: unknown) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const workerData: ToSweep = { ...job, closedDays: closedByPeople() };
    const worker = new Worker(new URL('./sweep-worker.ts', import.meta.url), { workerData });
    worker.on('message', use);
    worker.on('error', reject);
    worker.on('exit', () => resolve());
  });
}

/** Results of an earlier run; lines that are damaged or of other settings are ignored and run again. */
function keptIn(file: string, grid: Grid): readonly z.infer<typeof Done>[] {
  if (!existsSync(file)) return [];
  const isWhole = ({ lookback, rows }: z.infer<typeof Done>): boolean =>
    rows.map(({ point }) => point.join()).join(';') ===
    pointsOf({ ...grid, lookback: [lookback] }).join(';');
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        const found = Done.safeParse(JSON.parse(line));
        return found.success && isWhole(found.data) ? [found.data] : [];
      } catch {
        return [];
      }
    });
}
