/**
 * Return-of-capital distributions: each lot gets its part by its shares. They lower its basis, and any
 * excess is a gain of that lot's term.
 */
import { type Cents, cents, qty, type SessionDate } from '../units.ts';
import { type LotBooks, lotsOf } from './lot-books.ts';
import type { LotEvent } from './lot-event.ts';
import { type OpenLot, shareOf, termOf } from './open-lots.ts';

/** Spreads the cash over the lots held; the part of a lot of unknown cost changes nothing. */
export function returnCapital(
  books: LotBooks,
  event: Extract<LotEvent, { readonly kind: 'return-of-capital' }>,
  day: SessionDate,
): void {
  const lots = lotsOf(books, event.ticker).filter(({ qty }) => qty > 0);
  let shares = lots.reduce((sum, { qty }) => sum + qty, 0);
  let cash: number = event.cash;
  for (const lot of lots) {
    const part = shareOf(cash, lot.qty, shares);
    cash -= part;
    shares -= lot.qty;
    const beyond = lower(lot, part);
    if (beyond > 0) books.disposals.push(gainOn(lot, cents(beyond), event, day));
  }
}

/** Reduces a lot's basis by cash, and returns the excess. */
function lower(lot: OpenLot, cash: number): number {
  if (lot.cost === undefined) return 0;
  const ofCost = Math.min(cash, lot.cost);
  const ofDeferred = Math.min(cash - ofCost, lot.deferred);
  lot.cost = cents(lot.cost - ofCost);
  lot.deferred = cents(lot.deferred - ofDeferred);
  return cash - ofCost - ofDeferred;
}

function gainOn(lot: OpenLot, proceeds: Cents, { at }: LotEvent, day: SessionDate) {
  return {
    lot: lot.id,
    ticker: lot.ticker,
    qty: qty(0),
    acquired: lot.acquired,
    sold: day,
    at,
    orderId: undefined,
    proceeds,
    cost: cents(0),
    disallowed: cents(0),
    term: termOf(lot, day),
  };
}
