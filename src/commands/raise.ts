import { ApplicationCommandOptionType, ButtonStyle, ComponentType } from 'discord.js';
import { escape, label, money } from '#bot/format.ts';
import type { Answer, ButtonResult, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { embed, notice, type Post } from '#bot/post.ts';
import { proposalPost } from '#bot/posts/plan.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { raisedTotal } from '#core/domain/raised-cash.ts';
import { cents, type EpochMs, type SessionDate, sessionDate } from '#core/domain/units.ts';
import { proposalView } from '#core/views/plan.ts';

/** Of the button that lets raised cash be invested again. */
const RELEASE = 'raise:release';

/** Cash by a plan of sells that is approved like any other; without an amount, what is kept. */
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

async function plan({ engine, asker, options, now }: Context): Promise<Answer> {
  const typed = options.get('amount');
  if (typed === undefined) return kept(engine);
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
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text));
  return isDay && text >= newYorkDate(now) ? sessionDate(text) : undefined;
}

function kept(engine: Context['engine']): Answer {
  const { raised } = engine.book();
  const { mode } = engine.observation();
  const lines = [...raised.values()].map(({ amount, neededBy, by }) => {
    const when = neededBy === undefined ? '' : ` for ${neededBy}`;
    return `${money(amount)}${when}, approved by ${escape(by, 60)}`;
  });
  const body = lines.length === 0 ? 'No raised cash is kept.' : lines.join('\n');
  const title = `Raised cash · ${money(raisedTotal(raised))}`;
  const post = embed({ mode, title, body, note: 'kept until it is withdrawn or released' });
  return { post: { embeds: [post], components: lines.length === 0 ? [] : [releaseButton] } };
}

function release({ engine, asker }: Context): ButtonResult {
  const outcome = engine.releaseCash(asker.name);
  if (outcome.kind === 'closed') {
    return { update: undefined, note: outcome.reason, result: outcome.reason };
  }
  const { mode } = engine.observation();
  const title = '● Raised cash released';
  const body = 'The next rebalance invests it.';
  const post = { embeds: [embed({ mode, title, body, note: label(asker.name, 80) })] };
  return { update: { ...post, components: [] }, note: undefined, result: title };
}

const releaseButton: NonNullable<Post['components']>[number] = {
  type: ComponentType.ActionRow,
  components: [
    {
      type: ComponentType.Button as const,
      style: ButtonStyle.Danger as const,
      label: 'Release',
      custom_id: RELEASE,
    },
  ],
};
