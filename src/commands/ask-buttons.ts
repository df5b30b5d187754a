import type { ButtonResult, Component, Context } from '#bot/interactions/command.ts';
import type { Post } from '#bot/post.ts';
import { ASK, askedBy, REPLACE } from '#bot/posts/ask-buttons.ts';

/** Buttons that answer as a command does, for everyone who may read. */
export const askComponents: readonly Component[] = [
  {
    prefix: ASK,
    access: 'viewer',
    run: async (context, argument) => told(await answerTo(context, argument)),
  },
  {
    prefix: REPLACE,
    access: 'viewer',
    run: async (context, argument) => {
      const post = await answerTo(context, argument);
      return post ? { update: post, note: undefined, result: 'answered' } : told(undefined);
    },
  },
];

/** Returns undefined unless it is a read-only command. */
async function answerTo(context: Context, argument: string): Promise<Post | undefined> {
  const asked = askedBy(argument);
  const command = context.commands.find(({ definition }) => definition.name === asked.command);
  if (command?.access !== 'viewer') return undefined;
  const options = new Map(asked.option === undefined ? [] : [asked.option]);
  const answer = await command.run({ ...context, options }, '');
  return 'post' in answer ? answer.post : undefined;
}

function told(answer: Post | undefined): ButtonResult {
  if (!answer) return { update: undefined, note: 'Rotor no longer knows this command or button.' };
  return { update: undefined, note: undefined, answer, result: 'answered' };
}
