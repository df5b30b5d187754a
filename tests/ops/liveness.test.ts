import { describe, expect, it } from 'vitest';
import { CHECKS_UNTIL_HUNG, createActivity, createWatchdog } from '#ops/liveness.ts';

const MINUTE_MS = 60_000;

function setUp() {
  let now = 0;
  const activity = createActivity(() => now, 15_000);
  const failures: string[] = [];
  const check = createWatchdog(activity.ages, ({ message }) => failures.push(message));
  return {
    activity,
    failures,
    later(durationMs: number, times = 1) {
      now += durationMs;
      for (let time = 0; time < times; time += 1) check();
    },
  };
}

describe('the watchdog', () => {
  it('ends a Rotor whose refreshes never finish, once', () => {
    const { activity, failures, later } = setUp();
    activity.refreshed(true);
    later(2 * MINUTE_MS, CHECKS_UNTIL_HUNG - 1);
    expect(failures).toEqual([]);
    later(0, 3);
    expect(failures).toEqual(['the engine hangs: looked 120 s ago']);
  });

  it('ignores a process that was suspended for hours and refreshes again', () => {
    const { activity, failures, later } = setUp();
    activity.refreshed(true);
    later(300 * MINUTE_MS, CHECKS_UNTIL_HUNG - 1);
    activity.refreshed(false);
    later(0, CHECKS_UNTIL_HUNG);
    expect(failures).toEqual([]);
  });

  it('gives a first start its ten minutes', () => {
    const { failures, later } = setUp();
    later(9 * MINUTE_MS, CHECKS_UNTIL_HUNG);
    expect(failures).toEqual([]);
    later(2 * MINUTE_MS, CHECKS_UNTIL_HUNG);
    expect(failures).toEqual([expect.stringContaining('the engine hangs: starting for 660 s')]);
  });
});
