import type { Command } from '#bot/interactions/command.ts';
import { regimePost } from '#bot/posts/regime.ts';
import { regimeView } from '#core/views/regime.ts';

/** `/regime`: bull or bear, and what would change it. */
export const regime: Command = {
  definition: {
    name: 'regime',
    description: 'Bull or bear, why, and the SPY close that would change it',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine }) => ({
    post: regimePost(regimeView(engine.book(), engine.observation(), engine.bars())),
  }),
};
