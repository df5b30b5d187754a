import { ApplicationCommandOptionType } from 'discord.js';
import { escape, label } from '#bot/format.ts';
import type { Answer, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS, withRoles } from '#bot/interactions/command-access.ts';
import { embed } from '#bot/post.ts';
import { cancelResultLines } from '#bot/posts/cancel-results.ts';

interface Act {
  readonly name: 'pause' | 'reduce' | 'halt' | 'resume';
  readonly description: string;
  /** Stops something: runs before any request to Discord. */
  readonly stops: boolean;
  readonly accessIn?: Command['accessIn'];
  readonly run: (context: Context, reason: string) => Promise<Done> | Done;
}

interface Done {
  readonly title: string;
  readonly body: string;
}

/** Commands that change the trading state; each needs a reason, which is shown with the person's name. */
const ACTS: readonly Act[] = [
  {
    name: 'pause',
    description: 'Stop automatic rebalances; a running one finishes',
    stops: true,
    run: ({ engine, asker }, reason) => {
      engine.pause(asker.name, reason);
      return {
        title: '▲ Paused',
        body: withRoles(
          'No rebalance starts automatically until /resume is used. An overdue rebalance waits.',
        ),
      };
    },
  },
  {
    name: 'reduce',
    description: 'Stop buying; sells are still sent',
    stops: true,
    // A halt stops sells as well: ending it for them is an approver's.
    accessIn: (state) => (state === 'HALT' ? COMMAND_ACCESS.resume : COMMAND_ACCESS.reduce),
    run: (context, reason) =>
      set(
        context,
        'REDUCE',
        reason,
        withRoles('Buying is stopped until /resume is used; sells are still sent.'),
      ),
  },
  {
    name: 'halt',
    description: 'Stop every order at once and cancel open ones; positions stay',
    stops: true,
    run: async ({ engine, asker }, reason) => {
      const withdrawn = await engine.halt(asker.name, reason);
      const orders = cancelResultLines(withdrawn, engine.observation().broker);
      const body = `${withRoles('No orders will be sent until /resume is used.')}\n${orders}`;
      return { title: '■ HALT', body };
    },
  },
  {
    name: 'resume',
    description: 'Trade again after a halt, a pause, a stop of buying or a limit',
    stops: false,
    run: (context, reason) =>
      set(
        context,
        'RUN',
        reason,
        'Trading resumed. Any overdue rebalance runs at the next trading window, or waits for an approver.',
      ),
  },
];

/** `/pause`, `/reduce`, `/halt` and `/resume`. */
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
  access: COMMAND_ACCESS[act.name],
  ...(act.accessIn && { accessIn: act.accessIn }),
  audience: 'asker',
  slow: true,
  stops: act.stops,
  run: (context) => answer(act, context),
}));

async function answer(act: Act, context: Context): Promise<Answer> {
  const { engine, asker, options } = context;
  const reason = String(options.get('reason') ?? '');
  const { title, body } = await act.run(context, reason);
  const { mode } = engine.observation();
  const note = `${label(asker.name, 80)}: ${label(reason, 200)}`;
  return { post: { embeds: [embed({ mode, title, body, note })] }, result: title };
}

function set(
  { engine, asker }: Context,
  state: 'RUN' | 'REDUCE',
  reason: string,
  done: string,
): Done {
  const outcome = engine.setState(state, asker.name, reason);
  return outcome.kind === 'closed'
    ? { title: '✗ Refused', body: escape(outcome.reason, 500) }
    : { title: `${state === 'RUN' ? '●' : '▲'} ${state}`, body: done };
}
