/**
 * Shares that came out of others which stay: a spin-off. A part of what those cost goes along, as a person
 * enters it, and their holding period.
 */
import { cents, type EpochMs, qty, type Ticker } from '../units.ts';
import { acquire, type LotBooks } from './lot-books.ts';
import { type OpenLot, shareOf } from './open-lots.ts';

/** Whose shares a spin-off came out of, and those that may be. */
export interface Origin {
  /** As a person says. */
  readonly entered: Ticker | undefined;
  /** Tickers of the same day's corporate actions. */
  readonly sameDay: readonly Ticker[];
}

/** Opens the lot, in parts of the shares that it came out of where those are known. */
export function spinOff(books: LotBooks, lot: OpenLot, at: EpochMs, origin: Origin): void {
  const parents = parentsOf(books, lot.ticker, origin);
  if (parents.length === 0) return acquire(books, lot, at);
  const held = sumOf(parents, ({ qty }) => qty);
  const basis = sumOf(parents, ({ cost }) => cost ?? 0);
  const isKnown = basis > 0 && parents.every(({ cost }) => cost !== undefined);
  let [shares, cost, old, paid] = [0, 0, 0, 0];
  const parts = parents.map((parent) => {
    old += parent.qty;
    paid += isKnown ? (parent.cost ?? 0) : parent.qty;
    const until = shareOf(lot.qty, old, held);
    const part = partOf(lot, parent, until - shares);
    shares = until;
    if (lot.cost !== undefined) {
      const spent = shareOf(lot.cost, paid, isKnown ? basis : held);
      part.cost = cents(spent - cost);
      if (parent.cost !== undefined) parent.cost = cents(parent.cost - part.cost);
      cost = spent;
    }
    return part;
  });
  for (const part of parts.filter((each) => each.qty !== 0)) acquire(books, part, at);
}

/** It replaces no shares of a wash sale: nobody bought it. */
function partOf(lot: OpenLot, parent: OpenLot, shares: number): OpenLot {
  const since = lot.acquired === undefined ? parent : lot;
  const { acquired, heldSince, isDated } = since;
  return { ...lot, qty: qty(shares), acquired, heldSince, isDated, isReplacement: true };
}

/** The lots that are held, or went, of the ticker it came out of; none where that is not known. */
function parentsOf(
  { lots, departed }: LotBooks,
  own: Ticker,
  { entered, sameDay }: Origin,
): readonly OpenLot[] {
  const held = (ticker: Ticker) => (lots.get(ticker) ?? []).filter((lot) => lot.qty > 0);
  const others = [...lots.keys()].filter((ticker) => ticker !== own && held(ticker).length > 0);
  if (entered !== undefined) {
    const own = held(entered);
    return own.length > 0 ? own : departed.filter(({ ticker }) => ticker === entered);
  }
  const [first, ...more] = sameDay.filter((ticker) => others.includes(ticker));
  if (first !== undefined && more.length === 0) return held(first);
  const [only, ...rest] = others;
  return only !== undefined && rest.length === 0 ? held(only) : [];
}

function sumOf(lots: readonly OpenLot[], valueOf: (lot: OpenLot) => number): number {
  return lots.reduce((sum, lot) => sum + valueOf(lot), 0);
}
