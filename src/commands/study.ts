/** Shared by the commands of studies: an immediate first answer, later replaced by the computed one. */
import { escape } from '#bot/format.ts';
import type { Answer, Context, Reply } from '#bot/interactions/command.ts';
import { notice, type Post } from '#bot/post.ts';
import type { TrialCount } from '#bot/posts/study.ts';
import type { NoAnswer, Progress, Studies, StudyAnswer, StudyRequest } from '#core/studies.ts';

const COMPUTING = notice('Computing; the answer replaces this message in a few seconds.');

/** Runs the study, shows progress and then the result; a refusal is shown as a sentence. */
export function answerLater<K extends StudyRequest['kind']>(
  { studies }: Context,
  ask: (studies: Studies, progress: Progress) => Promise<StudyAnswer[K] | NoAnswer>,
  show: (answer: StudyAnswer[K]) => Post,
): Answer {
  if (!studies) return { post: notice('Studies are not available here.') };
  const listeners: ((post: Post) => void)[] = [];
  const progress: Progress = (done, of) => {
    const post = notice(`Computing: ${Math.floor((100 * done) / of)} % done.`);
    for (const listener of listeners) listener(post);
  };
  const later = ask(studies, progress).then((answer) =>
    isRefused(answer) ? notice(escape(answer.reason, 1_500)) : show(answer),
  );
  return {
    post: COMPUTING,
    later,
    progress: (listener) => listeners.push(listener),
  } satisfies Reply;
}

/** Whether the study was refused. */
export function isRefused<T extends object>(answer: T | NoAnswer): answer is NoAnswer {
  return 'kind' in answer && answer.kind === 'refused';
}

/** Settings tried by people so far. */
export function triedAt({ engine }: Context): TrialCount {
  const all = [...engine.book().tried.values()];
  return {
    settings: all.reduce((sum, { settings }) => sum + settings, 0),
    people: new Set(all.map(({ by }) => by)).size,
  };
}
