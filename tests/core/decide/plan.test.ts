import { describe, expect, it } from 'vitest';
import { type PlanInput, planOrders } from '#core/decide/plan.ts';
import type { RiskVerdict } from '#core/domain/decision.ts';
import { dollars, qtyFromDecimal, qtyToDecimal, ticker } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { account, LIMITS, RULES, shares } from '#tests/support/deciding.ts';

/** Every ticker at 100 dollars, an account of 100,000 in cash. */
function plan(weights: Record<string, number>, overrides: Partial<PlanInput> = {}) {
  return planOrders({
    accountId: 'a1b2c3d4-0000-4000-8000-000000000001',
    decisionId: 'monthly-2024-07-01',
    verdict: approved(weights),
    holdings: account(),
    prices: new Map(instruments(UNIVERSE).map((known) => [known.ticker, 100])),
    universe: UNIVERSE,
    limits: LIMITS,
    rules: RULES,
    ...overrides,
  });
}

function approved(weights: Record<string, number>): RiskVerdict {
  const entries = Object.entries(weights).map(([name, weight]) => [ticker(name), weight] as const);
  return { kind: 'approved', weights: new Map(entries), breaches: [] };
}

/** `sell 3 XLK` */
function said({ orders }: ReturnType<typeof plan>): readonly string[] {
  return orders.map(({ side, qty, ticker: name }) => `${side} ${qtyToDecimal(qty)} ${name}`);
}

function lineOf(made: ReturnType<typeof plan>, name: string) {
  return made.lines.find((line) => line.ticker === name);
}

const holding = (counts: Record<string, number>, cash = 0, usd = 100_000) =>
  account(usd, { cash: dollars(cash), positions: shares(counts) });

describe('a plan', () => {
  it('says for each position what happens to it, and gives a traded one no reason to stay', () => {
    const made = plan(
      { XLK: 0.3, XLV: 0.3, XLU: 0.3 },
      { holdings: holding({ XLU: 300, XLF: 300 }, 40_000) },
    );
    const words = made.lines.map(({ ticker: of, action, why }) => [of, action, why === undefined]);
    expect(Object.fromEntries(words.map(([of, ...rest]) => [of, rest]))).toEqual({
      XLK: ['buy', true],
      XLV: ['buy', true],
      XLU: ['stay', false],
      XLF: ['sell', true],
    });
  });

  it('lists foreign positions by name, and leaves out those no longer held', () => {
    const held = holding({ SPY: 3, QQQ: 0, MSFT: 2, AAPL: 1, XLK: 10 });
    expect(plan({}, { holdings: held }).foreign.map(({ ticker: of }) => of)).toEqual([
      'AAPL',
      'MSFT',
      'SPY',
    ]);
  });

  it('has no turnover in an account that is worth nothing', () => {
    const made = plan({}, { holdings: account(0) });
    expect([made.orders, made.turnover]).toEqual([[], 0]);
  });

  it('buys whole shares, rounded down', () => {
    const prices = new Map([[ticker('XLK'), 333]]);
    expect(said(plan({ XLK: 0.4 }, { prices }))).toEqual(['buy 120 XLK']);
  });

  it('buys 29 shares where floating point makes it 28.999999999999996', () => {
    const holdings = account(100);
    const prices = new Map([[ticker('XLK'), 1]]);
    const rules = { ...RULES, minOrder: dollars(1) };
    expect(said(plan({ XLK: 0.29 }, { holdings, prices, rules }))).toEqual(['buy 29 XLK']);
  });

  it('buys fractions of up to nine decimals if allowed', () => {
    const rules = { ...RULES, fractional: true };
    const prices = new Map([[ticker('XLK'), 333]]);
    expect(said(plan({ XLK: 0.4 }, { prices, rules }))).toEqual(['buy 120.12012012 XLK']);
  });

  it('sells before it buys, each side in universe order', () => {
    const holdings = holding({ XLU: 400, XLF: 300, XLY: 300 });
    const made = plan({ XLV: 0.4, XLK: 0.4, XLF: 0.1 }, { holdings });
    expect(said(made)).toEqual([
      'sell 200 XLF',
      'sell 400 XLU',
      'sell 300 XLY',
      'buy 400 XLK',
      'buy 400 XLV',
    ]);
  });

  it('leaves a drift below the minimum unchanged and says so', () => {
    const made = plan({ XLK: 0.4 }, { holdings: holding({ XLK: 391 }, 60_900) });
    expect(said(made)).toEqual([]);
    expect(lineOf(made, 'XLK')).toMatchObject({
      action: 'stay',
      fromWeight: 0.391,
      toWeight: 0.391,
      why: 'within MIN_DRIFT of its target',
    });
  });

  it('trades a drift of exactly the minimum', () => {
    const made = plan({ XLK: 0.4 }, { holdings: holding({ XLK: 390 }, 61_000) });
    expect(said(made)).toEqual(['buy 10 XLK']);
  });

  it('has no order under the minimum value and says so', () => {
    const rules = { ...RULES, minOrder: dollars(1_000.01) };
    const made = plan({ XLK: 0.4 }, { holdings: holding({ XLK: 390 }, 61_000), rules });
    expect(said(made)).toEqual([]);
    expect(lineOf(made, 'XLK')?.why).toBe('an order under the minimum of $1000.01');
    const exact = { ...RULES, minOrder: dollars(1_000) };
    const sent = plan({ XLK: 0.4 }, { holdings: holding({ XLK: 390 }, 61_000), rules: exact });
    expect(said(sent)).toEqual(['buy 10 XLK']);
  });

  it('closes a position completely however small it is', () => {
    const positions = new Map([[ticker('XLB'), qtyFromDecimal('0.000000004')]]);
    const rules = { ...RULES, fractional: true };
    const made = plan({}, { rules, holdings: account(100_000, { positions }) });
    expect(said(made)).toEqual(['sell 0.000000004 XLB']);
    expect(lineOf(made, 'XLB')?.toQty).toBe(0);
  });

  it('leaves the part of a share where only whole ones are traded, and says why', () => {
    const of = (held: string) =>
      plan(
        {},
        {
          holdings: account(100_000, {
            positions: new Map([[ticker('XLB'), qtyFromDecimal(held)]]),
          }),
        },
      );
    expect(said(of('10.4'))).toEqual(['sell 10 XLB']);
    expect(said(of('0.4'))).toEqual([]);
    expect(lineOf(of('0.4'), 'XLB')?.why).toBe('closer to its target than one share');
  });

  it('rounds a partial sale up to a whole share, to end at or below the target', () => {
    const positions = new Map([[ticker('XLK'), qtyFromDecimal('410.5')]]);
    const made = plan({ XLK: 0.3 }, { holdings: account(100_000, { positions }) });
    expect(said(made)).toEqual(['sell 111 XLK']);
  });

  it('sells no more than is held if a whole share would be more', () => {
    const prices = new Map([[ticker('XLK'), 50_000]]);
    const positions = new Map([[ticker('XLK'), qtyFromDecimal('0.5')]]);
    const holdings = account(100_000, { positions });
    expect(said(plan({ XLK: 0.1 }, { prices, holdings }))).toEqual([]);
    const rules = { ...RULES, fractional: true };
    expect(said(plan({ XLK: 0.1 }, { prices, holdings, rules }))).toEqual(['sell 0.3 XLK']);
  });

  it('keeps a position that lacks less than one share', () => {
    const prices = new Map([[ticker('XLK'), 30_000]]);
    const made = plan({ XLK: 0.4 }, { prices, holdings: holding({ XLK: 1 }, 70_000) });
    expect(said(made)).toEqual([]);
    expect(lineOf(made, 'XLK')?.why).toBe('closer to its target than one share');
  });

  it('leaves a holding outside the universe unchanged and lists it', () => {
    const holdings = holding({ GME: 7, SPY: 2, XLK: 400 }, 60_000);
    const made = plan({ XLK: 0.4 }, { holdings });
    expect(said(made)).toEqual([]);
    expect(made.foreign.map(({ ticker: name }) => name)).toEqual(['GME', 'SPY']);
    expect(made.lines.map(({ ticker: name }) => name)).toEqual(['XLK']);
  });

  it('shrinks every buy by the same factor if there is not enough cash', () => {
    const holdings = account(100_000, { cash: dollars(40_001) });
    const made = plan({ XLK: 0.4, XLV: 0.4 }, { holdings });
    expect(said(made)).toEqual(['buy 198 XLK', 'buy 198 XLV']);
  });

  it('buys with the proceeds of its sells', () => {
    const made = plan({ XLK: 0.4 }, { holdings: holding({ XLU: 1_000 }) });
    expect(said(made)).toEqual(['sell 1000 XLU', 'buy 400 XLK']);
  });

  it('does not buy without money, and says so', () => {
    const made = plan({ XLK: 0.4 }, { holdings: account(100_000, { cash: dollars(-500) }) });
    expect(said(made)).toEqual([]);
    expect(lineOf(made, 'XLK')?.why).toBe('not enough cash for it');
  });

  it('borrows only up to MAX_GROSS', () => {
    const limits = { ...LIMITS, maxGross: 1.3, maxWeight: 1 };
    const holdings = account(100_000, { cash: dollars(0) });
    expect(said(plan({ XLK: 1 }, { limits, holdings }))).toEqual(['buy 297 XLK']);
    const rich = account();
    expect(said(plan({ XLK: 0.65, XLV: 0.65 }, { limits, holdings: rich }))).toEqual([
      'buy 645 XLK',
      'buy 645 XLV',
    ]);
  });

  it('trades nothing on a refused verdict and gives its reason on every line', () => {
    const verdict = {
      kind: 'refused',
      weights: new Map(),
      breaches: [],
      reason: 'because',
    } as const;
    const made = plan({}, { verdict, holdings: holding({ XLK: 5 }) });
    expect(made.orders).toEqual([]);
    expect(made.lines.map(({ action, why }) => [action, why])).toEqual([['stay', 'because']]);
  });

  it('counts turnover as half of what is traded', () => {
    expect(plan({ XLK: 0.4 }, { holdings: holding({ XLU: 400 }, 60_000) }).turnover).toBe(0.4);
    expect(plan({}).turnover).toBe(0);
  });

  it('names its orders by account, decision, ticker, side and attempt', () => {
    const [order] = plan({ XLK: 0.4 }).orders;
    expect(order?.clientOrderId).toBe('rotor-a1b2c3d40000-monthly-2024-07-01-XLK-b-1');
    expect(order).toMatchObject({ attempt: 1, priceAtDecision: 100, estimated: dollars(40_000) });
  });

  it('asks for the price of every ticker held or targeted', () => {
    expect(() => plan({ XLK: 0.4 }, { prices: new Map() })).toThrow('expected a price of XLK');
  });
});
