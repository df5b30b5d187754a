import { readDifference } from '#core/domain/figures.ts';
import type { AlphaView } from '#core/views/alpha.ts';
import { alphaChart } from '../charts/alpha.ts';
import { label, percent } from '../format.ts';
import { embed, type Post } from '../post.ts';
import { spyWords } from './figures.ts';

/** The chart, and above it the same numbers, which remain when the chart cannot be drawn. */
export function alphaPost(view: AlphaView): Post {
  const title = 'You against SPY';
  const first = view.points[0];
  const last = view.points.at(-1);
  if (!first || !last) {
    const body = 'Tracking starts at the first connection.';
    return { embeds: [embed({ mode: view.mode, title, body, note: label(view.source) })] };
  }
  const body = [
    `You **${percent(last.you)}** · SPY **${percent(last.spy)}** · Alpha **${percent(readDifference(last.you, last.spy))}**`,
    `-# ${first.date} to ${last.date}, ${spyWords(view.hasDividends)}`,
  ].join('\n');
  const chart = alphaChart(view);
  const whole = embed({ mode: view.mode, title, body, note: label(view.source) });
  return chart ? { embeds: [whole], chart } : { embeds: [whole] };
}
