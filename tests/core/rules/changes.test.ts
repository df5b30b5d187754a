import { describe, expect, it } from 'vitest';
import { dollars } from '#core/domain/units.ts';
import { WEIGHT_EPSILON } from '#core/domain/weights.ts';
import {
  createChanges,
  creditOf,
  NO_TRADE,
  planChanges,
  RESERVE,
  weightOf,
} from '#core/rules/changes.ts';
import { LIMITS, RULES } from '#tests/support/deciding.ts';

const SHARE = 1_000_000_000;
const NAMES = Object.keys(NO_TRADE);

interface Plan {
  readonly weights: readonly number[];
  readonly held?: readonly number[];
  readonly cash?: number;
  readonly prices?: readonly number[];
  readonly minOrder?: number;
  readonly minDrift?: number;
  readonly maxGross?: number;
  readonly reserve?: number;
  readonly fractional?: boolean;
}

/** The planned changes in shares for an account of $10,000, and why a ticker is not traded. */
function planned({
  weights,
  held = weights.map(() => 0),
  prices = weights.map(() => 100),
  ...more
}: Plan) {
  const { cash = 10_000, minOrder = 10, minDrift = 0.01, maxGross = 1, reserve = 0 } = more;
  const { fractional = false } = more;
  const { change, worth, why } = createChanges(weights.length);
  change.fill(5);
  worth.fill(7);
  why.fill(9);
  planChanges(
    Float64Array.from(weights),
    {
      equity: dollars(10_000),
      cash: dollars(cash),
      held: Float64Array.from(held, (each) => each * SHARE),
      prices: Float64Array.from(prices),
      reserve,
    },
    { ...LIMITS, maxGross },
    { ...RULES, minOrder: dollars(minOrder), minDrift, fractional },
    { change, worth, why },
  );
  return [...change].map((nanos, place) => [nanos / SHARE, NAMES[why[place] ?? -1]]);
}

describe('planChanges', () => {
  it('buys up to the target and sells down to it, in whole shares', () => {
    expect(planned({ weights: [0.25, 0.5], held: [0, 80], cash: 2_000 })).toEqual([
      [25, 'none'],
      [-30, 'none'],
    ]);
  });

  it('closes what has no target, also below the smallest order, and plans nothing for what is not held', () => {
    const [held, prices] = [
      [0.05, 0],
      [100, Number.NaN],
    ];
    expect(planned({ weights: [0, 0], held, prices, fractional: true })).toEqual([
      [-0.05, 'none'],
      [0, 'none'],
    ]);
    // Where only whole shares are traded a part of one stays.
    expect(planned({ weights: [0, 0], held: [0.05, 2.5] })).toEqual([
      [0, 'step'],
      [-2, 'none'],
    ]);
  });

  it('leaves a drift below MIN_DRIFT alone, in either direction, and trades one at it', () => {
    expect(planned({ weights: [0.5], held: [49.5] })).toEqual([[0, 'drift']]);
    expect(planned({ weights: [0.5], held: [50.5] })).toEqual([[0, 'drift']]);
    expect(planned({ weights: [0.5], held: [49] })).toEqual([[1, 'none']]);
    expect(planned({ weights: [0.5], held: [51] })).toEqual([[-1, 'none']]);
  });

  it('trades a drift of exactly MIN_DRIFT less the rounding', () => {
    const minDrift = 0.5;
    expect(planned({ weights: [minDrift - WEIGHT_EPSILON], minDrift })).toEqual([[49, 'none']]);
    expect(planned({ weights: [0.49], minDrift })).toEqual([[0, 'drift']]);
  });

  it('buys back a short position of less than the smallest order', () => {
    expect(planned({ weights: [0], held: [-0.05], fractional: true })).toEqual([[0.05, 'none']]);
  });

  it('gives no worth to what is not traded, with or without a price', () => {
    const { change, worth, why } = createChanges(2);
    const held = new Float64Array(2);
    const sizing = { equity: 1_000_000, cash: 0, held, prices: Float64Array.of(Number.NaN, 100) };
    planChanges(new Float64Array(2), sizing, LIMITS, RULES, { change, worth, why });
    expect([...worth]).toEqual([0, 0]);
  });

  it('says when the change is less than one share', () => {
    expect(planned({ weights: [0.05], held: [0], prices: [900] })).toEqual([[0, 'step']]);
  });

  it('leaves out an order below MIN_ORDER_USD and sends one at it', () => {
    expect(planned({ weights: [0.02], minOrder: 201 })).toEqual([[0, 'minimum']]);
    expect(planned({ weights: [0.02], minOrder: 200 })).toEqual([[2, 'none']]);
    expect(planned({ weights: [0.02], held: [5], minOrder: 301 })).toEqual([[0, 'minimum']]);
  });

  it('buys with cash and the proceeds of its sales, less the reserve', () => {
    expect(planned({ weights: [1, 0], held: [0, 60], cash: 4_000, reserve: 0.1 })).toEqual([
      [89, 'none'],
      [-60, 'none'],
    ]);
    expect(RESERVE).toBe(0.0075);
  });

  it('shrinks all buys alike, and says which the money leaves out', () => {
    expect(planned({ weights: [0.6, 0.4], cash: 5_001 })).toEqual([
      [30, 'none'],
      [20, 'none'],
    ]);
    expect(planned({ weights: [0.9, 0.1], cash: 500, prices: [100, 900] })).toEqual([
      [4, 'none'],
      [0, 'cash'],
    ]);
    expect(planned({ weights: [0.5], cash: 500, minOrder: 500 })).toEqual([[0, 'minimum']]);
  });

  it('holds back one cent for each of the buys, and none for other tickers', () => {
    const fine = { fractional: true, cash: 5_000 };
    const [[first, why] = []] = planned({ weights: [0.6, 0.4, 0], ...fine });
    expect([first, why]).toEqual([Math.floor(60e9 * ((500_000 - 2) / 1_000_000)) / 1e9, 'none']);
    const [[alone] = []] = planned({
      weights: [0.6, 0],
      held: [0, 0],
      fractional: true,
      cash: 3_000,
    });
    expect(alone).toBe(Math.floor(60e9 * ((300_000 - 1) / 600_000)) / 1e9);
  });

  it('closes a position below the smallest order also where buys are shrunk', () => {
    expect(planned({ weights: [0, 0.9], held: [1, 0], cash: 500, minOrder: 150 })).toEqual([
      [-1, 'none'],
      [5, 'none'],
    ]);
  });

  it('rounds the money down to a cent', () => {
    const money = { cash: 100.01, reserve: 0.5, prices: [50.01], minDrift: 0 };
    expect(planned({ weights: [0.0051], ...money })).toEqual([[0, 'cash']]);
  });

  it('keeps its buys where they cost exactly the money', () => {
    expect(planned({ weights: [0.6, 0.4] })).toEqual([
      [60, 'none'],
      [40, 'none'],
    ]);
  });

  it('borrows what MAX_GROSS above 1 allows', () => {
    expect(planned({ weights: [1.25], maxGross: 1.25 })).toEqual([[125, 'none']]);
    expect(planned({ weights: [1.25], maxGross: 1 })).toEqual([[99, 'none']]);
  });
});

describe('creditOf', () => {
  it('is the part of the equity above 1, in whole cents, never negative', () => {
    expect(creditOf(1_001, { maxGross: 1.25 })).toBe(250);
    expect(creditOf(1_000, { maxGross: 1 })).toBe(0);
    expect(creditOf(1_000, { maxGross: 0.5 })).toBe(0);
  });
});

describe('weightOf', () => {
  it('is the value as a fraction of the equity, 0 without equity', () => {
    expect(weightOf(2 * SHARE, 50, dollars(400))).toBe(0.25);
    expect(weightOf(SHARE, 0.01, 1)).toBe(1);
    expect(weightOf(2 * SHARE, 50, 0)).toBe(0);
    expect(weightOf(2 * SHARE, 50, -100)).toBe(0);
  });
});
