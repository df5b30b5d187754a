import type { Command } from '#bot/command.ts';
import { rankingsPost } from '#bot/posts/rankings.ts';
import { rankingsView } from '#core/views/rankings.ts';

export const rankings: Command = {
  definition: {
    name: 'rankings',
    description: 'The sectors by momentum, and where the cut-off is',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine, models }) => ({
    post: rankingsPost(rankingsView(engine.book(), engine.observation(), models)),
  }),
};
