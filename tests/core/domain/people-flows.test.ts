import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CashFlow } from '#core/domain/account-state.ts';
import type { Fill } from '#core/domain/order.ts';
import { cashFlowsIn, flowsBetween } from '#core/domain/people-flows.ts';
import { cents, dollars, epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';

const flow = (counted: number, usd: number, at = counted): CashFlow => ({
  at: epochMs(at),
  dated: epochMs(counted),
  counted: epochMs(counted),
  activity: {
    id: `${counted} ${usd}`,
    kind: usd > 0 ? 'deposit' : 'withdrawal',
    ticker: undefined,
    qty: qty(0),
    cash: dollars(usd),
    at: epochMs(counted),
  },
});

describe('deposits and withdrawals', () => {
  it('at the instant of a close belong to the period that ends there, and to no other', () => {
    const book = { cashFlows: [flow(100, 50)], externalFills: [] };
    expect(flowsBetween(book, { since: 0, until: 100 }).deposited).toBe(dollars(50));
    expect(flowsBetween(book, { since: 100, until: 200 }).deposited).toBe(0);
  });

  it('count in one of the periods between closes, however they lie and in whatever order they are booked', () => {
    const instant = fc.integer({ min: 1, max: 12 });
    const flows = fc.array(fc.record({ counted: instant, usd: fc.integer({ min: -9, max: 9 }) }));
    fc.assert(
      fc.property(flows, fc.uniqueArray(instant), (all, closes) => {
        const book = {
          cashFlows: all.map(({ counted, usd }) => flow(counted, usd)),
          externalFills: [],
        };
        const ends = [...closes.toSorted((a, b) => a - b), 12];
        const spans = ends.map((until, index) => ({ since: ends[index - 1] ?? 0, until }));
        const found = spans.flatMap((span) => cashFlowsIn(book, span));
        expect(found).toHaveLength(all.length);
        for (const span of spans) {
          const isIn = ({ counted }: CashFlow) => counted > span.since && counted <= span.until;
          expect(cashFlowsIn(book, span).every(isIn)).toBe(true);
        }
        const sum = (sign: number) =>
          all.reduce((total, { usd }) => total + Math.max(0, sign * usd), 0);
        const totals = spans.map((span) => flowsBetween(book, span));
        const of = (side: 'deposited' | 'withdrawn') =>
          totals.reduce((total, each) => total + each[side], 0);
        expect([of('deposited'), of('withdrawn')]).toEqual([sum(1) * 100, sum(-1) * 100]);
      }),
    );
  });

  it('booked after a number of others are found by the broker’s date, up to the end', () => {
    // The clock was set back before the third.
    const booked = [flow(10, 1, 50), flow(10, 2, 51), flow(60, 3, 40), flow(61, 4, 41)];
    const found = cashFlowsIn({ cashFlows: booked }, { since: 0, until: 60, bookedAfter: 1 });
    expect(found.map(({ activity }) => activity.cash)).toEqual([dollars(2), dollars(3)]);
  });

  it('include, for the managed part alone, the price of foreign purchases and sales', () => {
    const own = new Set([ticker('XLK')]);
    const fill = (side: Fill['side'], symbol: string, at: number): Fill => ({
      id: `${side} ${symbol} ${at}`,
      orderId: 'o',
      ticker: ticker(symbol),
      side,
      qty: wholeShares(2),
      price: 10,
      at: epochMs(at),
    });
    const external = [
      fill('buy', 'AAPL', 100),
      fill('sell', 'AAPL', 200),
      fill('sell', 'MSFT', 150),
      fill('buy', 'XLK', 150),
    ];
    const book = { cashFlows: [], externalFills: external };
    const span = { since: 100, until: 200 };
    expect(flowsBetween(book, span, own)).toEqual({ deposited: dollars(40), withdrawn: 0 });
    expect(flowsBetween(book, { since: 0, until: 100 }, own)).toEqual({
      deposited: 0,
      withdrawn: dollars(20),
    });
    expect(flowsBetween(book, span)).toEqual({ deposited: 0, withdrawn: 0 });
  });

  it('exclude foreign shares for the managed part, but not their cash', () => {
    const moved = {
      ...flow(100, 5),
      activity: {
        ...flow(100, 5).activity,
        kind: 'transfer' as const,
        ticker: ticker('AAPL'),
        worth: cents(700),
      },
    };
    const book = { cashFlows: [moved], externalFills: [] };
    const span = { since: 0, until: 100 };
    expect(flowsBetween(book, span).deposited).toBe(1_200);
    expect(flowsBetween(book, span, new Set([ticker('AAPL')])).deposited).toBe(1_200);
    expect(flowsBetween(book, span, new Set([ticker('XLK')])).deposited).toBe(500);
    // What a close that had the shares already valued them at counts, not their worth of later.
    const closed = { cashFlows: [{ ...moved, worth: cents(300) }], externalFills: [] };
    expect(flowsBetween(closed, span).deposited).toBe(800);
  });
});
