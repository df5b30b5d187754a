/** A proposal to let a model trade or to stop it: what is known about the model, and two buttons. */
import { type APIButtonComponent, ButtonStyle, ComponentType } from 'discord.js';
import type { Mode } from '#core/domain/account.ts';
import type { RoleProposalState } from '#core/domain/model-role.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { escape, label, lines, wallTime } from '../format.ts';
import { embed, field, type Post } from '../post.ts';
import { rowsOf } from './ask-buttons.ts';

/** Custom ids of the two buttons: `shadow:approve:<proposal id>`. */
export const SHADOW_BUTTONS = 'shadow:';

/** The proposal as of that instant of the wall clock. */
export function rolePost(known: RoleProposalState, now: EpochMs, mode: Mode): Post {
  const { proposal } = known;
  const { model, role, budget, hashes, budgets, evidence, requestedBy, id } = proposal;
  const what =
    role === 'shadow'
      ? `${named(model)} would only decide in the shadow: none of it is traded.`
      : `${named(model)} would trade with a budget of ${budget}.`;
  const isOpen = known.answer === undefined && now < proposal.expiresAt;
  const post = embed({
    mode,
    title: `${headOf(known, isOpen)} · ${named(model)} ${role === 'shadow' ? 'into the shadow' : 'trades'}`,
    body: lines([what, stateOf(known, now)], 1_500),
    fields: [
      field(
        'Budgets then',
        lines(
          budgets.map(([name, of]) => `${named(name)} ${of}`),
          900,
        ),
        false,
      ),
      field(
        'Known now',
        lines(
          evidence.map((each) => escape(each, 300)),
          1_000,
        ),
        false,
      ),
      field(
        'Fingerprint of models, limits and rules',
        `${named(hashes.now.slice(0, 12))} → ${named(hashes.after.slice(0, 12))}`,
        false,
      ),
    ],
    note: `asked for by ${label(requestedBy, 60)}`,
  });
  const approve = button(ButtonStyle.Success, 'Approve', `${SHADOW_BUTTONS}approve:${id}`);
  const reject = button(ButtonStyle.Secondary, 'Reject', `${SHADOW_BUTTONS}reject:${id}`);
  return { embeds: [post], components: isOpen ? rowsOf([approve, reject]) : [] };
}

function headOf({ answer }: RoleProposalState, isOpen: boolean): string {
  if (isOpen) return 'Proposal';
  return { approved: '✓ Approved', rejected: 'Rejected', expired: 'Expired' }[answer ?? 'expired'];
}

function named(text: string): string {
  return escape(text, 60);
}

function stateOf({ proposal, approvals, answer, answeredBy }: RoleProposalState, now: EpochMs) {
  if (answer === 'approved') {
    return `**Approved by ${escape(answeredBy ?? 'nobody', 120)}.** It takes effect at the next rebalance.`;
  }
  if (answer === 'rejected')
    return `**Rejected by ${escape(answeredBy ?? 'nobody', 60)}.** Nothing changes.`;
  if (now >= proposal.expiresAt) return '**Expired.** Nothing changes; ask again.';
  const [first] = approvals;
  const who = first
    ? `**Approved by ${escape(first.by, 60)}.** One more person must approve it.`
    : `${proposal.approvers === 2 ? 'Two people' : 'An approver'} must approve it.`;
  return `${who} It waits until ${wallTime(proposal.expiresAt)}.`;
}

function button(
  style: ButtonStyle.Success | ButtonStyle.Secondary,
  text: string,
  customId: string,
): APIButtonComponent {
  return { type: ComponentType.Button, style, label: text, custom_id: customId };
}
