import type { Command } from '#bot/interactions/command.ts';
import { versionPost } from '#bot/posts/version.ts';
import { changesView } from '#core/views/changes.ts';

/** `/version`: the running version. */
export const version: Command = {
  definition: {
    name: 'version',
    description: 'What runs, since when, and what changed since the last start',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine, now }) => {
    const { mode } = engine.observation();
    return { post: versionPost(changesView(engine.book()), { mode, at: now.market }) };
  },
};
