/** The confirmation form of /flatten, and the reply that follows its sells until they are final. */
import { ButtonStyle, ComponentType } from 'discord.js';
import type { Position } from '#core/domain/account.ts';
import { positionValue } from '#core/domain/account.ts';
import { durationOf, freshness } from '#core/domain/fresh-price.ts';
import type { Observation } from '#core/domain/observation.ts';
import { cents, type Ticker, valueOf } from '#core/domain/units.ts';
import { tradable } from '#core/domain/universe.ts';
import type { FlattenRow, FlattenView } from '#core/views/flatten.ts';
import { cut, escape, instantOf, label, lines, money, price, quantity } from '../format.ts';
import { withRoles } from '../interactions/command-access.ts';
import { embed, type Post } from '../post.ts';
import { ticking } from './instants.ts';

/** Prefix of the button that cancels a pending flatten; its decision's id follows. */
export const CANCEL_FLATTEN = 'flatten-back:';

/** A form's text holds 4000 characters. */
const FORM_MAX = 3_500;

/**
 * Tickers, shares, prices with their age and estimated dollars, then what cannot be sold now.
 * @param cannot a reason for each ticker, as `unsellable` gives them.
 */
export function flattenForm(seen: Observation, cannot: ReadonlyMap<Ticker, string>): string {
  const own = new Set(tradable(seen.universe).map(({ ticker }) => ticker));
  const held = seen.positions.filter(({ ticker, qty }) => own.has(ticker) && qty > 0);
  const others = seen.positions.filter((position) => !held.includes(position));
  const worth = held.map((position) => worthOf(seen, position));
  const total = cents(worth.reduce<number>((sum, each) => sum + each, 0));
  const text = [
    ...held.map((position, index) => {
      const { ticker, qty } = position;
      const usd = money(worth[index]);
      return `${ticker} ${quantity(qty)} ${priceWords(seen, position)}, about ${usd}`;
    }),
    held.length === 0 ? 'Rotor holds nothing that it may sell.' : `About ${money(total)} in all.`,
    ...(cannot.size > 0 ? [`Not sold now: ${escape([...cannot.values()].join('; '), 800)}.`] : []),
    ...(others.length > 0
      ? [`Not Rotor’s to sell: ${escape(others.map(({ ticker }) => ticker).join(', '), 300)}.`]
      : []),
  ];
  return cut(text.join('\n'), FORM_MAX);
}

function worthOf({ latest }: Observation, position: Position) {
  const known = latest?.get(position.ticker)?.price;
  return known === undefined ? positionValue(position) : valueOf(position.qty, known);
}

/** `at $100.12 (12 s old)`; positions without a fresh price are sold at market. */
function priceWords({ at, latest, maxPriceAgeMs }: Observation, { ticker }: Position): string {
  const rules = { now: at, maxAgeMs: maxPriceAgeMs ?? Number.POSITIVE_INFINITY };
  const found = freshness(latest?.get(ticker), rules);
  if (found.kind === 'none') return 'without a price: at market';
  if (found.kind === 'ahead') return 'latest price dated in the future: at market';
  const { price: usd, at: since } = found.price;
  const age = `${durationOf(Math.max(0, at - since))} old`;
  const isFresh = found.kind === 'fresh' || found.kind === 'closed';
  return `at $${price(usd)} (${age}${isFresh ? '' : ': at market'})`;
}

/** Edited with every order until all are final. */
export function flattenPost(view: FlattenView): Post {
  const { mode, rows, others, startsAt, asked } = view;
  const note = asked ? flattenNote(asked.by, asked.reason) : label(view.id, 100);
  const body = [
    stateWords(view),
    ...(view.isCancelled ? [] : [lines(rows.map(rowWords), 2_800)]),
    ...(others.length > 0 ? [`Not Rotor’s to sell: ${escape(others.join(', '), 300)}`] : []),
    withRoles('Nothing is bought until /resume is used.'),
  ].join('\n');
  return {
    embeds: [embed({ mode, title: titleOf(view), body, note })],
    components: view.mayTakeBack && startsAt !== undefined ? [takeBackButton(view.id)] : [],
  };
}

function titleOf({ finishedAt, isCancelled, rows }: FlattenView): string {
  if (finishedAt === undefined) return '■ Flatten';
  if (isCancelled) return '● Flatten undone';
  const isAll = rows.every(({ filled, planned }) => filled >= planned);
  return isAll ? '✓ Everything is sold' : '▲ Not everything is sold';
}

function stateWords({ finishedAt, isCancelled, startsAt }: FlattenView): string {
  if (isCancelled) return 'Nothing is sold.';
  if (finishedAt !== undefined) return `Final since ${instantOf(finishedAt)}.`;
  if (startsAt === undefined) {
    return 'Everything that Rotor may trade is being sold; this message follows each order to its end.';
  }
  return (
    'Everything that Rotor may trade is sold in the next trading window, at ' +
    `${instantOf(startsAt)} (${ticking(startsAt)}). Until then you can undo this.`
  );
}

/** Only filled shares count as sold. */
function rowWords(row: FlattenRow): string {
  const { ticker, planned, filled, averagePrice, state, value, waits, reason, priceAtDecision } =
    row;
  if (filled >= planned) {
    return `✓ ${ticker} ${quantity(planned)} sold at $${price(averagePrice)}, ${money(value)}`;
  }
  const sold = filled > 0 ? `${quantity(filled)} of ${quantity(planned)} sold` : quantity(planned);
  const usd = `about $${price(priceAtDecision)}`;
  if (state === 'open') return `… ${ticker} ${sold}, the order is at the broker (${usd})`;
  if (waits !== undefined) return `· ${ticker} ${sold}, waits: ${escape(waits, 200)}`;
  if (state === 'waiting') return `· ${ticker} ${sold}, leaves next (${usd})`;
  return `✗ ${ticker} ${filled > 0 ? sold : `${sold} not sold`}: ${escape(reason ?? state, 200)}`;
}

function takeBackButton(id: string): NonNullable<Post['components']>[number] {
  const button = {
    type: ComponentType.Button as const,
    style: ButtonStyle.Secondary as const,
    label: 'Undo',
    custom_id: `${CANCEL_FLATTEN}${id}`,
  };
  return { type: ComponentType.ActionRow, components: [button] };
}

/** Who asked, and why; shown in the footer. */
export function flattenNote(name: string, reason: string): string {
  return `${label(name, 80)}: ${label(reason, 200)}`;
}
