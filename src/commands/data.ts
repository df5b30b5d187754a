import type { Command } from '#bot/interactions/command.ts';
import { DATA, dataPost } from '#bot/posts/data.ts';
import { pageFrom } from '#bot/posts/pages.ts';
import { dataView } from '#core/views/data.ts';

/** `/data`: age and quality of the prices. */
export const data: Command = {
  definition: {
    name: 'data',
    description: 'The bars behind every decision: how many, which dates, what is missing',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: ({ engine }) => ({ post: dataPost(dataView(engine.bars(), engine.observation())) }),
  components: [
    {
      prefix: DATA,
      access: 'viewer',
      run: ({ engine }, argument) => {
        const view = dataView(engine.bars(), engine.observation());
        return { update: dataPost(view, pageFrom(argument)), note: undefined };
      },
    },
  ],
};
