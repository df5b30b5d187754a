import { escape } from '#bot/format.ts';
import type { ButtonResult, Component, Context } from '#bot/interactions/command.ts';
import { DEPOSIT } from '#bot/posts/deposits.ts';
import { proposalPost } from '#bot/posts/plan.ts';
import { proposalView } from '#core/views/plan.ts';

/**
 * The buttons below a deposit. Its line is not changed here: the choice is recorded in the journal, and the
 * outbox updates the line.
 */
export const depositComponents: readonly Component[] = [
  { prefix: `${DEPOSIT}now:`, access: 'approver', run: investNow },
  {
    prefix: `${DEPOSIT}later:`,
    access: 'approver',
    run: ({ engine, asker }, id) => {
      const outcome = engine.leaveDeposit(id, asker.name);
      return told(outcome.kind === 'closed' ? outcome.reason : 'The next rebalance invests it.');
    },
  },
];

/** The same plan as /rebalance makes: nothing is sent before it is approved. */
async function investNow({ engine, asker, now }: Context, id: string): Promise<ButtonResult> {
  const proposal = await engine.investDeposit(id, asker);
  if ('reason' in proposal) return told(proposal.reason);
  const view = proposalView(engine.book(), engine.observation(), proposal.id, now.wall);
  if (!view) throw new Error(`proposal ${proposal.id}: expected in the book, found none`);
  const shared = { post: proposalPost(view), subject: `proposal:${proposal.id}` };
  return { update: undefined, note: undefined, shared, result: `plan ${proposal.id}` };
}

function told(text: string): ButtonResult {
  return { update: undefined, note: escape(text, 500), result: text };
}
