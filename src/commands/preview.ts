import type { Answer, Command, Context } from '#bot/interactions/command.ts';
import { noDecisionPost } from '#bot/posts/alert.ts';
import { previewPost } from '#bot/posts/plan.ts';
import { planView } from '#core/views/plan.ts';

/** The plan without buttons: nothing is recorded and nothing can be approved. */
export const preview: Command = {
  definition: {
    name: 'preview',
    description: 'What a rebalance would do now; changes nothing',
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: look,
};

async function look({ engine, now }: Context): Promise<Answer> {
  const outcome = await engine.preview();
  const { mode } = engine.observation();
  if (outcome.kind === 'no-decision') {
    return { post: noDecisionPost(outcome, 'preview', now.market, mode) };
  }
  return {
    post: previewPost(planView(outcome, mode, { lots: engine.book().lots, at: now.market })),
  };
}
