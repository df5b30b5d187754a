import type { Bar } from '#core/domain/bar.ts';
import { between } from './seeded-random.ts';

/** A point of a session: the elapsed fraction, and the price in dollars. */
interface Knot {
  readonly at: number;
  readonly price: number;
}

/** A session's price as straight lines between knots; the first is the open, the last the close. */
export type PricePath = readonly Knot[];

const KNOTS_IN_A_LEG = 12;
/** How far a knot may deviate from its segment, as a fraction of the session's range. */
const MAX_DEVIATION = 0.18;

/**
 * A walk from open to close that touches high and low and never exceeds them. `random(name)` returns the
 * same number in [0, 1) for the same name.
 */
export function pathOf(bar: Bar, random: (name: string) => number): PricePath {
  const high = Math.max(bar.high, bar.open, bar.close);
  const low = Math.min(bar.low, bar.open, bar.close);
  const early = between(random('early'), 0.08, 0.45);
  const late = between(random('late'), 0.55, 0.92);
  const highFirst = random('order') < 0.5;
  const turns: PricePath = [
    { at: 0, price: bar.open },
    { at: early, price: highFirst ? high : low },
    { at: late, price: highFirst ? low : high },
    { at: 1, price: bar.close },
  ];
  return turns.flatMap((from, leg) => {
    const to = turns[leg + 1];
    return to ? legOf(from, to, { low, high, random, leg }) : [from];
  });
}

interface Leg {
  readonly low: number;
  readonly high: number;
  readonly random: (name: string) => number;
  readonly leg: number;
}

/** The knots of one segment without its end; they deviate most in its middle. */
function legOf(from: Knot, to: Knot, { low, high, random, leg }: Leg): Knot[] {
  return Array.from({ length: KNOTS_IN_A_LEG }, (_, index) => {
    const share = index / KNOTS_IN_A_LEG;
    const line = from.price + (to.price - from.price) * share;
    const noise = (random(`${leg}.${index}`) * 2 - 1) * Math.sqrt(share * (1 - share)) * 2;
    const price = Math.min(high, Math.max(low, line + noise * MAX_DEVIATION * (high - low)));
    return { at: from.at + (to.at - from.at) * share, price };
  });
}

/** Dollars per share at that fraction of the session. */
export function priceOn(path: PricePath, share: number): number {
  const next = path.findIndex((knot) => knot.at > share);
  const to = path[next] ?? path.at(-1);
  const from = next > 0 ? path[next - 1] : to;
  if (!from || !to) return Number.NaN;
  return to.at === from.at ? to.price : mix(from, to, (share - from.at) / (to.at - from.at));
}

/** The highest and lowest price up to that fraction of the session. */
export function rangeOn(
  path: PricePath,
  share: number,
): { readonly high: number; readonly low: number } {
  const seen = path.filter((knot) => knot.at <= share).map((knot) => knot.price);
  const prices = [...seen, priceOn(path, share)];
  return { high: Math.max(...prices), low: Math.min(...prices) };
}

/**
 * The first fraction of the session at or after `from` at which the price is at or below (`falls`) or at or
 * above the limit; undefined when that does not happen.
 */
export function firstReach(
  path: PricePath,
  from: number,
  limit: number,
  direction: 'falls' | 'rises',
): number | undefined {
  const reached = (price: number): boolean =>
    direction === 'falls' ? price <= limit : price >= limit;
  if (from < 1 && reached(priceOn(path, from))) return from;
  let before: Knot = { at: from, price: priceOn(path, from) };
  for (const knot of path.filter((each) => each.at > from)) {
    if (reached(knot.price)) {
      const share = (limit - before.price) / (knot.price - before.price);
      return before.at + (knot.at - before.at) * share;
    }
    before = knot;
  }
  return undefined;
}

function mix(from: Knot, to: Knot, share: number): number {
  return from.price + (to.price - from.price) * share;
}
