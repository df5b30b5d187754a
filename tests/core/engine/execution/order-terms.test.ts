import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cents, dollars, qty, valueOf, wholeShares } from '#core/domain/units.ts';
import { affordable, limitPriceOf, sellable, stepOf } from '#core/engine/execution/order-terms.ts';

const WHOLE = 1_000_000_000;

describe('the limit price of an order', () => {
  it.each([
    ['buy', 100, 50, 100.5],
    ['sell', 100, 50, 99.5],
    ['buy', 33.333, 50, 33.49],
    ['sell', 33.333, 50, 33.17],
    ['buy', 0.5, 50, 0.5025],
    ['buy', 108, 0, 108],
    // From a dollar on the exchange's step is a cent; below it a hundredth of one.
    ['buy', 1, 50, 1],
    ['sell', 1, 50, 1],
    ['sell', 0.9999, 50, 0.995],
    // The products are a little under and a little over a whole cent.
    ['buy', 2, 50, 2.01],
    ['sell', 20, 25, 19.95],
  ] as const)('%s at %s with %s bps is %s', (side, fresh, bps, expected) => {
    expect(limitPriceOf(side, fresh, bps)).toBe(expected);
  });

  it('never lets a buy pay more, nor a sell receive less, than the basis points allow', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.01, max: 5_000, noNaN: true }),
        fc.integer({ min: 0, max: 50 }),
        (fresh, bps) => {
          expect(limitPriceOf('buy', fresh, bps)).toBeLessThanOrEqual(
            fresh * (1 + bps / 10_000) + 1e-7,
          );
          expect(limitPriceOf('sell', fresh, bps)).toBeGreaterThanOrEqual(
            fresh * (1 - bps / 10_000) - 1e-7,
          );
        },
      ),
    );
  });
});

describe('the shares of an order', () => {
  it('cost at most the available amount at the limit, to the last share', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100_000 }),
        fc.integer({ min: 1, max: 50_000 }),
        fc.integer({ min: 0, max: 10_000_000 }),
        fc.constantFrom(1, WHOLE),
        (shares, priceCents, room, step) => {
          const size = affordable(wholeShares(shares), priceCents / 100, cents(room), step);
          expect(valueOf(size, priceCents / 100)).toBeLessThanOrEqual(room);
          expect(size % step).toBe(0);
          expect(size).toBeLessThanOrEqual(wholeShares(shares));
          const oneMore = qty(size + 2 * step);
          if (size < wholeShares(shares) && step === WHOLE && oneMore <= wholeShares(shares)) {
            expect(valueOf(oneMore, priceCents / 100)).toBeGreaterThan(room);
          }
        },
      ),
    );
  });

  it('are whole where fractions are not allowed, and none where nothing is available', () => {
    expect([stepOf(true), stepOf(false)]).toEqual([1, WHOLE]);
    const wanted = qty(10_500_000_000);
    expect(affordable(wanted, 10, dollars(1_000), WHOLE)).toBe(wholeShares(10));
    expect(affordable(wanted, 10, dollars(1_000), 1)).toBe(wanted);
    for (const room of [cents(0), cents(-100)]) {
      expect(affordable(wanted, 10, room, 1)).toBe(0);
      expect(affordable(wanted, 10, room, WHOLE)).toBe(0);
    }
  });

  it('are all requested ones if they cost exactly the available amount', () => {
    expect(affordable(wholeShares(3), 0.05, cents(15), WHOLE)).toBe(wholeShares(3));
    expect(affordable(wholeShares(9), 0.23, cents(207), WHOLE)).toBe(wholeShares(9));
  });

  it('of a sell are the whole ones of 10.5, and 98 of 99 when one is reserved', () => {
    expect(sellable(qty(10_500_000_000), qty(10_500_000_000), WHOLE)).toBe(wholeShares(10));
    expect(sellable(wholeShares(99), wholeShares(98), WHOLE)).toBe(wholeShares(98));
    expect(sellable(wholeShares(5), qty(-3), WHOLE)).toBe(0);
    expect(sellable(wholeShares(5), qty(0), 1)).toBe(0);
    expect(sellable(qty(10_500_000_000), qty(10_500_000_000), 1)).toBe(10_500_000_000);
  });
});
