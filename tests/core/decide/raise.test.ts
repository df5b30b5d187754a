import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type RaiseInput, raisePlan } from '#core/decide/raise.ts';
import type { Plan } from '#core/domain/decision.ts';
import { clientOrderId } from '#core/domain/order.ts';
import { dollars, qtyToDecimal, type Ticker, ticker, toShares } from '#core/domain/units.ts';
import { account, RULES, shares } from '#tests/support/deciding.ts';

type ByName = Readonly<Record<string, number>>;

const byTicker = (of: ByName): ReadonlyMap<Ticker, number> =>
  new Map(Object.entries(of).map(([name, value]) => [ticker(name), value]));

/** Everything at $100; the equity is the cash and the shares. */
function plan(
  [cash, held, weights]: readonly [number, ByName, ByName],
  usd: number,
  changes: Partial<RaiseInput> = {},
): Plan {
  const worth = Object.values(held).reduce((sum, count) => sum + count * 100, cash);
  return raisePlan({
    accountId: 'a1b2c3d4-0000-4000-8000-000000000001',
    decisionId: 'raise-2024-07-15-1',
    amount: dollars(usd),
    weights: byTicker(weights),
    holdings: account(worth, { cash: dollars(cash), positions: shares(held) }),
    prices: new Map(Object.keys(held).map((name) => [ticker(name), 100])),
    rules: RULES,
    limitBps: 0,
    ...changes,
  });
}

const said = ({ orders }: Plan): readonly string[] =>
  orders.map(({ side, qty, ticker: of }) => `${side} ${qtyToDecimal(qty)} ${of}`);

describe('the plan that raises cash', () => {
  it('uses cash that the target does not need, and sells nothing for it', () => {
    expect(said(plan([20_000, { XLK: 800 }, { XLK: 1 }], 20_000))).toEqual([]);
    expect(said(plan([20_000, { XLK: 800 }, { XLK: 1 }], 20_100))).toEqual(['sell 1 XLK']);
  });

  it('keeps the cash in the target of the remaining portfolio', () => {
    const half = [20_000, { XLK: 400, XLF: 400 }, { XLK: 0.4, XLF: 0.4 }] as const;
    // A fifth of $90,000 stays, so $2,000 are there and $8,000 come out of the two.
    expect(said(plan(half, 10_000))).toEqual(['sell 40 XLK', 'sell 40 XLF']);
  });

  it('sells only the excess of each position, by the same factor', () => {
    const uneven = [20_000, { XLK: 500, XLF: 300 }, { XLK: 0.4, XLF: 0.4 }] as const;
    const made = plan(uneven, 10_000);
    expect(said(made)).toEqual(['sell 80 XLK']);
    expect(made.lines.map(({ action, why }) => [action, why])).toEqual([
      ['sell', undefined],
      ['stay', 'the target can spare none of it'],
    ]);
    const foreign = [0, { XLK: 300, XLF: 100 }, {}] as const;
    expect(said(plan(foreign, 20_000))).toEqual(['sell 150 XLK', 'sell 50 XLF']);
  });

  it('sells nothing while the cash beyond what the target keeps is enough, to the cent', () => {
    const free = [20_000, { XLK: 800 }, { XLK: 0.2 }] as const;
    const kept = { weights: byTicker({ XLK: 0.2, XLF: 0.8 }) };
    expect(said(plan(free, 20_000, kept))).toEqual([]);
    expect(said(plan(free, 20_000.01, kept))).toEqual(['sell 1 XLK']);
    expect(said(plan([0, {}, {}], 0, { holdings: account(1) }))).toEqual([]);
  });

  it('takes what a float leaves over a whole share for no share more', () => {
    const made = plan([0, { XLK: 300, XLF: 100 }, {}], 11_200);
    expect(said(made)).toEqual(['sell 84 XLK', 'sell 28 XLF']);
  });

  it('gives each order an id of its ticker and its first attempt', () => {
    const { orders } = plan([0, { XLK: 300, XLF: 100 }, {}], 20_000);
    const of = (name: string) => ({
      accountId: 'a1b2c3d4-0000-4000-8000-000000000001',
      decisionId: 'raise-2024-07-15-1',
      ...{ ticker: ticker(name), side: 'sell' as const, attempt: 1 },
    });
    expect(orders.map(({ clientOrderId: id, attempt }) => [id, attempt])).toEqual([
      [clientOrderId(of('XLK')), 1],
      [clientOrderId(of('XLF')), 1],
    ]);
  });

  it('sends no order for a position of no shares', () => {
    expect(said(plan([0, { XLK: 300, XLF: 0 }, {}], 10_000))).toEqual(['sell 100 XLK']);
  });

  it('sells a share of less than a dollar too', () => {
    const prices = byTicker({ XLK: 0.5 });
    const holdings = account(500, { cash: dollars(0), positions: shares({ XLK: 1_000 }) });
    expect(said(plan([0, {}, {}], 100, { holdings, prices }))).toEqual(['sell 200 XLK']);
  });

  it('sells enough more to allow for fills below the price, rounded up to a whole share', () => {
    const all = [0, { XLK: 1_000 }, { XLK: 0 }] as const;
    expect(said(plan(all, 8_000, { limitBps: 100 }))).toEqual(['sell 81 XLK']);
    const rules = { ...RULES, fractional: true };
    expect(said(plan(all, 8_000, { limitBps: 100, rules }))).toEqual(['sell 80.8 XLK']);
    expect(said(plan(all, 8_001))).toEqual(['sell 81 XLK']);
  });

  it('sends no order below the minimum except one that closes a position', () => {
    const rules = { ...RULES, fractional: true };
    expect(said(plan([0, { XLK: 10 }, {}], 9.99, { rules }))).toEqual([]);
    expect(said(plan([0, { XLK: 10 }, {}], 10, { rules }))).toEqual(['sell 0.1 XLK']);
    const crumb = [0, {}, {}] as const;
    const holdings = account(5, { cash: dollars(0), positions: shares({ XLK: 0.05 }) });
    const prices = new Map([[ticker('XLK'), 100]]);
    expect(said(plan(crumb, 5, { holdings, prices, rules }))).toEqual(['sell 0.05 XLK']);
  });

  it('does not sell a position without a price', () => {
    expect(
      said(plan([0, { XLK: 1_000, XLF: 10 }, {}], 500, { prices: byTicker({ XLF: 100 }) })),
    ).toEqual(['sell 5 XLF']);
  });

  it('sells everything if the whole value is requested, and says what happens to each position', () => {
    const made = plan([0, { XLK: 600, XLF: 400 }, { XLK: 0.6, XLF: 0.4 }], 100_000, {
      limitBps: 50,
    });
    expect(said(made)).toEqual(['sell 600 XLK', 'sell 400 XLF']);
    expect(made.turnover).toBeCloseTo(0.5, 12);
    expect(
      made.lines.map(({ fromWeight, toWeight, toQty }) => [fromWeight, toWeight, toQty]),
    ).toEqual([
      [0.6, 0, 0],
      [0.4, 0, 0],
    ]);
    expect(made.orders.map(({ estimated }) => estimated)).toEqual([
      dollars(60_000),
      dollars(40_000),
    ]);
  });

  it('raises the amount at the worst price, or everything, and never sells more than necessary', () => {
    const count = fc.integer({ min: 0, max: 500 });
    const weight = fc.integer({ min: 0, max: 50 }).map((percent) => percent / 100);
    const order = fc.tuple(count, count, fc.integer({ min: 0, max: 50_000 }), weight, weight);
    fc.assert(
      fc.property(order, fc.integer({ min: 1, max: 60_000 }), ([a, b, cash, one, two], usd) => {
        fc.pre(usd <= cash + (a + b) * 100);
        const made = plan([cash, { XLK: a, XLF: b }, { XLK: one, XLF: two }], usd, {
          limitBps: 50,
        });
        const sold = made.orders.reduce((sum, { qty }) => sum + toShares(qty), 0);
        expect(sold).toBeLessThanOrEqual(a + b);
        const worst = cash + sold * 100 * 0.995;
        // The target's own cash is left alone; where all beyond it is sold, the rest is a rounding.
        if (sold < a + b && made.orders.length > 0) expect(worst).toBeGreaterThanOrEqual(usd - 300);
        if (made.orders.length === 0) expect(cash).toBeGreaterThanOrEqual(usd - 10);
        const most = usd * 1.006 + 2 * 100 + (1 - one - two) * (cash + (a + b) * 100 - usd);
        expect(sold * 100).toBeLessThanOrEqual(Math.max(0, most));
      }),
    );
  });
});
