import { describe, expect, it } from 'vitest';
import { targetsNow } from '#core/decide/portfolio.ts';
import { breachesInto, verdictOn } from '#core/decide/risk.ts';
import type { Breach, RiskLimits, RiskVerdict } from '#core/domain/decision.ts';
import type { Model } from '#core/domain/model.ts';
import { dollars, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { limitWeights } from '#core/rules/limits.ts';
import { AS_OF } from '#tests/support/bars.ts';
import { LIMITS } from '#tests/support/deciding.ts';
import { holding } from '#tests/support/models.ts';

type Entries = Readonly<Record<string, number>>;

const weightsOf = (entries: Entries) =>
  new Map(Object.entries(entries).map(([name, weight]) => [ticker(name), weight]));

/** What risk says where one model wants those weights, and another has kept some of before. */
function verdict(
  entries: Entries,
  {
    usd = 100_000,
    limits = LIMITS,
    kept = {},
  }: { usd?: number; limits?: RiskLimits; kept?: Entries } = {},
): RiskVerdict {
  const parameters = { lookback: 126, top: 1, minimumMomentum: 0, leverage: 1 };
  const weigh = holding(weightsOf(entries));
  const model: Model = { id: 'wish', activeIn: 'always', budget: 1, parameters, weigh };
  const carried = new Map([
    ['kept', { active: true, weights: weightsOf(kept), carriedFrom: AS_OF }],
  ]);
  const models = Object.keys(kept).length > 0 ? [model, { ...model, id: 'kept' }] : [model];
  const rankings = [{ asOf: AS_OF, lookback: 126, rankings: [], excluded: [] }];
  const equity = dollars(usd);
  const breaches: Breach[] = [];
  const voting = {
    models,
    rankings,
    regime: { kind: 'bull' },
    universe: UNIVERSE,
    carried,
  } as const;
  const buffers = targetsNow(voting, { equity, limits }, breachesInto(breaches, UNIVERSE, equity));
  return verdictOn(buffers, { universe: UNIVERSE, equity, breaches, carried });
}

describe('risk', () => {
  it('approves a target within every limit, unchanged', () => {
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
    const weights = Float64Array.of(0.4, 0.4, 0.8);
    const breaches: Breach[] = [];
    const equity = dollars(100_000);
    limitWeights(weights, 2, equity, LIMITS, breachesInto(breaches, UNIVERSE, equity));
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(breaches[0]).toMatchObject({ rule: 'MAX_GROSS', ticker: undefined, to: 1 });
    expect(breaches[0]?.from).toBeCloseTo(1.6, 12);
  });

  it.each([
    [
      'a weight that is not a number',
      { XLK: Number.NaN },
      'XLK: expected a finite weight, found NaN',
    ],
    ['an infinite weight', { XLK: Number.POSITIVE_INFINITY }, 'expected a finite weight'],
    [
      'a negative weight',
      { XLK: 0.5, XLV: -0.1 },
      'XLV: expected a weight of at least 0, found -0.1',
    ],
  ])('refuses %s', (_, entries, reason) => {
    const refused = verdict(entries);
    expect(refused.kind).toBe('refused');
    expect(refused.weights.size).toBe(0);
    expect(refused.kind === 'refused' && refused.reason).toContain(reason);
  });

  it('rejects a ticker that a model kept and that may no longer be traded', () => {
    const refused = verdict({ XLK: 0.5 }, { kept: { SPY: 0.5 } });
    expect(refused.kind === 'refused' && refused.reason).toBe(
      'SPY: expected a ticker of the universe',
    );
  });

  it('names the first of several tickers that may no longer be traded', () => {
    const refused = verdict({ XLK: 0.5 }, { kept: { XLV: 0.1, SPY: 0.3, QQQ: 0.2 } });
    expect(refused.kind === 'refused' && refused.reason).toMatch(/^SPY:/);
  });

  it.each([0, -5])('rejects an account with an equity of %d', (usd) => {
    const refused = verdict({ XLK: 0.3 }, { usd });
    expect(refused.kind === 'refused' && refused.reason).toMatch(
      /^managed equity: expected more than \$0, found .*, after RESERVE_USD and MAX_MANAGED_USD$/,
    );
  });

  it('accepts an account of one cent', () => {
    expect(verdict({ XLK: 0.3 }, { usd: 0.01 }).kind).toBe('trimmed');
  });

  it('rounds the cash from a reduction to the nearest cent', () => {
    const { breaches } = verdict({ XLE: 1 }, { usd: 1_000.01 });
    expect(breaches[0]?.cash).toBe(60_001);
  });

  it('gives the same verdict on the same target again: it has no state', () => {
    const first = verdict({ XLE: 1 });
    verdict({ XLK: Number.NaN });
    expect(verdict({ XLE: 1 })).toEqual(first);
  });
});
