import { describe, expect, it } from 'vitest';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import { createMarketTime } from '#core/market-time/market-time.ts';
import { SPEEDS } from '#core/market-time/time-scale.ts';
import { manualTimers } from '#tests/core/broker/manual-timers.ts';
import { createManualTime } from '#tests/support/manual-time.ts';

const START = newYorkInstant(sessionDate('2024-03-04'), 600);

function leader(speed: number) {
  const timers = manualTimers(1_000_000);
  const end = sessionDate('2024-03-08');
  const time = createMarketTime({ start: START, end, speed, realNow: timers.now, timers });
  return { time, timers };
}

describe('the market clock', () => {
  it('wakes sleepers in the order of their instants', async () => {
    const { time, timers } = leader(10);
    const woken: string[] = [];
    const sleeps = [
      time.sleep(20_000).then(() => woken.push('late')),
      time.sleep(10_000).then(() => woken.push('early')),
    ];
    timers.advance(2_000);
    await Promise.all(sleeps);
    expect(woken).toEqual(['early', 'late']);
  });

  it('wakes nobody while it is paused, and does when it continues', () => {
    const { time, timers } = leader(SPEEDS.pause);
    const woken: number[] = [];
    time.at(epochMs(START + 60_000), () => woken.push(time.now()));
    timers.advance(1e7);
    expect(woken).toEqual([]);
    expect(time.now()).toBe(START);
    time.setSpeed(60);
    timers.advance(1_000);
    expect(woken).toEqual([START + 60_000]);
  });

  it('keeps its instant when the speed changes', () => {
    const { time, timers } = leader(SPEEDS.minute);
    timers.advance(5_000);
    const before = time.now();
    time.setSpeed(SPEEDS.second);
    expect(time.now()).toBe(before);
    timers.advance(10);
    expect(time.now()).toBe(before + 10 * SPEEDS.second);
  });

  it('rejects a sleep with the reason of its signal', async () => {
    const { time, timers } = leader(1);
    const stop = new AbortController();
    const slept = time.sleep(60_000, stop.signal);
    stop.abort(new RangeError('enough'));
    await expect(slept).rejects.toThrow('enough');
    await expect(time.sleep(1, stop.signal)).rejects.toThrow('enough');
    expect(timers.waits().length).toBe(0);
  });

  it('beats at least every 50 ms, at once on a change, and not after it was stopped', () => {
    const { time, timers } = leader(1);
    let beats = 0;
    const off = time.every(() => beats++);
    timers.advance(500);
    expect(beats).toBeGreaterThanOrEqual(10);
    const before = beats;
    time.setSpeed(SPEEDS.second);
    timers.advance(0);
    expect(beats).toBe(before + 1);
    off();
    timers.advance(500);
    expect(beats).toBe(before + 1);
    expect(timers.waits().length).toBe(0);
  });

  it('does not run backwards when the real clock is set back', () => {
    let real = 1_000_000;
    const end = sessionDate('2024-03-08');
    const time = createMarketTime({ start: START, end, speed: 10, realNow: () => real });
    real += 5_000;
    const seen = time.now();
    real -= 4_000;
    expect(time.now()).toBe(seen);
    time.stop();
  });

  it('resumes only forward', () => {
    const { time } = leader(1);
    time.resumeAt(epochMs(START - 1_000));
    expect(time.now()).toBe(START);
    time.resumeAt(epochMs(START + 1_000));
    expect(time.now()).toBe(START + 1_000);
  });

  it('rejects an end that is not a session, and an invalid speed', () => {
    const parts = { start: START, speed: 1, realNow: () => 0 };
    expect(() => createMarketTime({ ...parts, end: sessionDate('2024-03-09') })).toThrow(
      /not a session/,
    );
    expect(() => leader(1).time.setSpeed(Number.NaN)).toThrow(/speed/);
  });
});

describe('the manual clock', () => {
  it('triggers every alarm at its own instant, also those set while it moves', () => {
    const time = createManualTime(START);
    const rung: number[] = [];
    time.at(epochMs(START + 300), () => rung.push(time.now() - START));
    time.at(epochMs(START + 100), () => {
      rung.push(time.now() - START);
      time.at(epochMs(START + 200), () => rung.push(time.now() - START));
    });
    time.advance(1_000);
    expect(rung).toEqual([100, 200, 300]);
    expect(time.now()).toBe(START + 1_000);
  });

  it('forgets a cancelled alarm', () => {
    const time = createManualTime(START);
    let rung = false;
    time.at(epochMs(START + 1), () => {
      rung = true;
    })();
    time.advance(10);
    expect(rung).toBe(false);
  });
});
