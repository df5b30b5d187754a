import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Decision } from '#core/domain/decision.ts';
import type { OrderIntent } from '#core/domain/order.ts';
import { cents, dollars, sessionDate, ticker } from '#core/domain/units.ts';
import { movedBps, planHash } from '#core/engine/plan-changes.ts';
import { decision, intent } from '#tests/support/decision.ts';

const sell = (symbol: string, shares: number): OrderIntent => intent('d', 'sell', symbol, shares);
const buy = (symbol: string, shares: number): OrderIntent => intent('d', 'buy', symbol, shares);
const plan = (...orders: readonly OrderIntent[]): Decision => decision({ orders });

describe('the change of a plan', () => {
  it('is nothing between equal plans, whatever the account is worth', () => {
    const poor = { ...plan(buy('XLK', 10)), holdings: { ...plan().holdings, equity: cents(0) } };
    expect(movedBps(plan(buy('XLK', 10)), plan(buy('XLK', 10)))).toBe(0);
    expect(movedBps(poor, poor)).toBe(0);
  });

  it('counts trades added as well as trades removed: a swap is a change', () => {
    // $1,000 of each of the two on $100,000.
    expect(movedBps(plan(buy('XLK', 10)), plan(buy('XLF', 10)))).toBeCloseTo(200, 9);
    expect(movedBps(plan(sell('XLK', 10)), plan(sell('XLF', 10)))).toBeCloseTo(200, 9);
  });

  it('counts a switch of sides in full', () => {
    expect(movedBps(plan(buy('XLK', 10)), plan(sell('XLK', 10)))).toBeCloseTo(200, 9);
  });

  it('is the same in both directions', () => {
    const orders = fc.uniqueArray(
      fc.record({
        symbol: fc.constantFrom('XLK', 'XLF', 'XLE', 'TLT'),
        side: fc.constantFrom('buy' as const, 'sell' as const),
        shares: fc.integer({ min: 1, max: 500 }),
      }),
      { selector: ({ symbol }) => symbol },
    );
    fc.assert(
      fc.property(orders, orders, (one, other) => {
        const [before, after] = [one, other].map((all) =>
          plan(...all.map(({ symbol, side, shares }) => intent('d', side, symbol, shares))),
        ) as [Decision, Decision];
        expect(movedBps(before, after)).toBeCloseTo(movedBps(after, before), 6);
      }),
    );
  });

  it('values shares at the current price, or at the one shown if there is none', () => {
    const dearer = { ...plan(buy('XLK', 20)), prices: new Map([[ticker('XLK'), 200]]) };
    expect(movedBps(plan(buy('XLK', 10)), dearer)).toBeCloseTo(200, 9);
    expect(movedBps(plan(buy('XLK', 10)), { ...plan(), prices: new Map() })).toBeCloseTo(100, 9);
  });

  it('is zero for shares that never had a price', () => {
    const shown = { ...plan(buy('XLK', 10)), prices: new Map() };
    expect(movedBps(shown, { ...plan(), prices: new Map() })).toBe(0);
  });

  it('is measured against half a dollar at least, and infinite for a negative account', () => {
    const worth = (usd: number) => ({ ...plan().holdings, equity: dollars(usd) });
    const small = { ...plan(buy('XLK', 1)), holdings: worth(0.5) };
    expect(movedBps(plan(), small)).toBeCloseTo(2_000_000, 3);
    expect(movedBps(plan(), { ...small, holdings: worth(-100) })).toBe(Infinity);
  });

  it('is infinite for a plan that changed in an account worth nothing', () => {
    const now = { ...plan(buy('XLK', 10)), holdings: { ...plan().holdings, equity: dollars(0) } };
    expect(movedBps(plan(), now)).toBe(Infinity);
  });
});

describe('the digest of a plan', () => {
  it('changes with each detail of an order that people see', () => {
    const shown = plan(buy('XLK', 10));
    const others = [
      plan(buy('XLK', 11)),
      plan(sell('XLK', 10)),
      plan(buy('XLF', 10)),
      plan(buy('XLK', 10), buy('XLF', 1)),
      { ...shown, id: 'manual-2026-11-12-1' },
      { ...shown, asOf: sessionDate('2026-11-10') },
    ];
    const hashed: string[] = [];
    const hash = (text: string): string => {
      hashed.push(text);
      return 'a digest of more than twelve letters';
    };
    for (const each of [shown, ...others]) expect(planHash({ hash }, each)).toHaveLength(12);
    expect(new Set(hashed).size).toBe(1 + others.length);
  });
});
