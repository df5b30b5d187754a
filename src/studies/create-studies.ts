/** Runs studies in a thread of their own, one at a time, without delaying trading. */
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { closedByPeople } from '#core/domain/calendar.ts';
import type { NoAnswer, Progress, Studies, StudyAnswer, StudyRequest } from '#core/studies.ts';
import { isolatedThread } from '#src/isolated-thread.ts';
import type { AnyAnswer } from './run-study.ts';
import type { StudyPlace } from './setup.ts';
import type { AskedStudy, FromStudy, ToStudy } from './study-worker.ts';

/** Computes one answer. */
export type Compute = (asked: AskedStudy, progress: Progress) => Promise<AnyAnswer>;

/** Longest queue of requests behind the current one. */
const MAX_WAITING = 4;
/** Size of the answer cache. */
const MAX_KEPT = 32;

const BUSY: NoAnswer = {
  kind: 'refused',
  reason: 'Other studies are still running. Try again in a minute.',
};

/** @param compute runs in a thread by default. */
export function createStudies(place: StudyPlace, compute: Compute = inThread): Studies {
  const kept = new Map<string, Promise<AnyAnswer>>();
  const names = new WeakMap<object, number>();
  let named = 0;
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();

  /** Bars are identified by object: newly read bars are a new object. */
  function nameOf(bars: object): number {
    const name = names.get(bars) ?? ++named;
    names.set(bars, name);
    return name;
  }

  function keyOf(request: StudyRequest): string {
    return JSON.stringify(request, (_, value: unknown) =>
      value instanceof Map ? nameOf(value) : value,
    );
  }

  function computed(request: StudyRequest, progress: Progress): Promise<AnyAnswer> {
    waiting += 1;
    const mine = turn.then(() => compute({ request, place }, progress));
    turn = mine.catch(() => undefined);
    return mine.finally(() => {
      waiting -= 1;
    });
  }

  async function answered(request: StudyRequest, progress: Progress): Promise<AnyAnswer> {
    // The journal grows constantly, so answers based on it are not cached.
    const isOfJournal = request.kind === 'parity' || request.kind === 'export';
    const key = isOfJournal ? undefined : keyOf(request);
    const known = key === undefined ? undefined : kept.get(key);
    if (known) return known;
    if (waiting > MAX_WAITING) return BUSY;
    const made = computed(request, progress);
    if (key !== undefined) remember(key, made);
    return made;
  }

  function remember(key: string, made: Promise<AnyAnswer>): void {
    kept.set(key, made);
    for (const old of [...kept.keys()].slice(0, -MAX_KEPT)) kept.delete(old);
    made.catch(() => kept.delete(key));
  }

  return {
    ask: <K extends StudyRequest['kind']>(
      request: Extract<StudyRequest, { kind: K }>,
      progress: Progress = () => undefined,
    ) => answered(request, progress) as Promise<StudyAnswer[K] | NoAnswer>,
  };
}

/** Rotor's container has 256 MB in total; a study that needs more ends without affecting the rest. */
const MEMORY = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 2 };

/** A thread per request, so that its memory is released afterwards. */
async function inThread(asked: AskedStudy, progress: Progress): Promise<AnyAnswer> {
  const script = join(import.meta.dirname, 'study-worker.ts');
  const worker = new Worker(script, isolatedThread(MEMORY));
  worker.unref();
  try {
    const done = Promise.withResolvers<AnyAnswer>();
    worker.on('message', (told: FromStudy) => {
      if ('answer' in told) done.resolve(told.answer);
      else progress(told.done, told.of);
    });
    worker.once('error', done.reject);
    worker.once('exit', (code) =>
      done.reject(new Error(`the thread of studies ended with ${code}`)),
    );
    worker.postMessage({ ...asked, closedDays: closedByPeople() } satisfies ToStudy);
    return await done.promise;
  } finally {
    await worker.terminate();
  }
}
