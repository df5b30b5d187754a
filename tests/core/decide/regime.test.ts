import { describe, expect, it } from 'vitest';
import { classifyRegime } from '#core/decide/regime.ts';
import { sessionDate } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { AS_OF, type CloseOf, history } from '#tests/support/bars.ts';

function regime(closeOf: CloseOf, count = 200) {
  const spy = history('SPY', closeOf, { count });
  return classifyRegime({ bars: new Map([[spy.ticker, spy]]), universe: UNIVERSE, asOf: AS_OF });
}

/**
 * 200 closes with the given last one, a mean of 100 and, 126 sessions before the last, `past`; all
 * others make up the difference.
 */
const shaped =
  (last: number, past: number): CloseOf =>
  (index, count) => {
    if (index === count - 1) return last;
    if (index === count - 127) return past;
    return (20_000 - last - past) / 198;
  };

describe('the regime', () => {
  it.each([
    [103, 200, 'bull'],
    [97, 50, 'bear'],
    [101.9, 90, 'bull'],
    [101.9, 110, 'bear'],
    [98.1, 90, 'bull'],
    [98.1, 110, 'bear'],
  ])('with a close of %d and %d half a year before is %s', (last, past, kind) => {
    expect(regime(shaped(last, past)).kind).toBe(kind);
  });

  it.each([
    [102, 197, 'bull'],
    [98, 3, 'bear'],
  ])(
    'exactly at the band’s edge follows the average: a close of %d after %d is %s',
    (last, past, kind) => {
      const found = regime(shaped(last, past));
      expect(Math.abs(found.distance ?? 0)).toBeCloseTo(0.02, 12);
      expect(found.kind).toBe(kind);
    },
  );

  it('is bear inside the band when the momentum is exactly 0', () => {
    expect(regime(() => 100)).toEqual({
      kind: 'bear',
      close: 100,
      mean200: 100,
      distance: 0,
      momentum126: 0,
    });
  });

  it('uses the mean of 200 closes, including the last but not the 201st', () => {
    const { mean200 } = regime((index) => (index === 0 ? 1e9 : index), 201);
    expect(mean200).toBe(100.5);
  });

  it('measures momentum over 126 sessions, not 125', () => {
    const { momentum126 } = regime((index, count) => (index === count - 127 ? 80 : 100));
    expect(momentum126).toBe(0.25);
  });

  it('is undefined without a close of the benchmark on or before the day', () => {
    const none = { bars: new Map(), universe: UNIVERSE, asOf: AS_OF };
    expect(() => classifyRegime(none)).toThrow(/SPY has no close through/);
    const spy = history('SPY', () => 100, { count: 200 });
    const early = { bars: new Map([[spy.ticker, spy]]), asOf: sessionDate('2001-01-02') };
    expect(() => classifyRegime({ ...early, universe: UNIVERSE })).toThrow(/SPY has no close/);
  });

  it('is neutral with 199 closes', () => {
    expect(regime(() => 100, 199).kind).toBe('neutral');
    expect(regime(() => 100, 126).momentum126).toBeUndefined();
  });
});
