import type { Command } from '#bot/interactions/command.ts';
import { headerPost } from '#bot/posts/header.ts';
import { headerView } from '#core/views/header.ts';
import { askComponents } from './ask-buttons.ts';

/** The current header, as a private answer. */
export const status: Command = {
  definition: {
    name: 'status',
    description: 'Rotor, the account and the market right now',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  components: askComponents,
  run: ({ engine, models, discord, now }) => {
    const view = headerView(engine.book(), engine.observation(), models, discord);
    return { post: headerPost({ ...view, at: now.market }) };
  },
};
