import type { Command } from '#bot/interactions/command.ts';
import { positionsPost } from '#bot/posts/positions.ts';
import { positionsView } from '#core/views/positions.ts';

/** `/positions`: current positions. */
export const positions: Command = {
  definition: {
    name: 'positions',
    description: 'What the account holds, next to its targets',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine }) => ({
    post: positionsPost(positionsView(engine.book(), engine.observation(), engine.bars())),
  }),
};
