import type { APIButtonComponent, APIEmbedField } from 'discord.js';
import { ButtonStyle, ComponentType } from 'discord.js';
import type { Gains } from '#core/domain/tax/gains.ts';
import type { PlanView, ProposalView } from '#core/views/plan.ts';
import {
  block,
  dayOf,
  escape,
  label,
  lines,
  money,
  percent,
  quantity,
  roughMoney,
  row,
  timeOf,
  wallTime,
} from '../format.ts';
import { withRoles } from '../interactions/command-access.ts';
import { embed, field, type Post } from '../post.ts';
import { type ButtonRows, rowsOf } from './ask-buttons.ts';
import { gainRemarks } from './gains.ts';
import { modelVotes, trimLines, unchangedLines, why } from './reasons.ts';

/** Custom ids of the two buttons: `rebalance:approve:<proposal id>`. */
export const PLAN_BUTTONS = 'rebalance:';

/** A plan that needs approval, or its outcome. Buttons only while it can be approved. */
export function proposalPost(view: ProposalView): Post {
  const { plan } = view;
  return {
    embeds: [
      embed({
        mode: plan.mode,
        title: `${titleOf(view)} · ${label(plan.id, 100)}`,
        body: proposalBody(view),
        fields: [...remarksField(view), ...planFields(plan)],
        note: `requested by ${label(view.requestedBy)}`,
      }),
    ],
    components: view.state === 'waiting' && plan.refusal === undefined ? buttons(view) : [],
  };
}

function proposalBody(view: ProposalView): string {
  const { plan } = view;
  if (plan.refusal !== undefined) return planBody(plan);
  return isIdle(view)
    ? 'No trades needed, and nothing to approve: the portfolio is already on target.'
    : `${outcome(view)}\n${bodyOf(plan)}`;
}

/** Nothing to do, so nothing waits and nothing expires. */
function isIdle({ blocked, state }: ProposalView): boolean {
  return blocked === 'nothing to do' && (state === 'waiting' || state === 'expired');
}

function remarksField({ state, remarks }: ProposalView): readonly APIEmbedField[] {
  if (state !== 'waiting' || remarks.length === 0) return [];
  const told = remarks.map((remark) => escape(remark, 300));
  return [field('Before you approve', lines(told, 900), false)];
}

/** The same plan without buttons: what a rebalance would do now. */
export function previewPost(plan: PlanView): Post {
  const body = `Preview only: no orders, nothing to approve.\n${bodyOf(plan)}`;
  return {
    embeds: [embed({ mode: plan.mode, title: 'Preview', body, fields: planFields(plan) })],
  };
}

/** The trades in rows of 32 columns, then in dollars. */
export function planBody(plan: PlanView): string {
  if (plan.refusal !== undefined) return `Risk refused the target: ${escape(plan.refusal)}`;
  if (plan.rows.length === 0) return 'No trades needed: the portfolio is already on target.';
  const head = row([
    ['', 4, 'left'],
    ['', 5, 'left'],
    ['SHARES', 9, 'right'],
    ['FROM', 5, 'right'],
    ['TO', 5, 'right'],
  ]);
  return block([head, ...plan.rows.map(planRow)], 2000);
}

function planRow({ side, ticker, qty, fromWeight, toWeight }: PlanView['rows'][number]): string {
  return row([
    [side, 4, 'left'],
    [ticker, 5, 'left'],
    [quantity(qty), 9, 'right'],
    [weight(fromWeight), 5, 'right'],
    [weight(toWeight), 5, 'right'],
  ]);
}

function weight(share: number | undefined): string {
  return share === undefined ? '?' : percent(share, 0, 'plain');
}

/** In one line: as inline fields a phone would use two lines for each. */
export function sumsLine({ bought, sold, turnover }: PlanView): string {
  const part = percent(turnover, 1, 'plain');
  return `**Sell** ${roughMoney(sold)}, **buy** ${roughMoney(bought)}, turnover ${part}`;
}

function bodyOf(plan: PlanView): string {
  const rows = planBody(plan);
  return plan.rows.length === 0 || plan.refusal !== undefined ? rows : `${rows}\n${sumsLine(plan)}`;
}

function planFields(plan: PlanView): readonly APIEmbedField[] {
  const dollars = plan.rows.map(({ side, ticker, value }) => `${side} ${ticker} ${money(value)}`);
  const trims = trimLines(plan.trims);
  const unchanged = unchangedLines(plan);
  return [
    field('Why', lines([why(plan), ...modelVotes(plan.votes)], 1000), false),
    ...(dollars.length > 0 ? [field('Approximate dollars', lines(dollars, 700), false)] : []),
    ...(plan.gains ? [field('Realised gain, estimated', gainLines(plan.gains), false)] : []),
    ...(trims.length > 0 ? [field('Trimmed by risk', lines(trims, 700), false)] : []),
    ...(unchanged.length > 0 ? [field('Unchanged', lines(unchanged, 700), false)] : []),
  ];
}

/** First in, first out, at the prices of the plan. */
function gainLines(gains: Gains): string {
  const sums = `short term ${money(gains.short)}, long term ${money(gains.long)}`;
  return lines([sums, ...gainRemarks(gains), '-# An estimate, not tax advice.'], 700);
}

function titleOf(view: ProposalView): string {
  if (isIdle(view)) return 'Plan';
  return {
    waiting: 'Plan',
    approved: 'Approved plan',
    rejected: 'Rejected plan',
    expired: 'Expired plan',
    replaced: 'Replaced plan',
  }[view.state];
}

function outcome(view: ProposalView): string {
  const at = view.answeredAt === undefined ? '' : ` at ${timeOf(view.answeredAt)}`;
  const by = escape(view.answeredBy ?? 'nobody', 60);
  switch (view.state) {
    case 'waiting':
      return `${waits(view)}${deadline(view)}${needs(view)}`;
    case 'approved':
      return `**Approved by ${[...first(view), by].join(' and ')}${at}.** ${view.plan.rows.length > 0 ? 'Its orders are in a separate message.' : 'No order was needed.'}`;
    case 'rejected':
      return `**Rejected by ${by}${at}.** Nothing was sent.`;
    case 'expired':
      if (view.madeOn !== undefined) {
        return `**Expired: it was made on ${dayOf(view.madeOn)}.** Nothing was sent; ask for a new plan.`;
      }
      return `**Expired ${wallTime(view.expiresAt)}.** Nothing was sent; ask for a new plan.`;
    case 'replaced':
      return '**Prices have moved.** A new plan replaces this one; nothing was sent.';
    default:
      return view.state satisfies never;
  }
}

/** Who has approved already, where two approvals are needed. */
function first({ approvals }: ProposalView): readonly string[] {
  return approvals.map(({ by }) => escape(by, 60));
}

function deadline({ blocked, expiresAt }: ProposalView): string {
  return blocked === 'outdated' ? '' : ` It waits until ${wallTime(expiresAt)}.`;
}

function needs(view: ProposalView): string {
  if (view.approvers < 2) return '';
  const names = first(view);
  return names.length === 0
    ? '\n**Two people must approve it.**'
    : `\n**Approved by ${names.join(' and ')}.** One more person must approve it.`;
}

/** The amount to raise, from how much, and what happens with it. */
export function raiseWords(
  { amount, neededBy }: NonNullable<ProposalView['raise']>,
  { sold }: Pick<PlanView, 'sold'>,
): string {
  const when = neededBy === undefined ? '' : `, needed by ${dayOf(neededBy)}`;
  const from = sold > 0 ? `by selling about ${roughMoney(sold)}` : 'the cash is already there';
  const short =
    'Once approved, the cash is kept: no rebalance spends it until it is withdrawn or released.';
  return `**Raises ${money(amount)}**${when}; ${from}. ${short}`;
}

function waits({ plan, raise, blocked }: ProposalView): string {
  if (blocked === 'outdated') {
    return '**Another rebalance has run since:** nobody can approve this; ask for a new plan.';
  }
  if (blocked !== undefined) {
    return `**Trading is ${blocked}:** nobody can approve this until ${withRoles('/resume')}.`;
  }
  if (raise) return raiseWords(raise, plan);
  return plan.rows.length > 0
    ? 'Nothing is sent yet.'
    : 'No trades needed. Approving marks the missed rebalance as done.';
}

function buttons({ id, blocked }: ProposalView): ButtonRows {
  if (blocked === 'nothing to do' || blocked === 'outdated') return [];
  const approve = button(ButtonStyle.Success, 'Approve', `${PLAN_BUTTONS}approve:${id}`);
  const reject = button(ButtonStyle.Secondary, 'Reject', `${PLAN_BUTTONS}reject:${id}`);
  return rowsOf(blocked === undefined ? [approve, reject] : [reject]);
}

function button(
  style: ButtonStyle.Success | ButtonStyle.Secondary,
  label: string,
  customId: string,
): APIButtonComponent {
  return { type: ComponentType.Button, style, label, custom_id: customId };
}
