import { ApplicationCommandOptionType } from 'discord.js';
import type { Choice, Command, Context } from '#bot/interactions/command.ts';
import { notice, type Post } from '#bot/post.ts';
import { ORDERS, ordersPost } from '#bot/posts/orders.ts';
import { pageFrom } from '#bot/posts/pages.ts';
import { ORDER_FILTERS, type OrderFilter, ordersView } from '#core/views/orders.ts';

/** Every order of Rotor's, by page. */
export const orders: Command = {
  definition: {
    name: 'orders',
    description: 'Every order with state, fill, price and slippage, newest first',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'state',
        description: 'Default: all',
        max_length: 10,
        autocomplete: true,
      },
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: false,
  run: (context) => ({ post: answer(context) }),
  complete: ({ engine }, typed) => choices(engine, typed),
  components: [
    {
      prefix: ORDERS,
      access: 'viewer',
      run: ({ engine }, argument) => {
        const [name, page] = argument.split(':');
        const filter = filterOf(name) ?? 'all';
        const view = ordersView(engine.book(), engine.observation(), filter);
        return { update: ordersPost(view, pageFrom(page)), note: undefined };
      },
    },
  ],
};

function answer({ engine, options }: Context): Post {
  const filter = filterOf(
    String(options.get('state') ?? 'all')
      .trim()
      .toLowerCase(),
  );
  if (!filter) return notice(`Orders are ${ORDER_FILTERS.join(' or ')}.`);
  return ordersPost(ordersView(engine.book(), engine.observation(), filter), 1);
}

function filterOf(text: string | undefined): OrderFilter | undefined {
  return ORDER_FILTERS.find((name) => name === text);
}

/** With the number of orders in each. */
function choices(engine: Context['engine'], typed: string): readonly Choice[] {
  const [book, seen] = [engine.book(), engine.observation()];
  return ORDER_FILTERS.filter((name) => name.includes(typed.trim().toLowerCase())).map((name) => ({
    name: `${name} (${ordersView(book, seen, name).rows.length})`,
    value: name,
  }));
}
