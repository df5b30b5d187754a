/**
 * Spin-offs: shares distributed by others that remain. They take over a part of the parent's cost, as
 * entered by a person, and its holding period.
 */
import { cents, type EpochMs, qty, type Ticker } from '../units.ts';
import { acquire, type LotBooks } from './lot-books.ts';
import { type OpenLot, shareOf } from './open-lots.ts';

/** The parent of a spin-off, and possible ones. */
export interface Origin {
  /** As entered by a person. */
  readonly entered: Ticker | undefined;
  /** Tickers in corporate actions of the same day. */
  readonly sameDay: readonly Ticker[];
}

/** Opens the lot, split like the parent's lots where the parent is known. */
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

/** It replaces no shares in a wash sale: it was not bought. */
function partOf(lot: OpenLot, parent: OpenLot, shares: number): OpenLot {
  const since = lot.acquired === undefined ? parent : lot;
  const { acquired, heldSince, isDated } = since;
  return { ...lot, qty: qty(shares), acquired, heldSince, isDated, isReplacement: true };
}

/** The parent's lots, held or removed; empty where the parent is unknown. */
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
