import type { Command } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { configPost } from '#bot/posts/config.ts';

/** `/config`: every setting; secrets are never shown. */
export const config: Command = {
  definition: {
    name: 'config',
    description: 'Every setting and its value; secrets are never shown',
  },
  access: COMMAND_ACCESS.config,
  audience: 'asker',
  slow: false,
  run: ({ engine, settings, now }) => ({
    post: configPost(settings, engine.observation().mode, now.market),
  }),
};
