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
  const parents = parentsOf(books, origin);
  if (parents.length === 0) return acquire(books, lot, at);
  const quantities = parents.map(({ qty }) => qty);
  const costs = parents.map(({ cost }) => cost).filter((each) => each !== undefined);
  const weights = costs.length === parents.length ? costs : quantities;
  const [held, weight] = [sumOf(quantities), sumOf(weights)];
  let [shares, cost, old, paid] = [0, 0, 0, 0];
  const parts = parents.map((parent, index) => {
    old += parent.qty;
    paid += weights[index] ?? 0;
    const until = shareOf(lot.qty, old, held);
    const part = partOf(lot, parent, until - shares);
    shares = until;
    if (lot.cost !== undefined) {
      const spent = shareOf(lot.cost, paid, weight);
      part.cost = cents(spent - cost);
      if (parent.cost !== undefined) parent.cost = cents(parent.cost - part.cost);
      cost = spent;
    }
    return part;
  });
  for (const part of parts) acquire(books, part, at);
}

/** It replaces no shares in a wash sale: it was not bought. */
function partOf(lot: OpenLot, parent: OpenLot, shares: number): OpenLot {
  const since = lot.acquired === undefined ? parent : lot;
  const { acquired, heldSince, isDated } = since;
  return { ...lot, qty: qty(shares), acquired, heldSince, isDated, isReplacement: true };
}

/** The parent's lots, held or removed; empty where the parent is unknown. */
function parentsOf({ lots, departed }: LotBooks, { entered, sameDay }: Origin): readonly OpenLot[] {
  const held = (ticker: Ticker) => (lots.get(ticker) ?? []).filter((lot) => lot.qty > 0);
  if (entered !== undefined) {
    const own = held(entered);
    return own.length > 0 ? own : departed.filter(({ ticker }) => ticker === entered);
  }
  const all = [...lots.keys()].filter((ticker) => held(ticker).length > 0);
  const changed = all.filter((ticker) => sameDay.includes(ticker));
  const possible = changed.length === 1 ? changed : all;
  return possible.length === 1 ? possible.flatMap(held) : [];
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
