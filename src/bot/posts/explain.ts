import type { APIEmbedField } from 'discord.js';
import { cents } from '#core/domain/units.ts';
import type { ExplainView, Explanation } from '#core/views/explain.ts';
import { DASH, escape, instantOf, label, lines, money, percent, price } from '../format.ts';
import { embed, field, type Post } from '../post.ts';

/** One ticker as every model sees it: a field per model. */
export function explainPost(view: ExplainView): Post {
  const held = heldWord(view);
  const name = [view.ticker, view.sector].filter((part) => part !== undefined).join(' ');
  const missing =
    view.missing === undefined ? [] : [`**No decision now:** ${escape(view.missing, 500)}`];
  return {
    embeds: [
      embed({
        mode: view.mode,
        title: `Why ${escape(name, 60) || DASH}`,
        body: [...missing, ...inDecision(view), `${held}. ${wordOf(view)}`].join('\n'),
        fields: view.models.map(modelField),
        note: label(view.source),
      }),
    ],
  };
}

function heldWord({ held, decision }: ExplainView): string {
  if (held === undefined) return 'unknown whether held';
  const then = decision ? ' when it was decided' : '';
  return held ? `● held${then}` : `not held${then}`;
}

/** Its result in the requested decision. */
function inDecision({ decision }: ExplainView): readonly string[] {
  if (!decision) return [];
  const { id, at, target, final, action, why } = decision;
  const weights = `target ${percent(target, 1, 'plain')}, after risk ${percent(final, 1, 'plain')}`;
  const done =
    action === undefined ? '' : `: ${action}${why === undefined ? '' : `, ${escape(why, 200)}`}`;
  return [`In **${label(id, 60)}**, ${instantOf(at)}`, `${weights}${done}`];
}

function wordOf(view: ExplainView): string {
  const { role, models, excluded } = view;
  if (role === 'unknown') return 'It is not in the universe: Rotor neither ranks nor trades it.';
  if (role === 'benchmark') return 'It decides the regime and is never traded; see /regime.';
  if (role === 'defensive') return 'It is not ranked: models hold it when no sector qualifies.';
  if (excluded.length > 0)
    return `Left out: ${lines(
      excluded.map((each) => escape(each, 200)),
      800,
    )}`;
  return models.length === 0 ? 'No bars have been read yet.' : '';
}

function modelField(one: Explanation): APIEmbedField {
  const { own, asOf, active, chosen } = one;
  const word = active === undefined ? '? unknown' : active ? '● active' : '○ inactive';
  const text = [
    `${chosen ? '**Chosen**' : '**Not chosen**'}, rank ${own.rank}, holds up to ${one.top}${voted(one)}`,
    `${own.pastDate}: $${price(own.past)}`,
    `${asOf}: $${price(own.close)}`,
    `Momentum **${percent(own.momentum)}** over ${one.lookback} sessions`,
    ...cutLines(one),
    flipLine(one),
  ];
  return field(`${label(one.modelId)} ${word}`, lines(text, 1000), false);
}

function cutLines(one: Explanation): readonly string[] {
  const { chosen, own, cutOff, gap, gapUsd, minimum } = one;
  const { last, isMinimum } = cutOff;
  if (!isMinimum && last.ticker === own.ticker) {
    return ['Last one selected'];
  }
  const there = `${last.ticker} at rank ${last.rank} has ${percent(last.momentum)}`;
  const least = `the minimum of ${percent(minimum, 0, 'plain')}`;
  const why = chosen ? `: ${there} only` : ', which it does not reach';
  return [
    `Cut-off: ${isMinimum ? `${least}${why}` : there}`,
    `Gap: ${points(gap)}, ${dollarGap(gapUsd)} a share`,
  ];
}

function voted({ voted: weight }: Explanation): string {
  return weight === undefined ? '' : `; weight ${percent(weight, 0, 'plain')}`;
}

/** Percentage points, signed. */
function points(gap: number): string {
  return `${percent(gap).slice(0, -1)} points`;
}

function dollarGap(usd: number): string {
  return money(cents(Math.round(usd * 100)), '+');
}

function flipLine({ chosen, flip, own }: Explanation): string {
  const bar =
    flip.rival === undefined
      ? `the minimum of ${percent(flip.momentum, 0, 'plain')}`
      : `${flip.rival} at ${percent(flip.momentum)}`;
  const way = chosen ? 'Dropped below' : 'Selected above';
  const away = flip.close / own.close - 1;
  return `${way} $${price(flip.close)}, ${percent(away)} from here (${bar}), the others unchanged`;
}
