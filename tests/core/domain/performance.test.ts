import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  betaOf,
  cagr,
  calmarOf,
  compare,
  deepestDrawdown,
  growth,
  maxDrawdown,
  returnsOf,
  SESSIONS_OF_A_YEAR,
  sharpe,
  sharpeOf,
  sortinoOf,
  totalReturn,
  upToTotalLoss,
  volatility,
  yearlyOf,
} from '#core/domain/performance.ts';

fc.configureGlobal({ seed: 20_251_117 });

const anyCurve = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), {
  minLength: 3,
  maxLength: 60,
});

describe('performance', () => {
  it('grows by the root of the total growth: doubling in 504 sessions is 41.4 % a year', () => {
    const curve = Array.from({ length: 505 }, (_, index) => 100 * 2 ** (index / 504));
    expect(cagr(curve)).toBeCloseTo(Math.SQRT2 - 1, 12);
    expect(totalReturn(curve)).toBeCloseTo(1, 12);
  });

  it('counts the sessions between values, not the values', () => {
    const curve = [100, ...Array.from({ length: 252 }, () => 110)];
    expect(cagr(curve)).toBeCloseTo(0.1, 12);
  });

  it('annualises volatility and Sharpe with 252, from the sample deviation', () => {
    // Returns 0.1, -0.05, 0.02: mean 0.0233…, sample deviation 0.0750555….
    const curve = [100, 110, 104.5, 106.59];
    expect(volatility(curve)).toBeCloseTo(0.07505553 * Math.sqrt(252), 6);
    expect(sharpe(curve)).toBeCloseTo((0.0233333333 / 0.07505553) * Math.sqrt(252), 5);
  });

  it('measures the maximum drawdown from an earlier peak', () => {
    expect(maxDrawdown([100, 120, 90, 130, 104])).toBeCloseTo(0.25, 12);
    expect(maxDrawdown([100, 101, 102])).toBe(0);
  });

  it('compares account and benchmark between the same two instants', () => {
    const { you, benchmark, alpha } = compare([100, 112], [50, 54]) ?? {};
    expect([you, benchmark, alpha]).toEqual([
      expect.closeTo(0.12, 12),
      expect.closeTo(0.08, 12),
      expect.closeTo(0.04, 12),
    ]);
  });

  it.each([
    ['nothing', []],
    ['a single value', [100]],
    ['a start of zero', [0, 100, 110]],
    ['a value that is not a number', [100, Number.NaN, Number.NaN]],
  ])('is undefined for %s', (_, curve) => {
    const found = [totalReturn(curve), cagr(curve), volatility(curve), sharpe(curve)];
    expect([...found, maxDrawdown(curve)]).toEqual(Array(5).fill(undefined));
  });

  it('has no Sharpe ratio without variance, and no volatility of one return', () => {
    expect(sharpe([100, 101, 102.01, 103.0301])).toBeUndefined();
    expect(sharpe([100, 100, 100])).toBeUndefined();
    expect(volatility([100, 100, 100])).toBe(0);
    expect(volatility([100, 101])).toBeUndefined();
  });

  it('has no growth rate for an account that lost more than everything', () => {
    expect(cagr([100, -5])).toBeUndefined();
    expect(cagr([100, 0])).toBe(-1);
  });

  it('counts a total loss, and nothing after it', () => {
    const lost = [100, 110, 0, 0, 0];
    expect(returnsOf(lost)).toEqual([110 / 100 - 1, -1]);
    expect(totalReturn(lost)).toBe(-1);
    expect(deepestDrawdown(lost)).toEqual({ depth: 1, peak: 1, trough: 2, recovered: undefined });
    expect(volatility(lost)).toBeGreaterThan(1);
  });

  it('has no Sortino ratio of a flat account, as it has no Sharpe ratio', () => {
    const terms = { perYear: 252, riskFree: 0.04 };
    expect(sortinoOf([0, 0, 0, 0], terms)).toBeUndefined();
    expect(sortinoOf([0, 0, -0.01, 0], terms)).toBeLessThan(0);
  });

  it('does not depend on the currency', () => {
    fc.assert(
      fc.property(anyCurve, fc.double({ min: 0.01, max: 100, noNaN: true }), (curve, rate) => {
        const other = curve.map((value) => value * rate);
        const growth = (values: readonly number[]) => 1 + (totalReturn(values) ?? Number.NaN);
        expect(growth(other) / growth(curve)).toBeCloseTo(1, 12);
        expect(maxDrawdown(other) ?? 0).toBeCloseTo(maxDrawdown(curve) ?? 0, 9);
      }),
    );
  });

  it('compounds its returns to the total growth, and no drawdown exceeds everything', () => {
    fc.assert(
      fc.property(anyCurve, (curve) => {
        const grown = returnsOf(curve).reduce((product, value) => product * (1 + value), 1);
        expect(grown / (1 + (totalReturn(curve) ?? Number.NaN))).toBeCloseTo(1, 9);
        const fall = maxDrawdown(curve) ?? Number.NaN;
        expect(fall >= 0 && fall < 1).toBe(true);
      }),
    );
  });
});

/** The same draws in Python gave the numbers below: three uniform draws a return, no logarithm. */
function drawnReturns(): { readonly own: readonly number[]; readonly market: readonly number[] } {
  let seed = 20_251_117n;
  const draw = (): number => {
    seed = (seed * 1_103_515_245n + 12_345n) % 2_147_483_648n;
    return Number(seed) / 2_147_483_648;
  };
  const series = (drift: number, width: number): number[] =>
    Array.from({ length: 520 }, () => drift + width * (draw() + draw() + draw() - 1.5));
  const market = series(0.0004, 0.02);
  const rest = series(0.0002, 0.01);
  return { market, own: market.map((each, index) => 0.7 * each + (rest[index] ?? 0)) };
}

describe('performance against quantstats 0.0.86 and empyrical-reloaded 0.7.1', () => {
  const { own, market } = drawnReturns();
  const THREE = { perYear: 252, riskFree: 0.03 };
  const curve = [1];
  for (const each of own) curve.push((curve.at(-1) ?? 1) * (1 + each));

  it('has their Sortino ratio, with and without a risk-free rate', () => {
    expect(sortinoOf(own)).toBeCloseTo(2.0476737483295455, 9);
    expect(sortinoOf(own, THREE)).toBeCloseTo(1.701739858598014, 9);
  });

  it('has their Sharpe ratio over a risk-free rate of 3 %', () => {
    expect(sharpeOf(own, THREE)).toBeCloseTo(1.1542430681264848, 9);
  });

  it('has their beta, and 1 for the benchmark against itself', () => {
    expect(betaOf(own, market)).toBeCloseTo(0.682719821700861, 9);
    expect(betaOf(market, market)).toBeCloseTo(1, 12);
  });

  it('has their Calmar ratio and its drawdown in days', () => {
    const fall = deepestDrawdown(curve);
    expect(fall?.depth).toBeCloseTo(0.12433810907196144, 9);
    // They number returns, the curve has one value more; their last day below is the one before.
    expect(fall).toMatchObject({ peak: 107, trough: 198, recovered: 272 });
    expect(calmarOf(cagr(curve), fall?.depth)).toBeCloseTo(1.5452386564484668, 9);
  });
});

describe('the maximum drawdown', () => {
  it('lasts from the last day on its peak until that value is reached again', () => {
    const fall = { depth: expect.closeTo(0.2, 12), peak: 2, trough: 4, recovered: 6 };
    expect(deepestDrawdown([90, 100, 100, 90, 80, 99, 100, 120])).toEqual(fall);
  });

  it('has not recovered while every later value is below the peak', () => {
    const found = deepestDrawdown([100, 60, 99]);
    expect(found).toMatchObject({ peak: 0, trough: 1, recovered: undefined });
  });

  it('is undefined for a curve that never fell', () => {
    expect(deepestDrawdown([100, 101])).toMatchObject({ depth: 0, recovered: undefined });
  });
});

describe('downside statistics', () => {
  it('have no ratio if nothing fell short, and no beta against a constant', () => {
    expect(sortinoOf([0.01, 0.02, 0])).toBeUndefined();
    expect(betaOf([0.01, 0.02], [0.01, 0.01])).toBeUndefined();
    expect(calmarOf(0.1, 0)).toBeUndefined();
  });
});

describe('the growth of one dollar', () => {
  const nothing = { deposited: 0, withdrawn: 0 };

  it('is neither more for what came in nor less for what went out', () => {
    expect(growth(100, 110, nothing)).toBeCloseTo(1.1, 12);
    expect(growth(100, 150, { deposited: 50, withdrawn: 0 })).toBe(1);
    expect(growth(100, 70, { deposited: 0, withdrawn: 30 })).toBe(1);
    expect(growth(100, 165, { deposited: 50, withdrawn: 0 })).toBeCloseTo(1.1, 12);
    expect(growth(0.5, 1, nothing)).toBe(2);
    expect(growth(0, 50, { deposited: 50, withdrawn: 0 })).toBe(1);
    expect(growth(100, 0, nothing)).toBe(0);
  });

  it.each([
    [0, 10],
    [-5, 10],
    [Number.NaN, 10],
    [Number.POSITIVE_INFINITY, 10],
    [10, Number.NaN],
    [10, Number.POSITIVE_INFINITY],
  ])('is undefined from %d to %d', (before, after) => {
    expect(growth(before, after, nothing)).toBeUndefined();
  });
});

describe('numbers of few or absurd values', () => {
  it('are undefined rather than 0', () => {
    expect([totalReturn([]), totalReturn([5]), deepestDrawdown([]), deepestDrawdown([5])]).toEqual(
      Array(4).fill(undefined),
    );
    expect(totalReturn([5, Number.POSITIVE_INFINITY])).toBeUndefined();
    expect([yearlyOf(0.1, 0), yearlyOf(0.1, -1), yearlyOf(-1.01, 10)]).toEqual(
      Array(3).fill(undefined),
    );
    expect(yearlyOf(-1, 252)).toBe(-1);
    expect([calmarOf(undefined, 0.1), calmarOf(0.2, undefined), calmarOf(0.2, 0)]).toEqual(
      Array(3).fill(undefined),
    );
    expect(betaOf([0.1, 0.2], [0.1, 0.2, 0.4])).toBeUndefined();
    expect(compare([100, 110], [0, 1])).toBeUndefined();
    expect(compare([0, 1], [100, 110])).toBeUndefined();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'have no returns with %d among them',
    (bad) => {
      expect([returnsOf([100, bad, 110]), returnsOf([100, 110, bad])]).toEqual([[], []]);
      expect([returnsOf([bad, 100]), returnsOf([0, 100])]).toEqual([[], []]);
      expect(deepestDrawdown([100, 90, bad])).toBeUndefined();
    },
  );

  it('end with the first value of 0', () => {
    expect(upToTotalLoss([0, 5])).toEqual([0]);
    expect(upToTotalLoss([5, 0, 7])).toEqual([5, 0]);
    expect(upToTotalLoss([5, 7])).toEqual([5, 7]);
    expect(returnsOf([10, 5, 0, 7])).toEqual([-0.5, -1]);
  });

  it('find a peak again on the day after the trough, and at the very beginning', () => {
    expect(deepestDrawdown([100, 50, 100])).toEqual({
      ...{ depth: 0.5, peak: 0, trough: 1, recovered: 2 },
    });
    expect(deepestDrawdown([50, 100, 50, 75])?.recovered).toBeUndefined();
  });

  it('tell of a year from 250 sessions on', () => {
    expect(SESSIONS_OF_A_YEAR).toBe(250);
  });

  it('have a beta that is of both deviations from their means', () => {
    expect(betaOf([0.11, 0.13, 0.09], [0.1, 0.11, 0.09])).toBeCloseTo(2, 9);
  });
});

describe('A deviation', () => {
  const LEAST = 1e-12;

  it('counts from a millionth of a millionth on; below it is rounding', () => {
    const [returns, flatter] = [
      [-LEAST, 0, LEAST],
      [-LEAST / 2, 0, LEAST / 2],
    ];
    expect([sharpeOf(returns), sharpeOf(flatter)]).toEqual([0, undefined]);
    expect([betaOf(returns, returns), betaOf(flatter, flatter)]).toEqual([1, undefined]);
    expect(sortinoOf([-2 * LEAST, -LEAST, 0])).toBeLessThan(0);
    expect(sortinoOf([-2 * LEAST, 0.1, 0.2, 0.3])).toBeGreaterThan(0);
    expect(sortinoOf([-LEAST, 0.1, 0.2, 0.3])).toBeUndefined();
  });

  it('needs two returns', () => {
    expect([sortinoOf([-0.1]), sharpeOf([-0.1]), betaOf([0.1], [0.1])]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
  });
});

describe('The growth of a curve', () => {
  it('needs two values, of which the first is worth something', () => {
    expect([[], [100], [0, 100], [-1, 100], [100, Number.NaN]].map(totalReturn)).toEqual([
      ...[undefined, undefined, undefined, undefined, undefined],
    ]);
    expect([returnsOf([]), returnsOf([Number.NaN, 1])]).toEqual([[], []]);
    expect(totalReturn([100, 300, 150])).toBe(0.5);
  });

  it('has no drawdown where it never falls', () => {
    const none = { depth: 0, peak: 0, trough: 0, recovered: undefined };
    expect(deepestDrawdown([100, 101, 101])).toEqual(none);
  });

  it('recovers from a drawdown at the first value that is as high as before, or not yet', () => {
    const drawdown = { depth: 0.5, peak: 1, trough: 2 };
    expect(deepestDrawdown([90, 100, 50, 99, 100, 120])).toEqual({ ...drawdown, recovered: 4 });
    expect(deepestDrawdown([90, 100, 50, 99])).toEqual({ ...drawdown, recovered: undefined });
  });
});
