import { ApplicationCommandOptionType } from 'discord.js';
import type { Command, Context } from '#bot/interactions/command.ts';
import { notice, type Post } from '#bot/post.ts';
import { performancePost } from '#bot/posts/performance.ts';
import { PERFORMANCE_CHARTS } from '#bot/posts/performance-chart.ts';
import { performanceView } from '#core/views/performance.ts';
import { WINDOWS } from '#core/views/windows.ts';

/** The account and each model against SPY, window by window. */
export const performance: Command = {
  definition: {
    name: 'performance',
    description: 'You and each model against SPY, over the same instants',
    options: [
      {
        type: ApplicationCommandOptionType.String,
        name: 'window',
        description: 'One window; default: all',
        choices: WINDOWS.map((name) => ({ name, value: name })),
      },
      {
        type: ApplicationCommandOptionType.String,
        name: 'chart',
        description: 'Which chart; default: alpha',
        choices: PERFORMANCE_CHARTS.map((name) => ({ name, value: name })),
      },
    ],
  },
  access: 'viewer',
  audience: 'asker',
  slow: true,
  run: (context) => ({ post: answer(context) }),
};

function answer({ engine, models, options }: Context): Post {
  const asked = options.get('window');
  const wanted = options.get('chart');
  const window = WINDOWS.find((name) => name === asked);
  const chart = PERFORMANCE_CHARTS.find((name) => name === wanted);
  if (asked !== undefined && !window) return notice('There is no such window.');
  if (wanted !== undefined && !chart) return notice('There is no such chart.');
  const [book, seen, bars] = [engine.book(), engine.observation(), engine.bars()];
  const view = performanceView(book, seen, bars, models, window);
  return performancePost(view, { only: window !== undefined, chart: chart ?? 'alpha' });
}
