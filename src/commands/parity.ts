import type { Command } from '#bot/interactions/command.ts';
import { parityPost } from '#bot/posts/study.ts';
import { answerLater } from './study.ts';

/** Whether every recorded decision comes out the same when it is made again. */
export const parity: Command = {
  definition: {
    name: 'parity',
    description: 'Repeats every recorded decision and counts how many come out exactly the same',
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: (context) =>
    answerLater<'parity'>(
      context,
      (studies) => studies.ask<'parity'>({ kind: 'parity' }),
      (answer) => parityPost(context.engine.observation().mode, answer),
    ),
};
