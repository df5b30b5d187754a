import { describe, expect, it } from 'vitest';
import { POINTS, runWithStops } from './kill-world.ts';

describe('a process killed at any effect of a rebalance', () => {
  it('without a kill: six sells, six buys, one of them refused, one in two orders', async () => {
    const { effects, faults } = await runWithStops([]);
    expect(faults).toEqual([]);
    expect(effects).toBeGreaterThan(50);
  });

  it('killed before, unheard and after every effect: each order once, the same books', async () => {
    const { effects } = await runWithStops([]);
    const failed: string[] = [];
    for (let effect = 1; effect <= effects; effect++) {
      for (const point of POINTS) {
        const { faults } = await runWithStops([{ effect, point }]);
        if (faults.length > 0) failed.push(`${effect} ${point}: ${faults.join(', ')}`);
      }
    }
    expect(failed).toEqual([]);
  });

  it('killed again during recovery, a sample of all pairs', async () => {
    const { effects } = await runWithStops([]);
    const failed: string[] = [];
    for (let first = 3; first <= effects; first += 17) {
      for (let second = 1; second <= effects; second += 13) {
        const stops = [
          { effect: first, point: 'unheard' as const },
          { effect: second, point: 'unheard' as const },
        ];
        const { faults } = await runWithStops(stops);
        if (faults.length > 0) failed.push(`${first}, ${second}: ${faults.join(', ')}`);
      }
    }
    expect(failed).toEqual([]);
  });
});
