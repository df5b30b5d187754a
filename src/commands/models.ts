import type { Command } from '#bot/interactions/command.ts';
import { modelsPost } from '#bot/posts/models.ts';
import { modelsView } from '#core/views/models.ts';

/** `/models`: what each model is and holds now. */
export const models: Command = {
  definition: {
    name: 'models',
    description: 'Each model: active or inactive and why, its share, what it wants',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine, models: all }) => ({
    post: modelsPost(modelsView(engine.book(), engine.observation(), all)),
  }),
};
