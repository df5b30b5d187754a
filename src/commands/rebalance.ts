import { escape } from '#bot/format.ts';
import type { Answer, ButtonResult, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { noDecisionPost } from '#bot/posts/alert.ts';
import { PLAN_BUTTONS, proposalPost } from '#bot/posts/plan.ts';
import type { Engine } from '#core/engine/engine.ts';
import { latestPlanId, proposalView } from '#core/views/plan.ts';
import { announcementComponents } from './announcement-buttons.ts';
import { depositComponents } from './deposit-buttons.ts';

/**
 * A plan with two buttons. Nothing is sent before an approver accepts it, and the engine, not the button,
 * decides whether an answer still counts.
 */
export const rebalance: Command = {
  definition: {
    name: 'rebalance',
    description: 'Show the plan to rebalance now; a button carries it out',
  },
  access: COMMAND_ACCESS.rebalance,
  audience: 'channel',
  slow: true,
  run: propose,
  components: [
    ...announcementComponents,
    ...depositComponents,
    {
      prefix: `${PLAN_BUTTONS}approve:`,
      access: 'approver',
      run: (context, id) => answer(context, id, 'approved'),
    },
    {
      prefix: `${PLAN_BUTTONS}reject:`,
      access: 'operator',
      run: (context, id) => answer(context, id, 'rejected'),
    },
  ],
};

async function propose({ engine, asker, now }: Context): Promise<Answer> {
  const outcome = await engine.propose(asker);
  const { mode } = engine.observation();
  if ('reason' in outcome) {
    return {
      post: noDecisionPost(outcome, 'requested by a person', now.market, mode),
    };
  }
  const view = proposalView(engine.book(), engine.observation(), outcome.id, now.wall);
  if (!view) throw new Error(`proposal ${outcome.id}: expected in the book, found none`);
  return { post: proposalPost(view), subject: `proposal:${outcome.id}` };
}

async function answer(
  context: Context,
  id: string,
  given: 'approved' | 'rejected',
): Promise<ButtonResult> {
  const { engine, asker, now } = context;
  const former = given === 'approved' ? await formerApprover(context, id) : undefined;
  if (former !== undefined) {
    const note = `${escape(former, 100)} approved this plan and is no approver any more: make a new one.`;
    return { update: undefined, note, subject: `proposal:${id}` };
  }
  const outcome = await engine.answer(id, given, asker);
  // A press of the old plan's button must not take away the card of the plan that replaced it.
  const shown = latestPlanId(engine.book(), id);
  const view = proposalView(engine.book(), engine.observation(), shown, now.wall);
  return {
    // The card of a rebalance that has begun belongs to the outbox.
    update: view && !engine.book().rebalances.has(shown) ? proposalPost(view) : undefined,
    note: noteOf(outcome),
    subject: `proposal:${shown}`,
    result: outcome.kind === 'closed' ? outcome.reason : `${given} ${id}: ${outcome.kind}`,
  };
}

/** The name of a person who approved the plan and has lost the role since. */
async function formerApprover(
  { engine, hasLost }: Pick<Context, 'engine' | 'hasLost'>,
  id: string,
): Promise<string | undefined> {
  for (const { by, byId } of engine.book().proposals.get(id)?.approvals ?? []) {
    if (await hasLost?.(byId, 'approver')) return by;
  }
  return undefined;
}

function noteOf(outcome: Awaited<ReturnType<Engine['answer']>>): string | undefined {
  if (outcome.kind === 'closed') return escape(outcome.reason, 500);
  if (outcome.kind === 'replaced') {
    return 'Prices have moved; see the new plan. Nothing was sent.';
  }
  return outcome.waitingFor ? 'One more person must approve before anything is sent.' : undefined;
}
