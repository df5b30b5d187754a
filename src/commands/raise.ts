import { ApplicationCommandOptionType } from 'discord.js';
import type { Answer, ButtonResult, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { notice } from '#bot/post.ts';
import { proposalPost } from '#bot/posts/plan.ts';
import { RELEASE, raisedPost } from '#bot/posts/raised.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { cents, type EpochMs, type SessionDate, sessionDate } from '#core/domain/units.ts';
import { proposalView } from '#core/views/plan.ts';
import { readAs } from './read-as.ts';

/**
 * Raises cash by a plan of sells that is approved like any other; without an amount, shows the cash set
 * aside.
 */
export const raise: Command = {
  definition: {
    name: 'raise',
    description: 'Plan sells that raise cash; without an amount: the cash that is kept',
    options: [
      {
        type: ApplicationCommandOptionType.Number,
        name: 'amount',
        description: 'How much cash, in dollars',
        min_value: 1,
        max_value: 1_000_000_000,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'by',
        description: 'The day it is needed by, such as 2026-12-15',
        max_length: 10,
      },
    ],
  },
  access: COMMAND_ACCESS.raise,
  audience: 'channel',
  slow: true,
  run: plan,
  components: [{ prefix: RELEASE, access: 'approver', run: release }],
};

async function plan(context: Context): Promise<Answer> {
  const { engine, asker, options, now } = context;
  const typed = options.get('amount');
  if (typed === undefined) return kept(context);
  if (!(Number(typed) > 0)) return { post: notice('The amount must be more than 0 dollars.') };
  const amount = cents(Math.round(Number(typed) * 100));
  const day = options.get('by');
  const neededBy = day === undefined ? undefined : dayFrom(String(day), now.market);
  if (day !== undefined && neededBy === undefined) {
    return { post: notice('Write the day as 2026-12-15; it must not be in the past.') };
  }
  const proposal = await engine.raise({ amount, neededBy }, asker);
  const view = proposalView(engine.book(), engine.observation(), proposal.id, now.wall);
  if (!view) throw new Error(`proposal ${proposal.id}: expected in the book, found none`);
  return { post: proposalPost(view), subject: `proposal:${proposal.id}` };
}

function dayFrom(text: string, now: EpochMs): SessionDate | undefined {
  const day = readAs(sessionDate, text);
  return day !== undefined && day >= newYorkDate(now) ? day : undefined;
}

function kept({ engine, asker, now }: Context): Answer {
  const post = raisedPost(engine.book().raised, engine.observation().mode);
  return { post, subject: `raised:${asker.id}:${now.wall}` };
}

function release({ engine, asker }: Context): ButtonResult {
  const outcome = engine.releaseCash(asker.name);
  if (outcome.kind === 'closed') {
    return { update: undefined, note: outcome.reason, result: outcome.reason };
  }
  const post = raisedPost(engine.book().raised, engine.observation().mode);
  return { update: post, note: 'Released: the next rebalance invests it.', result: 'released' };
}
