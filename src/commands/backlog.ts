import type { Command, Context } from '#bot/interactions/command.ts';
import { BACKLOG, backlogPost } from '#bot/posts/backlog.ts';
import { pageFrom } from '#bot/posts/pages.ts';
import { backlogView } from '#core/views/backlog.ts';

/** Everything that is pending, and what happens to it next. */
export const backlog: Command = {
  definition: {
    name: 'backlog',
    description: 'What is overdue or pending: rebalances, plans, orders, alerts, messages',
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: (context) => ({ post: page(context, 1) }),
  components: [
    {
      prefix: BACKLOG,
      access: 'viewer',
      run: (context, argument) => ({ update: page(context, pageFrom(argument)), note: undefined }),
    },
  ],
};

function page({ engine, discord, now }: Context, number: number) {
  return backlogPost(backlogView(engine.book(), engine.observation(), now.wall, discord), number);
}
