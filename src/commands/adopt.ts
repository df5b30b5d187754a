import { escape, label } from '#bot/format.ts';
import type { Command } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { embed } from '#bot/post.ts';
import { alertComponents } from './alert-buttons.ts';

/** Accepts the broker's positions into our records, visible to everyone. */
export const adopt: Command = {
  definition: {
    name: 'adopt',
    description: 'Accept the broker’s positions as correct',
  },
  access: COMMAND_ACCESS.adopt,
  audience: 'asker',
  slow: true,
  run: async ({ engine, asker }) => {
    const text = await engine.adopt(asker.name);
    const { mode } = engine.observation();
    const note = label(asker.name, 80);
    const body = escape(text, 1000);
    return { post: { embeds: [embed({ mode, title: '● Adopt', body, note })] }, result: text };
  },
  components: alertComponents,
};
