import { ApplicationCommandOptionType } from 'discord.js';
import { escape, label, quantity } from '#bot/format.ts';
import type { Answer, Choice, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { embed, type Post } from '#bot/post.ts';
import { cancelResultLines } from '#bot/posts/cancel-results.ts';
import type { Mode } from '#core/domain/account.ts';
import type { ManagedOrder } from '#core/domain/account-state.ts';
import { isFinal } from '#core/domain/order.ts';

const ALL = 'all';

/** `/cancel`: one open order, or all of them. */
export const cancel: Command = {
  definition: {
    name: 'cancel',
    description: 'Cancel open orders; the unfilled rest is not sent again',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'order',
        description: 'An open order, or all of them',
        required: true,
        max_length: 100,
        autocomplete: true,
      },
    ],
  },
  access: COMMAND_ACCESS.cancel,
  audience: 'channel',
  slow: true,
  run: takeBack,
  complete: ({ engine }, typed) => choices([...engine.book().managedOrders.values()], typed),
};

async function takeBack({ engine, asker, options }: Context): Promise<Answer> {
  const wanted = String(options.get('order') ?? '');
  const withdrawn = await engine.cancel(wanted, asker.name);
  const { mode, broker } = engine.observation();
  const others = [...engine.book().managedOrders.values()].filter(isOpen).map(choice);
  if (withdrawn.length === 0 && wanted !== ALL && others.length > 0) {
    return { post: notOpenPost(mode, others, wanted), result: 'No such open order' };
  }
  const title =
    withdrawn.length === 0
      ? 'No open orders to cancel'
      : `Cancelling ${withdrawn.length === 1 ? '1 order' : `${withdrawn.length} orders`}`;
  const note = label(asker.name, 80);
  const body = cancelResultLines(withdrawn, broker);
  return { post: { embeds: [embed({ mode, title, body, note })] }, result: title };
}

/** Typed, not chosen from the list: an order's name there is not its id. */
function notOpenPost(mode: Mode, others: readonly Choice[], wanted: string): Post {
  const title = '✗ Nothing was cancelled';
  const body = `No open order is called ${escape(wanted, 60) || 'that'}. Choose from the list while typing. Still open: ${others.map(({ name }) => name).join(', ')}.`;
  return { embeds: [embed({ mode, title, body })] };
}

/** Open orders, newest first, and a choice for all. */
function choices(managedOrders: readonly ManagedOrder[], typed: string): readonly Choice[] {
  const wanted = typed.trim().toLowerCase();
  const open = managedOrders.filter(isOpen).reverse().map(choice);
  const all = { name: `every open order (${open.length})`, value: ALL };
  return [all, ...open].filter(({ name }) => name.toLowerCase().includes(wanted));
}

function isOpen({ state, order }: ManagedOrder): boolean {
  return state !== 'refused' && (order === undefined || !isFinal(order));
}

function choice({ intent }: ManagedOrder): Choice {
  const { side, qty, ticker, clientOrderId } = intent;
  return { name: `${side} ${quantity(qty)} ${ticker}`, value: clientOrderId };
}
