/** The card of a rebalance before it trades. */
import {
  type APIActionRowComponent,
  type APIButtonComponent,
  type APIEmbedField,
  ButtonStyle,
  ComponentType,
} from 'discord.js';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { AnnouncementView, PlanChange } from '#core/views/announcement.ts';
import { dayOf, escape, instantOf, label, lines, money, quantity } from '../format.ts';
import { withRoles } from '../interactions/command-access.ts';
import { embed, field, type Post } from '../post.ts';
import { gainRemarks } from './gains.ts';
import { ticking } from './instants.ts';
import { planBody, sumsLine } from './plan.ts';
import { modelVotes, trimLines, unchangedLines, why } from './reasons.ts';

/** Custom ids of its buttons: `announced:delay:<rebalance id>:<session>`. */
export const ANNOUNCED = 'announced:';

/** Orders are sent from 09:35 in New York. */
const FIRST_ORDERS = 9 * 60 + 35;

/** The plan as of now, what happens without an answer, and who may answer. */
export function announcementPost(view: AnnouncementView): Post {
  const { plan, session } = view;
  return {
    embeds: [
      embed({
        mode: plan.mode,
        title: `${titleOf(view)} · ${dayOf(session)}`,
        body: [heldBack(view) ?? outcomeOf(view), ...planLines(view)].join('\n'),
        fields: fields(view),
        note: `${label(view.id, 60)} · as of ${instantOf(view.at)}`,
      }),
    ],
    components: buttonsOf(view),
  };
}

/** Why the rebalance is planned, for the person who pressed the button. */
export function announcementWhyPost({ plan }: AnnouncementView): Post {
  const trims = trimLines(plan.trims);
  const unchanged = unchangedLines(plan);
  return {
    embeds: [
      embed({
        mode: plan.mode,
        title: 'Why this rebalance',
        body: lines([...why(plan).split('; '), ...modelVotes(plan.votes)], 2000),
        fields: [
          ...(trims.length > 0 ? [field('Trimmed by risk', lines(trims, 900), false)] : []),
          ...(unchanged.length > 0 ? [field('Unchanged', lines(unchanged, 900), false)] : []),
        ],
      }),
    ],
  };
}

/** Without orders there is nothing to answer, and no button. */
function hasRows({ plan }: AnnouncementView): boolean {
  return plan.rows.length > 0;
}

function idle({ needsApproval, plan }: AnnouncementView, opens: string): string {
  const now = plan.refusal === undefined ? 'No trades needed now' : 'Nothing is traded as of now';
  const then = needsApproval ? 'wait for an approver' : 'are sent';
  return `**${now}.** It is recalculated ${opens}; orders that are needed then ${then}.`;
}

function titleOf(view: AnnouncementView): string {
  const { state } = view;
  const needsApproval = view.needsApproval && hasRows(view);
  if (state === 'waiting') return needsApproval ? 'Rebalance needs approval' : 'Rebalance planned';
  return {
    confirmed: 'Rebalance confirmed',
    delayed: 'Rebalance delayed',
    skipped: 'Rebalance skipped',
    over: 'Rebalance not run',
  }[state];
}

function outcomeOf(view: AnnouncementView): string {
  const { session, state, needsApproval, until, delays } = view;
  const by = escape(view.by ?? 'nobody', 60);
  const opens = ticking(newYorkInstant(session, FIRST_ORDERS));
  switch (state) {
    case 'waiting':
      if (!hasRows(view)) return idle(view, opens);
      return needsApproval
        ? `**Nothing runs until an approver confirms it.** Orders can be sent ${opens}.`
        : `**Runs automatically ${opens}** unless an approver delays or skips it. Sizes are recalculated at the prices then.`;
    case 'confirmed':
      return `**Confirmed by ${by}.** Runs ${opens}.`;
    case 'delayed':
      return `**Delayed by ${by}** to ${until === undefined ? 'the next session' : dayOf(until)} (${delays} of 3).`;
    case 'skipped':
      return `**Skipped by ${by}.** The next scheduled rebalance follows as usual.`;
    case 'over':
      return `It did not run on ${dayOf(session)}.`;
    default:
      return state satisfies never;
  }
}

/** Returns undefined when it is over, or nothing blocks it. */
function heldBack({ state, blocked }: AnnouncementView): string | undefined {
  if (blocked === undefined || (state !== 'waiting' && state !== 'confirmed')) return undefined;
  return blocked === 'halted'
    ? `**Trading is halted:** it does not run until ${withRoles('/resume')}.`
    : `**Automatic rebalances are paused:** it does not run until ${withRoles('/resume')}.`;
}

function planLines(view: AnnouncementView): readonly string[] {
  const { plan, estimate } = view;
  if (!hasRows(view)) return plan.refusal === undefined ? [] : [planBody(plan)];
  const cost = `estimated cost ${money(estimate.cost)} (${estimate.bps.toFixed(1)} bps)`;
  return [planBody(plan), `${sumsLine(plan)}, ${cost}`];
}

function fields(view: AnnouncementView): readonly APIEmbedField[] {
  const { plan } = view;
  const changed = changeLines(view);
  const { gains } = plan;
  const gain =
    gains &&
    lines(
      [`short term ${money(gains.short)}`, `long term ${money(gains.long)}`, ...gainRemarks(gains)],
      500,
    );
  return [
    ...(gain === undefined ? [] : [field('Realised gain, estimated', gain)]),
    ...(changed.length > 0
      ? [field('Changed since the last plan', lines(changed, 700), false)]
      : []),
    field('Why', why(plan), false),
  ];
}

function changeLines({ changes, newCloses }: AnnouncementView): readonly string[] {
  if (!changes) return [];
  if (changes.length === 0) return ['Nothing.'];
  const reason = newCloses
    ? 'New closing prices have arrived since.'
    : 'Prices or holdings have changed since; the ranking is the same.';
  return [reason, ...changes.map(changeLine)];
}

function changeLine({ ticker, before, now }: PlanChange): string {
  return `${ticker}: ${orderWord(before)}, now ${orderWord(now)}`;
}

function orderWord(shares: PlanChange['now']): string {
  if (shares === 0) return 'no order';
  const size = quantity((shares < 0 ? -shares : shares) as PlanChange['now']);
  return `${shares < 0 ? 'sell' : 'buy'} ${size}`;
}

function buttonsOf(view: AnnouncementView): readonly APIActionRowComponent<APIButtonComponent>[] {
  const { id, session, state, mayDelay, maySkip } = view;
  const isOpen = state === 'waiting' || state === 'confirmed';
  if (!isOpen || !hasRows(view)) return [];
  const on = `${id}:${session}`;
  const button = (style: ButtonStyle.Primary | ButtonStyle.Secondary, text: string, name: string) =>
    ({
      type: ComponentType.Button,
      style,
      label: text,
      custom_id: `${ANNOUNCED}${name}:${on}`,
    }) as const;
  return [
    {
      type: ComponentType.ActionRow,
      components: [
        ...(state === 'waiting' && view.blocked === undefined
          ? [button(ButtonStyle.Primary, 'Run at the open', 'run')]
          : []),
        ...(mayDelay ? [button(ButtonStyle.Secondary, 'Delay a day', 'delay')] : []),
        ...(maySkip ? [button(ButtonStyle.Secondary, skipWord(view), 'skip')] : []),
        button(ButtonStyle.Secondary, 'Why?', 'why'),
      ],
    },
  ];
}

function skipWord({ plan: { cause } }: AnnouncementView): string {
  if (cause === 'monthly') return 'Skip this month';
  return cause === 'weekly' ? 'Skip this week' : 'Skip this one';
}
