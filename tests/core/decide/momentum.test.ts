import { describe, expect, it } from 'vitest';
import { rankSectors } from '#core/decide/momentum.ts';
import type { SessionDate } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { AS_OF, changed, history, market, scaledBy, sessionDates } from '#tests/support/bars.ts';

const rank = (bars = market(), lookback = 126) =>
  rankSectors({ bars, universe: UNIVERSE, asOf: AS_OF, lookback });

describe('a ranking', () => {
  it('uses the last close and the one exactly the lookback before', () => {
    const bars = changed(market(), 'XLE', () => history('XLE', (index) => index + 1));
    const [first] = rank(bars, 80).rankings;
    expect(first).toEqual({
      rank: 1,
      ticker: 'XLE',
      momentum: 230 / 150 - 1,
      close: 230,
      past: 150,
      pastDate: sessionDates(AS_OF, 81)[0],
    });
  });

  it('keeps universe order among equals', () => {
    const bars = market({ XLY: 0.3, XLF: 0.3 });
    const names = rank(bars).rankings.map(({ ticker }) => ticker);
    expect(names.slice(0, 3)).toEqual(['XLF', 'XLY', 'XLK']);
  });

  it('keeps universe order among equals whose histories were adjusted differently', () => {
    const even = market(Object.fromEntries(UNIVERSE.sectors.map(({ ticker }) => [ticker, 0.137])));
    const names = rank(even).rankings.map(({ ticker }) => ticker);
    for (const factor of [0.1, 0.37, 1 / 3, 17]) {
      for (const { ticker } of UNIVERSE.sectors) {
        const adjusted = changed(even, ticker, (had) => scaledBy(had, factor));
        expect(rank(adjusted).rankings.map((row) => row.ticker)).toEqual(names);
      }
    }
  });

  it('ranks from 1 without gaps, strongest first', () => {
    const { rankings } = rank(market({ XLB: -0.2, XLC: 0.5, XLP: 0.1 }));
    expect(rankings.map((row) => row.rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect([rankings[0]?.ticker, rankings[1]?.ticker, rankings[10]?.ticker]).toEqual([
      'XLC',
      'XLP',
      'XLB',
    ]);
  });

  it('leaves out a sector that is too young for the lookback, and gives its age', () => {
    const dates = sessionDates(AS_OF, 127);
    const youngFrom = (firstSession: SessionDate | undefined) => ({
      ...UNIVERSE,
      sectors: UNIVERSE.sectors.map((each) =>
        each.ticker === 'XLB' && firstSession ? { ...each, firstSession } : each,
      ),
    });
    const found = (place: number) =>
      rankSectors({
        bars: market(),
        universe: youngFrom(dates[place]),
        asOf: AS_OF,
        lookback: 126,
      });
    expect(found(0).excluded).toEqual([]);
    expect(found(0).rankings).toHaveLength(11);
    expect(found(1).excluded).toEqual([
      { ticker: 'XLB', reason: `126 of 127 sessions since its first, ${dates[1]}` },
    ]);
    expect(found(1).rankings.map(({ ticker }) => ticker)).not.toContain('XLB');
  });

  it('stops rather than rank a sector whose bars are missing', () => {
    const bars = changed(market(), 'XLB', () => undefined);
    expect(() => rank(bars)).toThrow('XLB lacks 127 closes');
  });
});
