import type { Command } from '#bot/interactions/command.ts';
import { chosenYear, YEAR_OPTION } from '#bot/interactions/year-option.ts';
import { taxPost } from '#bot/posts/tax.ts';
import { taxView, yearOf } from '#core/views/tax.ts';

/** Realised gains of a year, and the file for tax software. */
export const tax: Command = {
  definition: {
    name: 'tax',
    description: 'Realised gains of a year by term, month and order, with a file for tax software',
    options: [YEAR_OPTION],
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: ({ engine, options }) => {
    const seen = engine.observation();
    const year = chosenYear(options, yearOf(seen.at));
    return { post: taxPost(taxView(engine.book(), seen, year)) };
  },
};
