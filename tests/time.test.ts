import { describe, expect, it } from 'vitest';
import { createPacer, createStepWatch, type MonotonicTimers } from '#src/time.ts';

/** Time that a test moves; `late` delays every timer, as a busy machine does. */
function handTimers() {
  let now = 0;
  let waiting: { readonly at: number; readonly wake: () => void }[] = [];
  const timers: MonotonicTimers = {
    now: () => now,
    after(delayMs, wake) {
      const timer = { at: now + delayMs, wake };
      waiting.push(timer);
      return () => {
        waiting = waiting.filter((each) => each !== timer);
      };
    },
  };
  return {
    timers,
    isIdle: () => waiting.length === 0,
    pass(durationMs: number, late = 0) {
      const end = now + durationMs;
      for (;;) {
        const next = waiting.toSorted((one, other) => one.at - other.at)[0];
        if (!next || next.at + late > end) break;
        waiting = waiting.filter((each) => each !== next);
        now = Math.max(now, next.at + late);
        next.wake();
      }
      now = end;
    },
    /** Nothing runs for so long, and then what was due does. */
    stall(durationMs: number) {
      now += durationMs;
    },
  };
}

const PERIOD_MS = 5_000;

function paced() {
  const time = handTimers();
  const wakes: number[] = [];
  const stop = createPacer(PERIOD_MS, time.timers).every(() => wakes.push(time.timers.now()));
  const gaps = () => wakes.map((at, index) => at - (wakes[index - 1] ?? 0));
  return { ...time, wakes, stop, gaps };
}

describe('the pace', () => {
  it('is kept although every timer is late', () => {
    const { pass, wakes } = paced();
    pass(10 * 60_000, 300);
    expect(wakes).toHaveLength(119);
    expect(wakes.at(-1)).toBe(119 * PERIOD_MS + 300);
  });

  it.each([1_000, 5_000, 7_400, 12_000, 43_200_000])(
    'after a stall of %d ms wakes once, and never twice within half a period',
    (stallMs) => {
      const { pass, stall, gaps } = paced();
      pass(3 * PERIOD_MS + 100);
      stall(stallMs);
      pass(10 * PERIOD_MS);
      expect(Math.min(...gaps())).toBeGreaterThanOrEqual(PERIOD_MS / 2);
      expect(Math.max(...gaps().slice(5))).toBeLessThanOrEqual(2 * PERIOD_MS);
    },
  );

  it('ends when it is stopped, also from within a wake', () => {
    const { pass, wakes, stop, isIdle } = paced();
    pass(2 * PERIOD_MS);
    stop();
    pass(10 * PERIOD_MS);
    expect([wakes.length, isIdle()]).toEqual([2, true]);
    const time = handTimers();
    const once = createPacer(PERIOD_MS, time.timers).every(() => once());
    time.pass(3 * PERIOD_MS);
    expect(time.isIdle()).toBe(true);
  });
});

describe('a step of the wall clock', () => {
  const watched = () => {
    const time = { wall: 1_000_000, monotonic: 0 };
    const told: string[] = [];
    const check = createStepWatch(
      () => time.wall,
      () => time.monotonic,
      (text) => told.push(text),
    );
    const pass = (ms: number, stepMs = 0) => {
      time.monotonic += ms;
      time.wall += ms + stepMs;
      check();
    };
    return { pass, told };
  };

  it.each([-43_200_000, -600_000, -10_000, 10_000, 600_000, 43_200_000])(
    'of %d ms is told once',
    (stepMs) => {
      const { pass, told } = watched();
      for (let count = 0; count < 5; count++) pass(5_000);
      pass(5_000, stepMs);
      for (let count = 0; count < 5; count++) pass(5_000);
      expect(told).toEqual([
        expect.stringContaining(
          stepMs < 0 ? `set back ${-stepMs / 1_000} s` : `jumped ${stepMs / 1_000} s ahead`,
        ),
      ]);
    },
  );

  it('of a few seconds is the work of NTP and not told', () => {
    const { pass, told } = watched();
    pass(5_000, 4_900);
    pass(5_000, -4_900);
    expect(told).toEqual([]);
  });
});
