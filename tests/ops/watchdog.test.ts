import { describe, expect, it } from 'vitest';
import { createPulse } from '#ops/activity.ts';
import { createWatchdog, MOST_STUCK } from '#ops/watchdog.ts';

const MINUTE_MS = 60_000;

function setUp() {
  let now = 0;
  const pulse = createPulse(() => now, 15_000);
  const failures: string[] = [];
  const check = createWatchdog(pulse.ages, ({ message }) => failures.push(message));
  return {
    pulse,
    failures,
    later(durationMs: number, times = 1) {
      now += durationMs;
      for (let time = 0; time < times; time += 1) check();
    },
  };
}

describe('the watchdog', () => {
  it('ends a desk whose looks come to no end, once', () => {
    const { pulse, failures, later } = setUp();
    pulse.looked(true);
    later(2 * MINUTE_MS, MOST_STUCK - 1);
    expect(failures).toEqual([]);
    later(0, 3);
    expect(failures).toEqual(['the engine hangs: looked 120 s ago']);
  });

  it('leaves one alone that was stopped for hours and looks again', () => {
    const { pulse, failures, later } = setUp();
    pulse.looked(true);
    later(300 * MINUTE_MS, MOST_STUCK - 1);
    pulse.looked(false);
    later(0, MOST_STUCK);
    expect(failures).toEqual([]);
  });

  it('gives a first start its ten minutes', () => {
    const { failures, later } = setUp();
    later(9 * MINUTE_MS, MOST_STUCK);
    expect(failures).toEqual([]);
    later(2 * MINUTE_MS, MOST_STUCK);
    expect(failures).toEqual([expect.stringContaining('the engine hangs: starting since 660 s')]);
  });
});
