import { ApplicationCommandOptionType } from 'discord.js';
import type { Command, Context } from '#bot/interactions/command.ts';
import { notice, type Post, quoting } from '#bot/post.ts';
import { rankingsPost } from '#bot/posts/rankings.ts';
import { rankingsView } from '#core/views/rankings.ts';

/** `/rankings`: all tickers by momentum. */
export const rankings: Command = {
  definition: {
    name: 'rankings',
    description: 'The sectors by momentum, and where the cut-off is',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'model',
        description: 'One model, active or not; default: the active ones',
        max_length: 100,
        autocomplete: true,
      },
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: (context) => ({ post: answer(context) }),
  complete: ({ models }, typed) =>
    models
      .map(({ id }) => ({ name: id, value: id }))
      .filter(({ name }) => name.toLowerCase().includes(typed.trim().toLowerCase()))
      .slice(0, 25),
};

function answer({ engine, models, options }: Context): Post {
  const asked = options.get('model');
  const model = asked === undefined ? undefined : String(asked).trim();
  if (model !== undefined && !models.some(({ id }) => id === model)) {
    return notice(quoting('There is no such model', model));
  }
  return rankingsPost(rankingsView(engine.book(), engine.observation(), models), model);
}
