/**
 * The one place where what Discord does to our messages is caught: a task that runs again and again,
 * after a failure later and later, until it is stopped. Nothing owed is given up.
 */
import { firstLine } from '#core/errors.ts';
import type { Clock, Log } from '#core/ports.ts';

/** A task, its interval, and when it ends. */
export interface LoopParts {
  readonly name: string;
  readonly task: () => Promise<void>;
  readonly everyMs: number;
  /** Real time: Discord's patience does not run at the market's speed. */
  readonly wall: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Told after each run: why it failed, in words, or that it went well. */
  readonly onResult?: ((problem: string | undefined) => void) | undefined;
}

const FIRST_BACK_OFF_MS = 1_000;
const LAST_BACK_OFF_MS = 60_000;

/** Resolves when the signal is given, never before. */
export async function runLoop(parts: LoopParts): Promise<void> {
  const { name, task, everyMs, log, signal } = parts;
  let failures = 0;
  while (!signal.aborted) {
    const error = await failureOf(task);
    parts.onResult?.(error === undefined ? undefined : described(error));
    if (error === undefined) failures = 0;
    else {
      failures += 1;
      log.warn(`${name}: ${described(error)}; trying again`, { failures });
    }
    await rest(parts, error === undefined ? everyMs : backOffMs(failures));
  }
}

/** Once, within a time limit: for the last words before the connection is closed. */
export async function tryOnce(
  { name, task, wall, log }: Pick<LoopParts, 'name' | 'task' | 'wall' | 'log'>,
  limitMs: number,
): Promise<void> {
  const done = new AbortController();
  const late = wall.sleep(limitMs, done.signal).then(
    () => new Error(`not done within ${limitMs} ms`),
    () => undefined,
  );
  const error = await Promise.race([failureOf(task), late]);
  done.abort();
  if (error !== undefined) log.warn(`${name}: ${described(error)}`);
}

/** Milliseconds to wait after so many failures in a row: 1 s, 2 s, 4 s … 60 s. */
export function backOffMs(failures: number): number {
  return Math.min(LAST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.min(failures - 1, 10));
}

async function failureOf(task: () => Promise<void>): Promise<unknown> {
  try {
    await task();
    return undefined;
  } catch (error) {
    return error ?? new Error('failed without a reason');
  }
}

async function rest({ wall, signal }: LoopParts, durationMs: number): Promise<void> {
  await wall.sleep(durationMs, signal).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

function described(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${firstLine(error)}` : String(error);
}
