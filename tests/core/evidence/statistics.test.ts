import { describe, expect, it } from 'vitest';
import { annualSharpe, dailySharpe, deviationOf, meanOf, shapeOf } from '#core/evidence/moments.ts';
import { overfittingOf } from '#core/evidence/overfitting.ts';
import { mulberry32, nearNormal } from '#core/evidence/random.ts';
import { meanCorrelation, participationOf, relationOf } from '#core/evidence/relation.ts';
import {
  deflatedSharpe,
  leastRecord,
  loAnnualSharpe,
  loError,
  luckiestSharpe,
  mertensError,
  sharpeAbove,
} from '#core/evidence/sharpe-tests.ts';
import { evidenceCases, evidencePresent } from '#tests/support/evidence.ts';

const NEEDS = '(needs ../shared)';

interface Series {
  readonly kind: 'white' | 'ar1' | 'skewed' | 'positive';
  readonly seed: number;
  readonly n: number;
  readonly mu: number;
  readonly sigma: number;
  readonly phi?: number | undefined;
}

function seriesOf({ kind, seed, n, mu, sigma, phi = 0 }: Series): Float64Array {
  const draw = nearNormal(mulberry32(seed));
  let memory = 0;
  return Float64Array.from({ length: n }, () => {
    const z = draw();
    memory = phi * memory + z;
    if (kind === 'white') return mu + sigma * z;
    if (kind === 'ar1') return mu + sigma * memory;
    const skewed = (sigma * (z * z - 1)) / Math.sqrt(2);
    return kind === 'skewed' ? mu - skewed : mu + skewed;
  });
}

const near = (value: unknown, digits = 9) =>
  typeof value === 'number' ? expect.closeTo(value, digits) : value;

describe('the random numbers', () => {
  it('are the same everywhere', () => {
    const draw = mulberry32(1);
    expect([draw(), draw(), draw()]).toEqual([
      0.6270739405881613, 0.002735721180215478, 0.5274470399599522,
    ]);
  });
});

describe.skipIf(!evidencePresent)(`a series of returns ${NEEDS}`, () => {
  const cases = evidencePresent ? evidenceCases().synthetic.series : [];

  it.each(cases)('of $series.kind noise, seed $series.seed, has the expected figures', (each) => {
    const { series, expected } = each;
    const returns = seriesOf(series);
    const found = {
      mean: meanOf(returns),
      deviation: deviationOf(returns),
      sharpeDaily: dailySharpe(returns),
      sharpeAnnual: annualSharpe(returns),
      ...shapeOf(returns),
      seLo: loError(returns),
      seMertens: mertensError(returns),
      loAnnualMonthlyQ12: loAnnualSharpe(returns),
    };
    for (const [name, value] of Object.entries(found)) expect(value).toEqual(near(expected[name]));
    for (const [than, value] of Object.entries(expected.psr)) {
      expect(sharpeAbove(returns, Number(than))).toEqual(near(value));
    }
    for (const [than, value] of Object.entries(expected.minTrl95)) {
      const sessions = leastRecord(returns, Number(than));
      if (value === null) expect(sessions).toBeUndefined();
      else expect((sessions ?? 0) / value).toBeCloseTo(1, 7);
    }
  });
});

describe('a search', () => {
  const hand = evidencePresent ? evidenceCases().synthetic.handPbo : undefined;

  it.skipIf(!hand)(`small enough to check manually is split as expected ${NEEDS}`, () => {
    const rows = hand?.returns ?? [];
    const columns = (rows[0] ?? []).map((_, trial) =>
      Float64Array.from(rows, (row) => row[trial] ?? 0),
    );
    const found = overfittingOf(columns, hand?.S ?? 4);
    expect([...found.logits]).toEqual((hand?.logits ?? []).map((logit) => near(logit)));
    expect(found.probability).toEqual(near(hand?.expected['pbo']));
    expect(found.slope).toEqual(near(hand?.expected['slope']));
    expect(found.losing).toEqual(near(hand?.expected['oosLoss']));
  });

  const cases = evidencePresent ? evidenceCases().synthetic.pbo : [];

  it.each(cases)('of noise from $matrix.base, $S blocks, is as overfitted as expected', (each) => {
    const { matrix, S, expected, dsr } = each;
    const trials = Array.from({ length: matrix.N }, (_, column) =>
      seriesOf({
        kind: 'white',
        seed: matrix.base + column,
        n: matrix.T,
        mu: matrix.drift?.[column] ?? 0,
        sigma: 0.01,
      }),
    );
    const found = overfittingOf(trials, S);
    expect(found.probability).toEqual(near(expected['pbo']));
    expect(found.medianLogit).toEqual(near(expected['medianLogit']));
    expect(found.losing).toEqual(near(expected['oosLoss']));
    expect(found.inSample).toEqual(near(expected['isSharpe']));
    expect(found.outOfSample).toEqual(near(expected['oosSharpe']));
    expect(found.splits).toBe(expected['combos']);
    const best = trials[dsr['bestColumn'] ?? 0] ?? new Float64Array();
    const variance = deviationOf(Float64Array.from(trials, dailySharpe)) ** 2;
    expect(variance).toEqual(near(dsr['varSharpeDaily'], 12));
    expect(meanCorrelation(trials)).toEqual(near(dsr['meanCorrelation']));
    expect(luckiestSharpe(variance, trials.length)).toEqual(near(dsr['sr0']));
    expect(deflatedSharpe(best, variance, trials.length)).toEqual(near(dsr['dsr']));
  });

  it('with equal trials ranks them in the middle', () => {
    const one = seriesOf({ kind: 'white', seed: 5, n: 64, mu: 0.001, sigma: 0.01 });
    const found = overfittingOf([one, one, one], 4);
    expect([...found.logits].every((logit) => logit === 0)).toBe(true);
    expect(found.wins).toEqual(Int32Array.of(6, 0, 0));
  });
});

describe('the independent series among several', () => {
  const noise = (seed: number) => seriesOf({ kind: 'white', seed, n: 250, mu: 0.001, sigma: 0.01 });

  it('are one where all are the same, or each other turned around', () => {
    const one = noise(5);
    const flat = new Float64Array(250);
    expect(participationOf([one, one, one, one.map((value) => -value), flat])).toBeCloseTo(1, 9);
  });

  it('and their mean correlation leave out what never varies', () => {
    const [one, other, flat] = [noise(5), noise(6), new Float64Array(250)];
    const both = meanCorrelation([one, other]);
    expect(both).toBeCloseTo(relationOf(one, other).correlation, 12);
    expect(meanCorrelation([one, flat, other, flat])).toBe(both);
  });

  it('follow from the eigenvalues of two, 1 + r and 1 - r', () => {
    const [one, other] = [noise(5), noise(6)];
    const { correlation } = relationOf(one, other);
    expect(participationOf([one, other])).toBeCloseTo(4 / (2 + 2 * correlation ** 2), 9);
  });

  it('are the same whether there are more series or more days', () => {
    const many = Array.from({ length: 6 }, (_, seed) => noise(seed + 40).slice(0, 5));
    const correlations = many.flatMap((one) =>
      many.map((other) => relationOf(one, other).correlation),
    );
    const squares = correlations.reduce((sum, each) => sum + each ** 2, 0);
    expect(participationOf(many)).toBeCloseTo(36 / squares, 9);
  });

  it.each([70, 30])('are counted over every pair of 70 series of %i days', (days) => {
    const many = Array.from({ length: 70 }, (_, seed) => noise(seed + 40).slice(0, days));
    const squares = many.flatMap((one) =>
      many.map((other) => relationOf(one, other).correlation ** 2),
    );
    const sum = squares.reduce((total, square) => total + square, 0);
    expect(participationOf(many)).toBeCloseTo(70 ** 2 / sum, 9);
  });

  it('are nearly as many as there are of noise', () => {
    const found = participationOf(Array.from({ length: 10 }, (_, seed) => noise(seed + 20)));
    expect(found).toBeGreaterThan(9);
    expect(found).toBeLessThanOrEqual(10);
  });
});
