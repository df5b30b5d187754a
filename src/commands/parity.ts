import type { Command } from '#bot/interactions/command.ts';
import { parityPost } from '#bot/posts/study.ts';
import { answerLater } from './study.ts';

/** Whether every past decision is reproducible, and the month compared with its backtest. */
export const parity: Command = {
  definition: {
    name: 'parity',
    description: 'Repeats every recorded decision, and compares the last month with its backtest',
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: (context) =>
    answerLater<'parity'>(
      context,
      (studies) =>
        studies.ask<'parity'>({
          kind: 'parity',
          bars: context.engine.bars(),
          raw: context.engine.observation().raw,
        }),
      (answer) => parityPost(context.engine.observation().mode, answer),
    ),
};
