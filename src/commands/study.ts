/** What the commands of studies share: a first answer at once, and the computed one in its place. */
import { escape } from '#bot/format.ts';
import type { Answer, Context, Reply } from '#bot/interactions/command.ts';
import { notice, type Post } from '#bot/post.ts';
import type { TrialCount } from '#bot/posts/study.ts';
import type { NoAnswer, Progress, Studies, StudyAnswer, StudyRequest } from '#core/studies.ts';

const COMPUTING = notice('Computing; the answer replaces this message in a few seconds.');

/** Asks the study, says how far it is, and shows what it says; no answer is a sentence. */
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

/** Whether there is no answer. */
export function isRefused<T extends object>(answer: T | NoAnswer): answer is NoAnswer {
  return 'kind' in answer && answer.kind === 'refused';
}

/** What people of the desk looked at until now. */
export function triedAt({ engine }: Context): TrialCount {
  const all = [...engine.book().tried.values()];
  return {
    settings: all.reduce((sum, { settings }) => sum + settings, 0),
    people: new Set(all.map(({ by }) => by)).size,
  };
}
