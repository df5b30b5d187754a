import { describe, expect, it } from 'vitest';
import { cadenceOf, isActive, type Ranking, rankingFor } from '#core/domain/model.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';

const ranking = (lookback: number, ...candidates: readonly string[]): Ranking => ({
  ...{ asOf: sessionDate('2026-11-09'), lookback, rankings: [], excluded: [] },
  ...(candidates.length > 0 && { candidates: candidates.map(ticker) }),
});
const asking = (lookback: number, ...candidates: readonly string[]) => ({
  parameters: { lookback, top: 1, minimumMomentum: 0, leverage: 1 },
  ...(candidates.length > 0 && {
    candidates: candidates.map((symbol) => ({
      ...{ ticker: ticker(symbol), sector: symbol, firstSession: sessionDate('2000-01-03') },
    })),
  }),
});

describe('a model', () => {
  it('takes part always, or in the regime that it is for', () => {
    const active = (activeIn: 'always' | 'bull' | 'bear') =>
      (['bull', 'bear'] as const).map((regime) => isActive({ activeIn }, regime));
    expect(active('always')).toEqual([true, true]);
    expect(active('bull')).toEqual([true, false]);
    expect(active('bear')).toEqual([false, true]);
  });

  it('is monthly unless it says otherwise', () => {
    expect([cadenceOf({}), cadenceOf({ cadence: 'weekly' })]).toEqual(['monthly', 'weekly']);
  });

  it('uses the ranking of its own candidates over its own lookback', () => {
    const all = [ranking(126), ranking(63), ranking(126, 'XLK', 'XLF'), ranking(126, 'XLF')];
    expect(rankingFor(asking(126), all)).toBe(all[0]);
    expect(rankingFor(asking(63), all)).toBe(all[1]);
    expect(rankingFor(asking(126, 'XLK', 'XLF'), all)).toBe(all[2]);
    expect(rankingFor(asking(126, 'XLF'), all)).toBe(all[3]);
    expect([asking(21), asking(63, 'XLF')].map((each) => rankingFor(each, all))).toEqual([
      undefined,
      undefined,
    ]);
  });
});
