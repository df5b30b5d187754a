import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyFill, applyMovement, equityOf, type Ledger } from '#core/domain/ledger.ts';
import type { Fill } from '#core/domain/order.ts';
import { cents, dollars, epochMs, qty, ticker, valueOf, wholeShares } from '#core/domain/units.ts';

const EMPTY: Ledger = { cash: dollars(10_000), lots: new Map() };
const XLK = ticker('XLK');

const fillOf = (side: 'buy' | 'sell', shares: number, price: number, id = 'f'): Fill => ({
  id,
  orderId: 'o',
  ticker: XLK,
  side,
  qty: qty(Math.round(shares * 1e9)),
  price,
  at: epochMs(0),
});

describe('the ledger', () => {
  it('moves cash by quantity times price, to the cent', () => {
    const bought = applyFill(EMPTY, fillOf('buy', 3, 33.3333));
    expect(bought.cash).toBe(cents(1_000_000 - 10_000));
    expect(bought.lots.get(XLK)).toEqual({ qty: wholeShares(3), cost: dollars(100) });
  });

  it('removes a share of the cost with a sale, and the lot with the last share', () => {
    const held = applyFill(EMPTY, fillOf('buy', 4, 100));
    const half = applyFill(held, fillOf('sell', 1, 150));
    expect(half.lots.get(XLK)).toEqual({ qty: wholeShares(3), cost: dollars(300) });
    expect(applyFill(half, fillOf('sell', 3, 150)).lots.size).toBe(0);
  });

  it('shows a sale of shares missing in our records as a negative lot without cost', () => {
    expect(applyFill(EMPTY, fillOf('sell', 2, 100)).lots.get(XLK)).toEqual({
      qty: wholeShares(-2),
      cost: 0,
    });
  });

  it('gives shares that cover a short no cost, and the rest their part of the price', () => {
    const short = applyFill(EMPTY, fillOf('sell', 2, 100));
    const covered = applyFill(short, fillOf('buy', 1, 90));
    expect(covered.lots.get(XLK)).toEqual({ qty: wholeShares(-1), cost: 0 });
    expect(applyFill(covered, fillOf('buy', 1, 90)).lots.size).toBe(0);
    // Five are bought at $90; two cover the short, three are held.
    expect(applyFill(short, fillOf('buy', 5, 90)).lots.get(XLK)).toEqual({
      qty: wholeShares(3),
      cost: dollars(270),
    });
    expect(applyFill(covered, fillOf('sell', 1, 90)).lots.get(XLK)?.cost).toBe(0);
  });

  it('adds the cost of shares bought on top of others', () => {
    const twice = [fillOf('buy', 1, 100), fillOf('buy', 3, 50)].reduce(applyFill, EMPTY);
    expect(twice.lots.get(XLK)).toEqual({ qty: wholeShares(4), cost: dollars(250) });
  });

  it('rounds the cost of the remaining shares to the nearest cent, down to the last of them', () => {
    const thirds = applyFill(EMPTY, fillOf('buy', 3, 33.3333));
    expect(applyFill(thirds, fillOf('sell', 1, 50)).lots.get(XLK)?.cost).toBe(6_667);
    const short = applyFill(EMPTY, fillOf('sell', 1, 50));
    expect(applyFill(short, fillOf('buy', 3, 33.3333)).lots.get(XLK)?.cost).toBe(6_667);
    const two = { cash: cents(0), lots: new Map([[XLK, { qty: qty(2), cost: cents(100) }]]) };
    expect(applyFill(two, fillOf('sell', 1e-9, 50)).lots.get(XLK)?.cost).toBe(50);
  });

  it('is not changed by an execution of no shares', () => {
    expect(applyFill(EMPTY, fillOf('sell', 0, 50))).toEqual(EMPTY);
    expect(applyFill(EMPTY, fillOf('buy', 0, 50))).toEqual(EMPTY);
  });

  it('conserves: cash and shares are the sums of the fills, in any order', () => {
    const one = fc.record({
      side: fc.constantFrom('buy' as const, 'sell' as const),
      shares: fc.integer({ min: 1, max: 500 }),
      price: fc.integer({ min: 1, max: 50_000 }),
    });
    fc.assert(
      fc.property(fc.array(one, { maxLength: 30 }), (all) => {
        const fills = all.map(({ side, shares, price }) => fillOf(side, shares / 7, price / 100));
        const signed = ({ side }: Fill) => (side === 'buy' ? 1 : -1);
        const forward = fills.reduce(applyFill, EMPTY);
        const backward = fills.toReversed().reduce(applyFill, EMPTY);
        const spent = fills.reduce(
          (sum, fill) => sum + signed(fill) * valueOf(fill.qty, fill.price),
          0,
        );
        const held = fills.reduce((sum, fill) => sum + signed(fill) * fill.qty, 0);
        expect(forward.cash).toBe(EMPTY.cash - spent);
        expect(forward.lots.get(XLK)?.qty ?? 0).toBe(held);
        expect(backward.cash).toBe(forward.cash);
        expect(backward.lots.get(XLK)?.qty).toBe(forward.lots.get(XLK)?.qty);
      }),
      { numRuns: 1_000 },
    );
  });

  it('books a transfer of cash, and of shares at their cost', () => {
    const held = applyFill(EMPTY, fillOf('buy', 10, 100));
    const split = applyMovement(held, { ticker: XLK, qty: wholeShares(10), cash: cents(0) });
    expect(split.lots.get(XLK)).toEqual({ qty: wholeShares(20), cost: dollars(1_000) });
    expect(applyMovement(held, { ticker: undefined, qty: qty(0), cash: cents(-5) }).cash).toBe(
      cents(held.cash - 5),
    );
    const gone = applyMovement(held, { ticker: XLK, qty: wholeShares(-10), cash: cents(0) });
    expect(gone.lots.size).toBe(0);
    const nameless = { ticker: undefined, qty: wholeShares(5), cash: cents(0) };
    expect(applyMovement(held, nameless)).toEqual(held);
    const came = applyMovement(EMPTY, { ticker: XLK, qty: wholeShares(1), cash: cents(0) });
    expect(came.lots.get(XLK)).toEqual({ qty: wholeShares(1), cost: 0 });
  });

  it('has no value for a position without a price', () => {
    const held = applyFill(EMPTY, fillOf('buy', 10, 100));
    expect(equityOf(held, new Map([[XLK, 110]]))).toBe(dollars(10_100));
    expect(equityOf(held, new Map())).toBeUndefined();
  });
});
