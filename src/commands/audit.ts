import { ApplicationCommandOptionType } from 'discord.js';
import type { Answer, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import type { Post } from '#bot/post.ts';
import { AUDIT, attemptsIn, auditPost, verdictPost } from '#bot/posts/audit.ts';
import { pageFrom } from '#bot/posts/pages.ts';

/** Entries read for a page; older attempts are only in the journal. */
const MAX_ENTRIES = 4_000;

/** Every attempt to use a command or a button, allowed or not. */
export const audit: Command = {
  definition: {
    name: 'audit',
    description: 'Who did what, whether it was allowed, and the outcome',
    options: [
      {
        type: ApplicationCommandOptionType.Boolean,
        name: 'verify',
        description: 'Check the hash chain of the whole journal',
      },
    ],
  },
  access: COMMAND_ACCESS.audit,
  audience: 'asker',
  slow: true,
  run: answer,
  components: [
    {
      prefix: AUDIT,
      access: 'admin',
      run: (context, argument) => {
        const [number, until] = argument.split(':');
        return { update: page(context, pageFrom(number), Number(until)), note: undefined };
      },
    },
  ],
};

function answer(context: Context): Answer {
  const { engine, options, now } = context;
  if (options.get('verify') !== true) return { post: page(context, 1, engine.book().seq) };
  const found = engine.verifyAuditTrail();
  const result =
    found.fault === undefined
      ? `verified: ${found.entries} entries intact`
      : `verified: fault in ${found.entries} entries`;
  return { post: verdictPost(found, engine.observation().mode, now.market), result };
}

function page({ engine, now }: Context, number: number, until: number): Post {
  const trail = engine.auditTrail(MAX_ENTRIES);
  const { mode } = engine.observation();
  const last = Number.isSafeInteger(until) && until > 0 ? until : engine.book().seq;
  const extras = { mode, at: now.market, more: trail.length === MAX_ENTRIES };
  return auditPost(attemptsIn(trail), last, number, extras);
}
