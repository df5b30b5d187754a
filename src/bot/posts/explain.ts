import type { APIEmbedField } from 'discord.js';
import type { ExplainView, Explanation } from '#core/views/explain.ts';
import { DASH, label, lines, percent, plain, price } from '../format.ts';
import { field, frame, type Post } from '../post.ts';

/** One ticker as every model sees it: a field a model. */
export function explainPost(view: ExplainView): Post {
  const held = view.held === undefined ? 'unknown whether held' : view.held ? '● held' : 'not held';
  const name = [view.ticker, view.sector].filter((part) => part !== undefined).join(' ');
  const missing =
    view.missing === undefined ? [] : [`**No decision now:** ${plain(view.missing, 500)}`];
  return {
    embeds: [
      frame({
        mode: view.mode,
        title: `Why ${label(name, 60) || DASH}`,
        body: [...missing, `${held}. ${wordOf(view)}`].join('\n'),
        fields: view.models.map(modelField),
        note: label(view.source),
      }),
    ],
  };
}

function wordOf(view: ExplainView): string {
  const { role, models, excluded } = view;
  if (role === 'stranger') return 'It is not in the universe: Rotor neither ranks nor trades it.';
  if (role === 'benchmark') return 'It decides the regime and is never traded; see /regime.';
  if (role === 'defensive') return 'It is not ranked: a model goes there when no sector qualifies.';
  if (excluded.length > 0)
    return `Left out: ${lines(
      excluded.map((each) => plain(each, 200)),
      800,
    )}`;
  return models.length === 0 ? 'No bars have been read yet.' : '';
}

function modelField(one: Explanation): APIEmbedField {
  const { own, cutOff, asOf, active, chosen } = one;
  const word = active === undefined ? '? unknown' : active ? '● active' : '○ resting';
  const cut = `${cutOff.ticker} at rank ${cutOff.rank} has ${percent(cutOff.momentum)}`;
  const text = [
    `${chosen ? '**Chosen**' : '**Not chosen**'}, rank ${own.rank}, takes ${one.top}`,
    `${own.pastDate}: $${price(own.past)}`,
    `${asOf}: $${price(own.close)}`,
    `Momentum **${percent(own.momentum)}** over ${one.lookback} sessions`,
    `Cut-off: ${cut}`,
    `Gap: ${points(one.gap)}, ${dollarGap(one.gapUsd)} a share`,
    flipLine(one),
  ];
  return field(`${label(one.modelId)} ${word}`, lines(text, 1000), false);
}

/** Percentage points, signed. */
function points(gap: number): string {
  return `${percent(gap).slice(0, -1)} points`;
}

function dollarGap(usd: number): string {
  const sign = Math.abs(usd) < 0.005 ? '' : usd < 0 ? '−' : '+';
  return `${sign}$${price(Math.abs(usd))}`;
}

function flipLine({ chosen, flip }: Explanation): string {
  const bar =
    flip.rival === undefined
      ? `the minimum of ${percent(flip.momentum, 0, 'plain')}`
      : `${flip.rival} at ${percent(flip.momentum)}`;
  const way = chosen ? 'Falls out below' : 'Comes in above';
  return `${way} $${price(flip.close)} (${bar}), the others unchanged`;
}
