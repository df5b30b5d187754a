import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { planSteps, type Step } from '../../scripts/torture/plan.ts';
import { torture } from '../../scripts/torture/run.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-torture-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const trade = (lines: number) => ({ kind: 'trade', lines, delayMs: 0 }) as const;

/** Fifteen seconds on a quiet machine. */
const LIMIT_MS = 400_000;

const WRONG_NOTHING = { doubled: [], lost: [], mismatches: [], faults: [] };

describe('a tortured process', () => {
  it('duplicates and loses nothing when it is killed, suspended past its lease and started twice (P1, I1, I2)', {
    timeout: LIMIT_MS,
  }, async () => {
    const steps: readonly Step[] = [
      { kind: 'kill', moment: trade(2) },
      { kind: 'kill', moment: { kind: 'start', delayMs: 0 } },
      { kind: 'pause', moment: trade(4), overlapMs: 0 },
      { kind: 'twins', moment: trade(1) },
    ];
    const found = await torture(steps, folder, () => undefined);
    expect(found).toMatchObject({ ...WRONG_NOTHING, kills: 3, pauses: 1, seconds: 1 });
    expect(found.rebalances).toBeGreaterThanOrEqual(1);
    expect(found.orders).toBeGreaterThanOrEqual(4);
  });

  it('collides with its second instance at the broker, which rejects duplicates (I1)', {
    timeout: LIMIT_MS,
  }, async () => {
    const steps: readonly Step[] = [
      { kind: 'kill', moment: trade(3) },
      { kind: 'split', from: 'copy', endMs: 0 },
      { kind: 'split', from: 'nothing', endMs: 0 },
    ];
    const found = await torture(steps, folder, () => undefined);
    expect(found).toMatchObject({ ...WRONG_NOTHING, kills: 1, splits: 2 });
    expect(found.rebalances).toBeGreaterThanOrEqual(1);
  });
});

describe('the plan of a torture', () => {
  it('is the same for the same seed, and has as many kills as requested', () => {
    const steps = planSteps(100, 7);
    expect(planSteps(100, 7)).toEqual(steps);
    expect(planSteps(100, 8)).not.toEqual(steps);
    const kills = steps.filter(({ kind }) => kind === 'kill' || kind === 'twins');
    expect(kills).toHaveLength(100);
    expect(new Set(steps.map(({ kind }) => kind)).size).toBe(5);
  });
});
