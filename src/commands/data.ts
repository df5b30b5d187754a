import type { Command } from '#bot/command.ts';
import { dataPost } from '#bot/posts/data.ts';
import { dataView } from '#core/views/data.ts';

export const data: Command = {
  definition: {
    name: 'data',
    description: 'The bars behind every decision: how many, from when to when, what is missing',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine }) => ({ post: dataPost(dataView(engine.bars(), engine.observation())) }),
};
