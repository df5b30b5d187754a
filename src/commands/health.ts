import type { Command } from '#bot/interactions/command.ts';
import { healthPost } from '#bot/posts/health.ts';
import { statusView } from '#core/views/status.ts';

/** Why Rotor is HEALTHY, DEGRADED or HALTED. */
export const health: Command = {
  definition: {
    name: 'health',
    description: 'Every rule behind HEALTHY, DEGRADED and HALTED, with what it sees now',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine, discord, now }) => {
    const seen = engine.observation();
    const view = statusView(engine.book(), seen, discord);
    const extras = { mode: seen.mode, at: now.market, missingPermissions: discord.missing };
    return { post: healthPost(view, extras) };
  },
};
