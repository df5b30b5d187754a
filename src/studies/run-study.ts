/** Runs a study. Blocking work: only the thread of study-worker.ts calls it. */
import { triedBefore } from '#core/store/trials.ts';
import type { NoAnswer, Progress, StudyAnswer, StudyRequest } from '#core/studies.ts';
import { backtestOf } from './backtest.ts';
import { evidenceOf } from './evidence.ts';
import type { StudyPlace } from './setup.ts';
import { whatIfOf } from './what-if.ts';

/** Any answer. */
export type AnyAnswer = StudyAnswer[StudyRequest['kind']] | NoAnswer;

/** Computes the answer. @throws only on unexpected errors. */
export async function runStudy(
  request: StudyRequest,
  place: StudyPlace,
  progress: Progress = () => undefined,
): Promise<AnyAnswer> {
  switch (request.kind) {
    case 'evidence':
      return evidenceOf(
        request,
        { bars: request.bars, ...place.rules },
        triedBefore(place.stateDir, ''),
        progress,
      );
    case 'backtest':
      return backtestOf(request, { bars: request.bars, ...place.rules }, progress);
    case 'what-if':
      return whatIfOf(request, { bars: request.bars, ...place.rules }, progress);
    case 'parity':
      return (await import('./journal-studies.ts')).parityOf(request, place);
    case 'export':
      return (await import('./journal-studies.ts')).exportOf(place);
    default:
      return request satisfies never;
  }
}
