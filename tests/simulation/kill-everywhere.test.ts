import { describe, expect, it } from 'vitest';
import { POINTS, runWithStops } from './kill-world.ts';

describe('a process killed at any effect of a rebalance', () => {
  it('without a kill sends six sells and six buys, one of them rejected, one in two orders', async () => {
    const { effects, faults } = await runWithStops([]);
    expect(faults).toEqual([]);
    expect(effects).toBeGreaterThan(50);
  });

  it('before, during and after every effect sends each order once and has the same records', async () => {
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

  it('again during recovery, for a sample of all pairs, is correct too', async () => {
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
