import { ApplicationCommandOptionType } from 'discord.js';
import type { Command, Context } from '#bot/interactions/command.ts';
import type { Post } from '#bot/post.ts';
import { recentPeriodsPost } from '#bot/posts/recent-periods.ts';
import type { PeriodKind } from '#core/views/periods.ts';
import { recentPeriods } from '#core/views/recent-periods.ts';

/** Rows that fit into one message. */
const MAX_ROWS = 60;
const DEFAULT_COUNT = 10;

/** `/daily`, `/weekly` and `/monthly`: the last n periods in one table. */
export const recentPeriodCommands: readonly Command[] = [
  listOf('daily', 'day'),
  listOf('weekly', 'week'),
  listOf('monthly', 'month'),
];

function listOf(name: string, kind: PeriodKind): Command {
  return {
    definition: {
      name,
      description: `The last ${kind}s in one table: you, SPY and the difference`,
      options: [
        {
          type: ApplicationCommandOptionType.Integer,
          name: 'n',
          description: `How many; default: ${DEFAULT_COUNT}`,
          min_value: 1,
          max_value: MAX_ROWS,
        },
      ],
    },
    access: 'viewer',
    audience: 'asker',
    slow: true,
    run: (context) => ({ post: answer(context, kind) }),
  };
}

function answer({ engine, options }: Context, kind: PeriodKind): Post {
  const asked = Number(options.get('n') ?? DEFAULT_COUNT);
  const count = Number.isInteger(asked) && asked > 0 ? Math.min(asked, MAX_ROWS) : DEFAULT_COUNT;
  const source = engine.observation();
  return recentPeriodsPost(
    kind,
    recentPeriods(engine.book(), kind, { count, source }),
    source.mode,
  );
}
