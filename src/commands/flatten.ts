import { ApplicationCommandOptionType } from 'discord.js';
import { escape } from '#bot/format.ts';
import type { Answer, ButtonResult, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { embed } from '#bot/post.ts';
import { CANCEL_FLATTEN, flattenForm, flattenNote, flattenPost } from '#bot/posts/flatten.ts';
import { ticking } from '#bot/posts/instants.ts';
import { unfinished } from '#core/domain/account-state.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { flattenView } from '#core/views/flatten.ts';

const WORD = 'FLATTEN';
const FORM = 'flatten:';

/** Sells everything; the word must be typed to prevent accidents. */
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
        // Part of the form's id, which holds 100 characters.
        max_length: 80,
      },
    ],
  },
  access: COMMAND_ACCESS.flatten,
  audience: 'asker',
  slow: false,
  run: async ({ engine, options }) => ({
    form: {
      id: `${FORM}${String(options.get('reason') ?? '')}`,
      title: 'Sell everything?',
      text: flattenForm(engine.observation(), await engine.unsellable()),
      fields: [
        {
          id: 'word',
          label: `Type ${WORD} (one approver is enough)`,
          placeholder: WORD,
          max: 20,
        },
      ],
    },
  }),
  forms: [{ prefix: FORM, access: 'approver', audience: 'asker', run: confirmed }],
  components: [{ prefix: CANCEL_FLATTEN, access: 'approver', run: takeBack }],
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
  return told(
    context,
    '■ Flatten',
    acceptedWords(outcome.kind === 'accepted' ? outcome.startsAt : undefined),
    reason,
  );
}

/** Everyone sees the rest in the channel. */
function acceptedWords(startsAt: EpochMs | undefined): string {
  const what = 'Everything that Rotor may trade';
  return startsAt === undefined
    ? `${what} is being sold; the message in the channel follows each order to its end.`
    : `${what} is sold in the next trading window, ${ticking(startsAt)}; until then the message in the channel has a button to undo this.`;
}

/** An old button does not cancel a later flatten. */
function takeBack({ engine, asker }: Context, id: string): ButtonResult {
  const isSameDecision = unfinished(engine.book())?.decision.id === id;
  const outcome = isSameDecision ? engine.cancelFlatten(asker.name) : ALREADY_FINISHED;
  if (outcome.kind === 'closed') {
    return { update: undefined, note: escape(outcome.reason, 500), result: outcome.reason };
  }
  const view = flattenView(engine.book(), engine.observation(), id);
  return { update: view && flattenPost(view), note: undefined, result: 'Flatten undone' };
}

const ALREADY_FINISHED = { kind: 'closed', reason: 'This is already over.' } as const;

function told({ engine, asker }: Context, title: string, body: string, reason: string): Answer {
  const { mode } = engine.observation();
  const post = { embeds: [embed({ mode, title, body, note: flattenNote(asker.name, reason) })] };
  return { post, result: title };
}
