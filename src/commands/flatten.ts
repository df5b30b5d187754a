import { ApplicationCommandOptionType, ButtonStyle, ComponentType } from 'discord.js';
import { escape, instantOf, label, lines, money, price, quantity } from '#bot/format.ts';
import type { Answer, ButtonResult, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS, withRoles } from '#bot/interactions/command-access.ts';
import { embed, type Post } from '#bot/post.ts';
import { ticking } from '#bot/posts/instants.ts';
import { unfinished } from '#core/domain/account-state.ts';
import type { EpochMs } from '#core/domain/units.ts';

const WORD = 'FLATTEN';
const FORM = 'flatten:';
/** Prefix of the button that takes a waiting flatten back; its decision's id follows. */
const TAKE_BACK = 'flatten-back:';

/** Sells everything; the word has to be typed, because nobody types it by mistake. */
export const flatten: Command = {
  definition: {
    name: 'flatten',
    description: 'Sell every position that Rotor may trade, and buy nothing; asks for a typed word',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'reason',
        description: 'Why, for everybody to read',
        required: true,
        // Comes back in the form's id, which holds 100 characters.
        max_length: 80,
      },
    ],
  },
  access: COMMAND_ACCESS.flatten,
  audience: 'channel',
  slow: false,
  run: ({ engine, options }) => {
    const held = engine.observation().positions.length;
    return {
      form: {
        id: `${FORM}${String(options.get('reason') ?? '')}`,
        title: held === 1 ? 'Sell 1 position?' : `Sell ${held} positions?`,
        fields: [
          {
            id: 'word',
            label: `Type ${WORD} (one approver is enough)`,
            placeholder: WORD,
            max: 20,
          },
        ],
      },
    };
  },
  forms: [{ prefix: FORM, access: 'approver', audience: 'channel', run: confirmed }],
  components: [{ prefix: TAKE_BACK, access: 'approver', run: takeBack }],
};

async function confirmed(context: Context, reason: string): Promise<Answer> {
  const { engine, asker, options } = context;
  const typed = String(options.get('word') ?? '').trim();
  if (typed !== WORD) {
    const body = `The word was ${escape(typed, 40) || 'missing'}, not ${WORD}. Nothing was sold.`;
    return told(context, '✗ Not flattened', body, reason);
  }
  const outcome = await engine.flatten(asker.name, reason);
  if (outcome.kind === 'closed') {
    return told(context, '✗ Not flattened', escape(outcome.reason, 500), reason);
  }
  const startsAt = outcome.kind === 'accepted' ? outcome.startsAt : undefined;
  const id = unfinished(engine.book())?.decision.id;
  const buttons = startsAt === undefined || id === undefined ? [] : [takeBackButton(id)];
  const body = `${flattenWords(startsAt)}${soldLines(engine)}`;
  return told(context, '■ Flatten', body, reason, buttons);
}

/** When the sells leave, and what ends it. */
function flattenWords(startsAt: EpochMs | undefined): string {
  const when =
    startsAt === undefined
      ? 'Everything that Rotor may trade is sold now; each order has a line in the thread. '
      : `Everything that Rotor may trade is sold in the next trading window, at ${instantOf(startsAt)} ` +
        `(${ticking(startsAt)}). Until then you can undo this. `;
  return `${when}${withRoles('Nothing is bought until /resume is used.')}`;
}

/** What is to be sold, of which only the fills count as sold; and what is not Rotor's to sell. */
function soldLines(engine: Context['engine']): string {
  const plan = unfinished(engine.book())?.decision.plan;
  if (!plan) return '';
  const orders = plan.orders.map(({ ticker, qty, priceAtDecision, estimated }) => {
    return `${ticker} ${quantity(qty)} at about $${price(priceAtDecision)}, ${money(estimated)}`;
  });
  const others = engine.observation().positions.filter(({ ticker }) => {
    return !plan.orders.some((order) => order.ticker === ticker);
  });
  const kept = others.map(({ ticker, qty }) => `${ticker} ${quantity(qty)}`).join(', ');
  const rest = kept === '' ? [] : [`Not Rotor’s to sell: ${escape(kept, 300)}`];
  return `\n${lines([...orders, ...rest], 1500)}`;
}

/** An old button does not take back a later flatten. */
function takeBack({ engine, asker }: Context, id: string): ButtonResult {
  const isIt = unfinished(engine.book())?.decision.id === id;
  const outcome = isIt ? engine.takeBackFlatten(asker.name) : OVER;
  if (outcome.kind === 'closed') {
    return { update: undefined, note: escape(outcome.reason, 500), result: outcome.reason };
  }
  const { mode } = engine.observation();
  const title = '● Flatten undone';
  const body = `Nothing is sold. ${withRoles('Nothing is bought either until /resume is used.')}`;
  const post = { embeds: [embed({ mode, title, body, note: label(asker.name, 80) })] };
  return { update: { ...post, components: [] }, note: undefined, result: title };
}

const OVER = { kind: 'closed', reason: 'This is already over.' } as const;

function takeBackButton(id: string): NonNullable<Post['components']>[number] {
  const button = {
    type: ComponentType.Button as const,
    style: ButtonStyle.Danger as const,
    label: 'Undo',
    custom_id: `${TAKE_BACK}${id}`,
  };
  return { type: ComponentType.ActionRow, components: [button] };
}

function told(
  { engine, asker }: Context,
  title: string,
  body: string,
  reason: string,
  components: Post['components'] = [],
): Answer {
  const { mode } = engine.observation();
  const note = `${label(asker.name, 80)}: ${label(reason, 200)}`;
  const post = { embeds: [embed({ mode, title, body, note })], components };
  return { post, result: title };
}
