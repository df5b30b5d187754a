import { ApplicationCommandOptionType } from 'discord.js';
import type { Command } from '#bot/interactions/command.ts';
import { taxPost } from '#bot/posts/tax.ts';
import { taxView, yearOf } from '#core/views/tax.ts';

/** What sales realised in a year, and the file for tax software. */
export const tax: Command = {
  definition: {
    name: 'tax',
    description: 'Realised gains of a year by term, month and order, with a file for tax software',
    options: [
      {
        type: ApplicationCommandOptionType.Integer,
        name: 'year',
        description: 'This year unless you choose',
        min_value: 1990,
        max_value: 2100,
      },
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: ({ engine, options }) => {
    const seen = engine.observation();
    const year = Number(options.get('year') ?? yearOf(seen.at));
    return { post: taxPost(taxView(engine.book(), seen, year)) };
  },
};
