/** The thread of studies. It gives way to everything else on the machine. */
import { constants, setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { sentence } from '#core/errors.ts';
import type { StudyRequest } from '#core/studies.ts';
import { type AnyAnswer, runStudy, type StudyPlace } from './run-study.ts';

/** What the thread is sent. */
export interface ToStudy {
  readonly request: StudyRequest;
  readonly place: StudyPlace;
}

// On Linux the calling thread alone, and not the desk.
if (process.platform === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

/** Whatever fails leaves a sentence, hence a value. */
function answer({ request, place }: ToStudy): AnyAnswer {
  try {
    return runStudy(request, place);
  } catch (error) {
    return { kind: 'refused', reason: `It could not be computed: ${sentence(error)}` };
  }
}

parentPort?.on('message', (asked: ToStudy) => parentPort?.postMessage(answer(asked)));
