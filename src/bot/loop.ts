/**
 * The one place that catches Discord's errors: a task that repeats until it is stopped and backs off after
 * failures. Pending messages are never dropped.
 */
import { firstLine } from '#core/errors.ts';
import type { Clock, Log } from '#core/ports.ts';

/** A task, its interval and its end. */
export interface LoopParts {
  readonly name: string;
  readonly task: () => Promise<void>;
  readonly everyMs: number;
  /** Wall clock: Discord's limits do not follow simulated market time. */
  readonly wall: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Called after each run: why it failed, or undefined when it succeeded. */
  readonly onResult?: ((problem: string | undefined) => void) | undefined;
}

const FIRST_BACK_OFF_MS = 1_000;
const LAST_BACK_OFF_MS = 60_000;

/** Resolves when the signal is aborted, never before. */
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

/** Runs once within a time limit; used for the shutdown messages before the connection closes. */
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

/** Delay in milliseconds after that many consecutive failures: 1 s, 2 s, 4 s … 60 s. */
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
  return error instanceof Error ? `${error.name}: ${wordsOf(error)}` : String(error);
}

/** Some errors of the library have no text of their own, and people read this in the header. */
function wordsOf(error: Error): string {
  const text = firstLine(error);
  if (text !== '') return text;
  if ('timeToReset' in error && typeof error.timeToReset === 'number')
    return `Discord takes the next one in ${Math.ceil(error.timeToReset / 1_000)} s`;
  return 'status' in error ? `status ${String(error.status)}` : 'without a reason';
}
