/**
 * Parses parquet of other programs in a separate thread. A damaged page can keep a parser busy forever, and
 * timers do not fire in a looping thread: only another thread can enforce a deadline. One long-lived thread
 * takes one file at a time, and is ended and replaced after a timeout. Rotor's own files need no thread: see
 * bar-files.ts.
 */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Ticker } from '#core/domain/units.ts';
import { isolatedThread } from '#src/isolated-thread.ts';
import { createSerialQueue } from './serial-queue.ts';
import type { Parsed } from './table-history.ts';

/** Message to the thread, which answers with `Parsed`. */
export interface ToParse {
  readonly bytes: ArrayBuffer;
  /** Whose columns count where a file has those of several tickers. */
  readonly ticker: string | undefined;
}

/** `late`: the thread was ended; whether the bytes or the machine caused it is unknown. */
export type TableReading = Parsed | { readonly kind: 'late'; readonly reason: string };

/** Parses one file at a time. */
export interface BarReader {
  /** The columns of a parquet file; see parquet-table.ts. The bytes are not changed. */
  parse(bytes: Uint8Array, ticker?: Ticker): Promise<TableReading>;
  /** Starts the thread, so that the first file need not wait for it. Never rejects. */
  ready(): Promise<void>;
  /** Ends the thread; the next file starts another. */
  close(): Promise<void>;
}

/** Both are for tests. */
export interface BarReaderParts {
  /** From sending the file until its rows are there. */
  readonly deadlineMs?: number;
  /** The module that the thread runs. */
  readonly script?: string;
}

/** Including the end of the thread, no file takes more than two seconds. */
const DEADLINE_MS = 1_900;
/** Starting a thread and loading its libraries takes a tenth of a second, much longer on a busy machine. */
const START_MS = 120_000;
/** Far more than any table of bars needs; a file that requires more ends its thread, not the process. */
const MEMORY = { maxOldGenerationSizeMb: 256 };
/** An idle thread holds 40 MB, and bars are read once a day. */
const IDLE_MS = 20_000;

/** Starts its thread with the first file. */
export function createBarReader(parts: BarReaderParts = {}): BarReader {
  const { deadlineMs = DEADLINE_MS } = parts;
  const script = parts.script ?? join(import.meta.dirname, 'read-worker.ts');
  let thread: Worker | undefined;
  const inTurn = createSerialQueue();
  let idle: NodeJS.Timeout | undefined;

  async function start(): Promise<void> {
    const worker = new Worker(script, isolatedThread(MEMORY));
    thread = worker;
    const forget = (): void => {
      if (thread === worker) thread = undefined;
    };
    worker.on('error', forget).on('exit', forget);
    const first = await nextOf(worker, START_MS);
    if (first.kind !== 'message') await end();
  }

  async function parse(bytes: Uint8Array, ticker?: Ticker): Promise<TableReading> {
    clearTimeout(idle);
    if (!thread) await start();
    if (!thread) return { kind: 'late', reason: 'was not parsed: the parser did not start' };
    thread.ref();
    const answer = nextOf(thread, deadlineMs);
    const toParse: ToParse = { bytes: new Uint8Array(bytes).buffer, ticker };
    thread.postMessage(toParse, [toParse.bytes]);
    const next = await answer;
    if (next.kind === 'message') rest();
    else await end();
    return readingOf(next);
  }

  /** An idle thread must not keep the process alive. */
  function rest(): void {
    clearTimeout(idle);
    thread?.unref();
    idle = setTimeout(() => void inTurn(end), IDLE_MS).unref();
  }

  async function end(): Promise<void> {
    const ended = thread;
    thread = undefined;
    await ended?.terminate();
  }

  async function ready(): Promise<void> {
    if (!thread) await start();
    rest();
  }

  return {
    parse: (bytes, ticker) => inTurn(() => parse(bytes, ticker)),
    ready: () => inTurn(ready),
    close: () => inTurn(end),
  };
}

let shared: BarReader | undefined;

/** One thread serves the process, except those who bring a reader of their own. */
export function sharedReader(): BarReader {
  shared ??= createBarReader();
  return shared;
}

type Next =
  | { readonly kind: 'message'; readonly message: unknown }
  | { readonly kind: 'late' | 'ended'; readonly reason: string };

/** The thread's next message, or that there will be none. Never rejects. */
function nextOf(worker: Worker, withinMs: number): Promise<Next> {
  const { promise, resolve } = Promise.withResolvers<Next>();
  const onMessage = (message: unknown): void => resolve({ kind: 'message', message });
  const onError = (error: unknown): void => {
    const why = error instanceof Error ? error.message : String(error);
    resolve({ kind: 'ended', reason: `ended the parser (${why})` });
  };
  const onExit = (code: number): void =>
    resolve({ kind: 'ended', reason: `ended the parser (code ${code})` });
  const late = (): void =>
    resolve({ kind: 'late', reason: `was not parsed within ${withinMs / 1_000} s` });
  // If this thread was the one that stalled, the answer is already waiting behind the timer.
  const timer = setTimeout(() => setImmediate(late), withinMs);
  worker.once('message', onMessage).once('error', onError).once('exit', onExit);
  return promise.finally(() => {
    clearTimeout(timer);
    worker.off('message', onMessage).off('error', onError).off('exit', onExit);
  });
}

function readingOf(next: Next): TableReading {
  // Both ends are this program: the message is a `Parsed`.
  if (next.kind === 'message') return next.message as Parsed;
  return { kind: next.kind === 'late' ? 'late' : 'refused', reason: next.reason };
}
