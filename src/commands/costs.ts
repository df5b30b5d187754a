import type { Command } from '#bot/interactions/command.ts';
import { costsPost } from '#bot/posts/costs.ts';
import { shortfalls } from '#core/views/shortfall.ts';

/** Cost of each rebalance against the model on paper. */
export const costs: Command = {
  definition: {
    name: 'costs',
    description: 'What each rebalance cost against the model: delay, spread, fees, unfilled',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine }) => {
    const book = engine.book();
    const { mode, at, account, adjusted = new Map() } = engine.observation();
    const accountNumber = account?.number ?? book.account?.number;
    return {
      post: costsPost({ mode, at, accountNumber, rebalances: shortfalls(book, adjusted) }),
    };
  },
};
