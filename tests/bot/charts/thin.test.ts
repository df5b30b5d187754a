import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thinned } from '#bot/charts/thin.ts';

const value = (point: number): number => point;

describe('thinning a long history', () => {
  it('keeps every point of a short one', () => {
    expect(thinned([3, 1, 2], [value])).toEqual([0, 1, 2]);
    expect(thinned([], [value])).toEqual([]);
  });

  it('keeps both ends and the order, and never exceeds the limit', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true }), { maxLength: 3000 }), (points) => {
        const places = thinned(points, [value, (point) => -point], 400);
        expect(places.length).toBeLessThanOrEqual(400);
        expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
        if (points.length === 0) return;
        expect([places[0], places.at(-1)]).toEqual([0, points.length - 1]);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('keeps the one day of a crash and the one day of a peak, wherever they are', () => {
    for (const [low, high] of [
      [1, 2498],
      [777, 778],
      [2400, 3],
    ] as const) {
      const points = Array.from({ length: 2500 }, (_, index) => Math.sin(index / 50));
      points[low] = -40;
      points[high] = 40;
      const places = thinned(points, [value]);
      expect(places).toEqual(expect.arrayContaining([low, high]));
      expect(places.length).toBeLessThan(402);
    }
  });

  it('keeps the extremes of every measure, and ignores unknown values', () => {
    const points = Array.from({ length: 1000 }, (_, index) => ({
      a: index,
      b: index === 500 ? -9 : index < 400 ? undefined : 1,
    }));
    expect(thinned(points, [({ a }) => a, ({ b }) => b], 50)).toContain(500);
  });
});
