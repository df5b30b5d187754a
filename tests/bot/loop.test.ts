import { expect, it } from 'vitest';
import { runLoop } from '#bot/loop.ts';
import { systemClock } from '#src/time.ts';
import { silentLog } from '#tests/support/log.ts';

/** Why a task that failed with this error failed, as people read it. */
async function problemOf(error: Error): Promise<string | undefined> {
  const done = new AbortController();
  let problem: string | undefined;
  await runLoop({
    name: 'outbox',
    task: () => Promise.reject(error),
    everyMs: 1_000,
    wall: systemClock(),
    log: silentLog,
    signal: done.signal,
    onResult: (said) => {
      problem = said;
      done.abort();
    },
  });
  return problem;
}

it.each([
  [new Error('socket hang up\nat line 2'), 'Error: socket hang up'],
  [Object.assign(new Error(''), { status: 520 }), 'Error: status 520'],
  [
    Object.assign(new Error(''), { timeToReset: 599_300 }),
    'Error: Discord takes the next one in 600 s',
  ],
  [new Error(''), 'Error: without a reason'],
])('says why a task failed also where the error has no text', async (error, problem) => {
  expect(await problemOf(error)).toBe(problem);
});
