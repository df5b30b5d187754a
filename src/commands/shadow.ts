import { ApplicationCommandOptionType } from 'discord.js';
import { escape, percent } from '#bot/format.ts';
import type { Answer, ButtonResult, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { notice, type Post } from '#bot/post.ts';
import { rolePost, SHADOW_BUTTONS } from '#bot/posts/shadow.ts';
import { MODEL_ROLES } from '#core/domain/model-role.ts';
import { shadowViews } from '#core/views/shadows.ts';
import { askEvidence } from './evidence.ts';

/** Proposes to let a model trade or to run it as a shadow only; others approve. */
export const shadow: Command = {
  definition: {
    name: 'shadow',
    description: 'Propose that a model trades, or only decides and is followed on paper',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'model',
        description: 'The model',
        required: true,
        max_length: 60,
        autocomplete: true,
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'role',
        description: 'What it should do from the next rebalance on',
        required: true,
        choices: MODEL_ROLES.map((name) => ({ name, value: name })),
      },
      {
        type: ApplicationCommandOptionType.Number,
        name: 'budget',
        description: 'Its budget beside the others (default: unchanged)',
        min_value: 0.01,
        max_value: 100,
      },
    ],
  },
  access: COMMAND_ACCESS.shadow,
  audience: 'channel',
  slow: true,
  run: propose,
  complete: ({ models }, typed) =>
    models
      .filter(({ id }) => id.toLowerCase().includes(typed.trim().toLowerCase()))
      .map(({ id }) => ({ name: id, value: id })),
  components: [
    {
      prefix: `${SHADOW_BUTTONS}approve:`,
      access: 'approver',
      run: (context, id) => answer(context, id, 'approved'),
    },
    {
      prefix: `${SHADOW_BUTTONS}reject:`,
      access: 'operator',
      run: (context, id) => answer(context, id, 'rejected'),
    },
  ],
};

async function propose(context: Context): Promise<Answer> {
  const { engine, asker, models, options } = context;
  const model = String(options.get('model') ?? '').trim();
  const role = MODEL_ROLES.find((each) => each === options.get('role'));
  if (!role) return { post: notice('A model trades, or it is in the shadow.') };
  const known = engine.book().modelRoles.get(model) ?? models.find(({ id }) => id === model);
  const budget = Number(options.get('budget') ?? known?.budget ?? 1);
  const evidence = await knownOf(context, model);
  const proposal = engine.proposeRole({ model, role, budget, evidence }, asker);
  if ('kind' in proposal) return { post: notice(escape(proposal.reason, 500)) };
  const post = postOf(context, proposal.id);
  if (!post) throw new Error(`proposal ${proposal.id}: expected in the book, found none`);
  return { post, subject: `role:${proposal.id}` };
}

/** Evidence for the current portfolio of models, and the shadow results of the model. */
async function knownOf(context: Context, model: string): Promise<readonly string[]> {
  const { engine, models, studies } = context;
  const answered = studies && (await askEvidence(context, studies));
  const verdict =
    answered?.kind === 'evidence' ? answered.verdict : 'No evidence could be computed.';
  const followed = shadowViews(engine.book(), engine.observation(), engine.bars(), models);
  const own = followed.find(({ id }) => id === model);
  if (own?.since === undefined) return [verdict, 'It has not decided in the shadow yet.'];
  const ahead = own.ahead.map(({ of, by }) => `${percent(by)} against ${of}`).join(', ');
  return [
    verdict,
    `In the shadow since ${own.since}, after costs: ${percent(own.gain)}; ${ahead}.`,
  ];
}

function answer(context: Context, id: string, given: 'approved' | 'rejected'): ButtonResult {
  const outcome = context.engine.answerRole(id, given, context.asker);
  const isClosed = outcome.kind === 'closed';
  const waits = outcome.kind === 'accepted' && outcome.waitingFor;
  return {
    update: postOf(context, id),
    note: isClosed
      ? escape(outcome.reason, 500)
      : waits
        ? 'One more person must approve before anything changes.'
        : undefined,
    result: isClosed ? outcome.reason : `${given} ${id}`,
  };
}

function postOf({ engine, now }: Context, id: string): Post | undefined {
  const known = engine.book().roleProposals.get(id);
  return known && rolePost(known, now.wall, engine.observation().mode);
}
