import type { Answer, Command, Context, Pressed } from '#bot/command.ts';
import { plain } from '#bot/format.ts';
import { noDecisionPost } from '#bot/posts/alert.ts';
import { PLAN_BUTTONS, proposalPost } from '#bot/posts/plan.ts';
import { proposalView } from '#core/views/plan.ts';

/**
 * A plan with two buttons. Nothing is sent before an operator approves it, and the machine, not the
 * button, decides whether an answer still counts.
 */
export const rebalance: Command = {
  definition: {
    name: 'rebalance',
    description: 'Show the plan to rebalance now; a button carries it out',
  },
  access: 'operator',
  audience: 'channel',
  slow: true,
  run: propose,
  components: [{ prefix: PLAN_BUTTONS, access: 'operator', run: answer }],
};

async function propose({ engine, asker, now, wallNow }: Context): Promise<Answer> {
  const outcome = await engine.propose(asker);
  const { mode } = engine.observation();
  if ('reason' in outcome) {
    return {
      post: noDecisionPost(outcome, 'asked for by a person', now, mode),
    };
  }
  const view = proposalView(engine.book(), mode, outcome.id, wallNow);
  if (!view) throw new Error(`proposal ${outcome.id}: expected in the book, found none`);
  return { post: proposalPost(view), subject: `proposal:${outcome.id}` };
}

/** `approve:ID` or `reject:ID`. */
async function answer(context: Context, argument: string): Promise<Pressed> {
  const { engine, asker, wallNow } = context;
  const [verb = '', ...rest] = argument.split(':');
  const id = rest.join(':');
  const given = verb === 'approve' ? 'approved' : verb === 'reject' ? 'rejected' : undefined;
  if (!given) return { update: undefined, note: 'Rotor does not know this button any more.' };
  const outcome = await engine.answer(id, given, asker);
  const view = proposalView(engine.book(), engine.observation().mode, id, wallNow);
  const note = outcome.kind === 'closed' ? plain(outcome.reason, 500) : undefined;
  return { update: view && proposalPost(view), note };
}
