import type { Command } from '#bot/interactions/command.ts';
import { chosenYear, YEAR_OPTION } from '#bot/interactions/year-option.ts';
import { incomePost } from '#bot/posts/income.ts';
import { incomeView } from '#core/views/income.ts';
import { yearOf } from '#core/views/tax.ts';

/** Dividends, interest and fees of a year by ticker. */
export const income: Command = {
  definition: {
    name: 'income',
    description: 'Dividends, interest and fees of a year, by ticker',
    options: [YEAR_OPTION],
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine, options }) => {
    const seen = engine.observation();
    const year = chosenYear(options, yearOf(seen.at));
    return { post: incomePost(incomeView(engine.book(), seen, year)) };
  },
};
