import { ApplicationCommandOptionType } from 'discord.js';
import { escape, label } from '#bot/format.ts';
import type { Answer, Command, Context } from '#bot/interactions/command.ts';
import { embed } from '#bot/post.ts';

const WORD = 'FLATTEN';
const FORM = 'flatten:';

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
  access: 'approver',
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
  const body =
    'Everything that Rotor may trade is sold now; each order has a line in the thread. ' +
    'Nothing is bought until somebody uses /resume.';
  return told(context, '■ Flatten', body, reason);
}

function told({ engine, asker }: Context, title: string, body: string, reason: string): Answer {
  const { mode } = engine.observation();
  const note = `${label(asker.name, 80)}: ${label(reason, 200)}`;
  return { post: { embeds: [embed({ mode, title, body, note })] }, result: title };
}
