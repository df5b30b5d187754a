/** The worker thread of studies. It runs at low priority. */
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { closeDays } from '#core/domain/calendar.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { sentence } from '#core/errors.ts';
import type { Progress, StudyRequest } from '#core/studies.ts';
import { type AnyAnswer, runStudy } from './run-study.ts';
import type { StudyPlace } from './setup.ts';

/** A study to compute. */
export interface AskedStudy {
  readonly request: StudyRequest;
  readonly place: StudyPlace;
}

/** Request to the thread. */
export interface ToStudy extends AskedStudy {
  /** Closings at short notice that a person has confirmed. */
  readonly closedDays: readonly SessionDate[];
}

/** Messages from the thread: its progress, and finally the answer. */
export type FromStudy =
  | { readonly done: number; readonly of: number }
  | { readonly answer: AnyAnswer };

// On Linux this applies to the calling thread only, not to the whole process.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

function tell(said: FromStudy): void {
  parentPort?.postMessage(said);
}

/** At most one message per hundredth, as each of them is displayed. */
function hundredths(): Progress {
  let last = 0;
  return (done, of) => {
    const now = Math.floor((100 * done) / of);
    if (now === last) return;
    last = now;
    tell({ done, of });
  };
}

/** Returns errors as values, so that each becomes a sentence. */
async function answer({ request, place }: AskedStudy): Promise<AnyAnswer> {
  try {
    return await runStudy(request, place, hundredths());
  } catch (error) {
    return { kind: 'refused', reason: `It could not be computed: ${sentence(error)}` };
  }
}

parentPort?.on('message', async (asked: ToStudy) => {
  closeDays(asked.closedDays);
  tell({ answer: await answer(asked) });
});
