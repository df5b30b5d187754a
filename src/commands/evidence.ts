import { escape } from '#bot/format.ts';
import type { ButtonResult, Command, Component, Context } from '#bot/interactions/command.ts';
import type { Post } from '#bot/post.ts';
import { EVIDENCE_OPEN } from '#bot/posts/alert-buttons.ts';
import { EVIDENCE, EVIDENCE_READ, evidencePost } from '#bot/posts/study.ts';
import { settingsTriedByHand } from '#core/domain/account-state.ts';
import {
  type Progress,
  SCREENS,
  type Screen,
  type Studies,
  type StudyAnswer,
} from '#core/studies.ts';
import { answerLater, isRefused, triedAt } from './study.ts';

/**
 * How good the models are: the evidence page, its other screens, and the confirmation of having read it.
 */
export const evidence: Command = {
  definition: {
    name: 'evidence',
    description: 'What the models are worth: against SPY, against luck, and in bad times',
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: (context) =>
    answerLater<'evidence'>(
      context,
      (studies, progress) => askEvidence(context, studies, progress),
      (answer) => {
        const { key, settings } = answer;
        context.engine.recordTried({ what: 'evidence', key, settings, by: context.asker.name });
        return screenOf(context, answer, 'first');
      },
    ),
  components: components(),
};

function components(): readonly Component[] {
  return [
    { prefix: EVIDENCE, access: 'viewer', run: turn },
    { prefix: EVIDENCE_OPEN, access: 'viewer', run: open },
    { prefix: EVIDENCE_READ, access: 'approver', run: confirm },
  ];
}

/** The page already counts its own search; settings tried by people are added. */
export function askEvidence({ engine }: Context, studies: Studies, progress?: Progress) {
  const book = engine.book();
  const asked = { kind: 'evidence', bars: engine.bars(), roles: book.modelRoles } as const;
  return studies.ask<'evidence'>({ ...asked, triedBefore: settingsTriedByHand(book) }, progress);
}

function screenOf(context: Context, answer: StudyAnswer['evidence'], screen: Screen): Post {
  const { engine } = context;
  const { mode } = engine.observation();
  const hash = engine.evidenceHash();
  const isUnread = mode === 'LIVE' && !engine.book().evidence.read.has(hash);
  const tried = triedAt(context).settings;
  return evidencePost({ mode, answer, screen, unread: isUnread ? hash : undefined, tried });
}

/** Answers privately: the message with the button stays unchanged. */
async function open(context: Context): Promise<ButtonResult> {
  const { update, ...rest } = await turn(context, 'first');
  return { ...rest, update: undefined, ...(update && { answer: update }) };
}

async function turn(context: Context, argument: string): Promise<ButtonResult> {
  const screen = SCREENS.find((name) => name === argument) ?? 'first';
  const answer = context.studies && (await askEvidence(context, context.studies));
  if (!answer) return { update: undefined, note: 'Studies are not available here.' };
  if (isRefused(answer)) return { update: undefined, note: escape(answer.reason, 500) };
  return { update: screenOf(context, answer, screen), note: undefined };
}

function confirm({ engine, asker }: Context, hash: string): ButtonResult {
  const outcome = engine.readEvidence(hash, asker.name);
  const said = outcome.kind === 'closed' ? outcome.reason : 'Noted: buy orders may now be sent.';
  return { update: undefined, note: escape(said, 500), result: said };
}
