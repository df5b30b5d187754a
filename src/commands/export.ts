import { ApplicationCommandOptionType } from 'discord.js';
import { escape } from '#bot/format.ts';
import type { Answer, Command, Context } from '#bot/interactions/command.ts';
import { COMMAND_ACCESS } from '#bot/interactions/command-access.ts';
import { notice, type Post } from '#bot/post.ts';
import { exportNotice, exportPosts } from '#bot/posts/export.ts';
import { isRefused } from './study.ts';

const PLACES = [
  { name: 'direct message', value: 'direct' },
  { name: 'thread of the dashboard', value: 'thread' },
] as const;

/** Named exportCommand because `export` is a reserved word. */
export const exportCommand: Command = {
  definition: {
    name: 'export',
    description:
      'The tables of the journal as files: decisions, orders, fills, equity, lots, gains',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'to',
        description: 'Default: a direct message to you',
        choices: [...PLACES],
      },
    ],
  },
  access: COMMAND_ACCESS.export,
  audience: 'asker',
  slow: true,
  run: (context) => {
    if (!context.studies || !context.deliver)
      return { post: notice('Export is not available here.') };
    return {
      post: notice('Writing the files; this message will say when they are ready.'),
      later: handOver(context),
    } satisfies Answer;
  },
};

async function handOver({ studies, deliver, asker, options, engine }: Context): Promise<Post> {
  const answer = await studies?.ask<'export'>({ kind: 'export' });
  if (!answer || !deliver) return notice('Export is not available here.');
  if (isRefused(answer)) return notice(escape(answer.reason, 1_500));
  const place = options.get('to') === 'thread' ? 'thread' : 'direct';
  const { mode } = engine.observation();
  const done = await deliver(place, asker.id, exportPosts(answer.files, mode));
  return exportNotice(answer.files, place, done);
}
