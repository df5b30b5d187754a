import { describe, expect, it } from 'vitest';
import { applyRiskLimits } from '#core/decide/risk.ts';
import type { RiskLimits } from '#core/domain/decision.ts';
import { dollars, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { LIMITS } from '#tests/support/deciding.ts';

function verdict(
  entries: Record<string, number>,
  { usd = 100_000, limits = LIMITS }: { usd?: number; limits?: RiskLimits } = {},
) {
  const target = new Map(Object.entries(entries).map(([name, weight]) => [ticker(name), weight]));
  return applyRiskLimits({ target, universe: UNIVERSE, equity: dollars(usd), limits });
}

describe('risk', () => {
  it('approves what is within every limit, unchanged', () => {
    const { kind, weights, breaches } = verdict({ XLK: 0.4, XLV: 0.3, TLT: 0.3 });
    expect([kind, breaches]).toEqual(['approved', []]);
    expect([...weights]).toEqual([
      ['XLK', 0.4],
      ['XLV', 0.3],
      ['TLT', 0.3],
    ]);
  });

  it('caps a sector and leaves the rest in cash, with the reason and the dollars', () => {
    const { kind, weights, breaches } = verdict({ XLE: 1 });
    expect(kind).toBe('trimmed');
    expect([...weights]).toEqual([['XLE', 0.4]]);
    expect(breaches).toEqual([
      { rule: 'MAX_WEIGHT', ticker: 'XLE', from: 1, to: 0.4, cash: dollars(60_000) },
    ]);
  });

  it('does not cap the defensive asset', () => {
    expect(verdict({ TLT: 1 }).kind).toBe('approved');
  });

  it('drops a position under the minimum and keeps one at it', () => {
    const { weights, breaches } = verdict({ XLK: 0.0999, XLV: 0.1 }, { usd: 1_000 });
    expect([...weights.keys()]).toEqual(['XLV']);
    expect(breaches).toEqual([
      { rule: 'MIN_POSITION_USD', ticker: 'XLK', from: 0.0999, to: 0, cash: dollars(99.9) },
    ]);
  });

  it('scales any target down to MAX_GROSS, whoever made it', () => {
    const { weights, breaches } = verdict({ XLK: 0.4, XLV: 0.4, TLT: 0.8 });
    expect([...weights.values()].reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(breaches[0]).toMatchObject({ rule: 'MAX_GROSS', ticker: undefined, to: 1 });
    expect(breaches[0]?.from).toBeCloseTo(1.6, 12);
  });

  it.each([
    [
      'a weight that is not a number',
      { XLK: Number.NaN },
      'XLK: expected a finite weight, found NaN',
    ],
    ['an infinite weight', { XLK: Number.POSITIVE_INFINITY }, 'found Infinity'],
    [
      'a negative weight',
      { XLK: 0.5, XLV: -0.1 },
      'XLV: expected a weight of at least 0, found -0.1',
    ],
    ['the benchmark', { SPY: 0.5 }, 'SPY: expected a ticker of the universe'],
  ])('refuses %s', (_, entries, reason) => {
    const refused = verdict(entries);
    expect(refused.kind).toBe('refused');
    expect(refused.weights.size).toBe(0);
    expect(refused.kind === 'refused' && refused.reason).toContain(reason);
  });

  it.each([0, -5])('refuses an account with an equity of %d', (usd) => {
    expect(verdict({ XLK: 0.3 }, { usd }).kind).toBe('refused');
  });

  it('gives the same verdict on the same target again: it remembers nothing', () => {
    const first = verdict({ XLE: 1 });
    verdict({ XLK: Number.NaN });
    expect(verdict({ XLE: 1 })).toEqual(first);
  });
});
