import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cents, dollars, qty, valueOf, wholeShares } from '#core/domain/units.ts';
import {
  affordable,
  type BuyFacts,
  buyRoom,
  limitPriceOf,
  roomWords,
  sellable,
  stepOf,
} from '#core/engine/execution/order-terms.ts';

const WHOLE = 1_000_000_000;

function facts(changes: Partial<BuyFacts> = {}): BuyFacts {
  return {
    cash: dollars(10_000),
    buyingPower: dollars(10_000),
    openBuys: cents(0),
    reserve: cents(0),
    managedEquity: dollars(10_000),
    exposure: cents(0),
    tickerExposure: cents(0),
    maxGross: 1,
    maxWeight: 1,
    ...changes,
  };
}

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

describe('the remaining amount for a buy', () => {
  it('names the binding limit', () => {
    expect(buyRoom(facts({ cash: dollars(500) }))).toEqual({ law: 'cash', room: dollars(500) });
    expect(buyRoom(facts({ buyingPower: dollars(200) })).law).toBe('buying power');
    expect(buyRoom(facts({ exposure: dollars(9_500) }))).toEqual({
      law: 'MAX_GROSS',
      room: dollars(500),
    });
    expect(buyRoom(facts({ maxWeight: 0.4, tickerExposure: dollars(3_900) }))).toEqual({
      law: 'MAX_WEIGHT',
      room: dollars(100),
    });
  });

  it('keeps the reserve and the possible cost of open buys', () => {
    const room = buyRoom(facts({ reserve: dollars(1_000), openBuys: dollars(4_000) }));
    expect(room).toEqual({ law: 'cash', room: dollars(5_000) });
  });

  it('also keeps the reserve of borrowed money', () => {
    expect(buyRoom(facts({ buyingPower: dollars(200), reserve: dollars(50) }))).toEqual({
      law: 'buying power',
      room: dollars(150),
    });
  });

  it('is in whole cents under a cap of exposure or weight, never a cent more', () => {
    const rich = {
      cash: dollars(90_000),
      buyingPower: dollars(90_000),
      managedEquity: cents(10_001),
    };
    expect(buyRoom(facts({ ...rich, maxGross: 1.05, maxWeight: 2 }))).toEqual({
      law: 'MAX_GROSS',
      room: 10_501,
    });
    expect(buyRoom(facts({ ...rich, maxGross: 2, maxWeight: 1.05 }))).toEqual({
      law: 'MAX_WEIGHT',
      room: 10_501,
    });
  });

  it('has no weight cap for the defensive asset', () => {
    const room = buyRoom(facts({ maxWeight: 0.1, tickerExposure: undefined }));
    expect(room.room).toBe(dollars(10_000));
  });

  it('borrows only what MAX_GROSS above 1 allows', () => {
    const room = buyRoom(facts({ maxGross: 1.3, buyingPower: dollars(40_000), maxWeight: 2 }));
    expect(room).toEqual({ law: 'cash', room: dollars(13_000) });
  });
});

describe('the reason why a buy does not fit', () => {
  it.each([
    ['cash', 200.6, '$5,025 is needed, $201 of cash is left'],
    ['buying power', 0, '$5,025 is needed, $0 of buying power is left'],
    ['MAX_GROSS', 12.4, '$5,025 is needed, MAX_GROSS leaves $12'],
    ['MAX_WEIGHT', -100, '$5,025 is needed, MAX_WEIGHT leaves $0'],
  ] as const)('%s with $%s is given as a sentence', (law, usd, words) => {
    expect(roomWords(dollars(5_025), { law, room: dollars(usd) })).toBe(words);
  });
});

describe('cash and exposure', () => {
  const order = fc.record({
    fresh: fc.double({ min: 1, max: 500, noNaN: true }),
    /** What the market does between the check and the fill. */
    move: fc.double({ min: 0.5, max: 1.5, noNaN: true }),
    wanted: fc.integer({ min: 1, max: 5_000 }),
    /** The part of the order that fills. */
    part: fc.double({ min: 0, max: 1, noNaN: true }),
    isFinal: fc.boolean(),
  });

  it('stay within their laws whatever prices do and whichever part of each order fills', () => {
    fc.assert(
      fc.property(
        fc.array(order, { maxLength: 12 }),
        fc.integer({ min: 0, max: 3_000 }),
        fc.constantFrom(1, 1.2, 1.5),
        (orders, reserveUsd, maxGross) => {
          const reserve = dollars(reserveUsd);
          const start = dollars(10_000);
          const managedEquity = cents(start - reserve);
          const credit = Math.floor((maxGross - 1) * managedEquity);
          let cash: number = start;
          let held = 0;
          let openAtLimit = 0;
          for (const { fresh, move, wanted, part, isFinal } of orders) {
            const limit = limitPriceOf('buy', fresh, 50);
            const { room } = buyRoom(
              facts({
                cash: cents(cash),
                buyingPower: dollars(1_000_000),
                openBuys: cents(openAtLimit),
                reserve,
                managedEquity,
                exposure: cents(held + openAtLimit),
                tickerExposure: undefined,
                maxGross,
              }),
            );
            const size = affordable(wholeShares(wanted), limit, room, WHOLE);
            const filled = qty(Math.floor((size / WHOLE) * part) * WHOLE);
            // A limit order fills at its limit or better.
            const paid = valueOf(filled, Math.min(limit, fresh * move));
            cash -= paid;
            held += paid;
            if (!isFinal) openAtLimit += valueOf(qty(size - filled), limit);
            expect(cash + credit - openAtLimit - reserve).toBeGreaterThanOrEqual(0);
            expect(held + openAtLimit).toBeLessThanOrEqual(maxGross * managedEquity);
          }
        },
      ),
      { numRuns: 500 },
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
