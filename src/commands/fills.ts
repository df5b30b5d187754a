import type { Command } from '#bot/interactions/command.ts';
import { FILLS, fillsPost } from '#bot/posts/fills.ts';
import { pageFrom } from '#bot/posts/pages.ts';
import { fillsView } from '#core/views/fills.ts';

/** Every execution, by Rotor or not, by page. */
export const fills: Command = {
  definition: {
    name: 'fills',
    description: 'Every execution, also those not made by Rotor, newest first',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine }) => ({ post: fillsPost(fillsView(engine.book(), engine.observation()), 1) }),
  components: [
    {
      prefix: FILLS,
      access: 'viewer',
      run: ({ engine }, argument) => {
        const view = fillsView(engine.book(), engine.observation());
        return { update: fillsPost(view, pageFrom(argument)), note: undefined };
      },
    },
  ],
};
