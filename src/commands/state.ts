import { ApplicationCommandOptionType } from 'discord.js';
import type { Answer, Command, Context } from '#bot/command.ts';
import { label, plain } from '#bot/format.ts';
import { frame } from '#bot/post.ts';
import type { TradingState } from '#core/domain/entry.ts';

interface Act {
  readonly name: string;
  readonly description: string;
  readonly state: TradingState;
  readonly done: string;
}

/** Commands that set the trading state; each needs a reason, which the desk shows with the name. */
const ACTS: readonly Act[] = [
  {
    name: 'halt',
    description: 'Stop every order at once; positions stay',
    state: 'HALT',
    done: 'Trading is halted. No order leaves until somebody uses /resume.',
  },
  {
    name: 'reduce',
    description: 'Stop buying; sells still go out',
    state: 'REDUCE',
    done: 'Buying is stopped. Sells still go out until somebody uses /resume.',
  },
  {
    name: 'resume',
    description: 'Trade again after a halt, a stop of buying or a limit',
    state: 'RUN',
    done: 'Trading goes on. What is owed is done at the next allowed time.',
  },
];

export const stateCommands: readonly Command[] = ACTS.map((act) => ({
  definition: {
    name: act.name,
    description: act.description,
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'reason',
        description: 'Why, for everybody to read',
        required: true,
        max_length: 200,
      },
    ],
  },
  access: 'operator',
  audience: 'channel',
  slow: false,
  run: (context) => set(act, context),
}));

function set(act: Act, { engine, asker, options }: Context): Answer {
  const reason = String(options.get('reason') ?? '');
  const outcome = engine.setState(act.state, asker.name, reason);
  const { mode } = engine.observation();
  const refused = outcome.kind === 'closed';
  return {
    post: {
      embeds: [
        frame({
          mode,
          title: refused ? '✗ Refused' : `● ${act.state}`,
          body: refused ? plain(outcome.reason, 500) : act.done,
          note: `${label(asker.name, 80)}: ${label(reason, 200)}`,
        }),
      ],
    },
  };
}
