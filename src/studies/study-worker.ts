/** The thread of studies. It gives way to everything else on the machine. */
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { sentence } from '#core/errors.ts';
import type { Progress, StudyRequest } from '#core/studies.ts';
import { type AnyAnswer, runStudy, type StudyPlace } from './run-study.ts';

/** What the thread is sent. */
export interface ToStudy {
  readonly request: StudyRequest;
  readonly place: StudyPlace;
}

/** What it says: how far it is, and at last the answer. */
export type FromStudy =
  | { readonly done: number; readonly of: number }
  | { readonly answer: AnyAnswer };

// On Linux the calling thread alone, and not the desk.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

function tell(said: FromStudy): void {
  parentPort?.postMessage(said);
}

/** One message a hundredth: the other side draws each of them. */
function hundredths(): Progress {
  let last = 0;
  return (done, of) => {
    const now = Math.floor((100 * done) / of);
    if (now === last) return;
    last = now;
    tell({ done, of });
  };
}

/** Whatever fails leaves a sentence, hence a value. */
function answer({ request, place }: ToStudy): AnyAnswer {
  try {
    return runStudy(request, place, hundredths());
  } catch (error) {
    return { kind: 'refused', reason: `It could not be computed: ${sentence(error)}` };
  }
}

parentPort?.on('message', (asked: ToStudy) => tell({ answer: answer(asked) }));
