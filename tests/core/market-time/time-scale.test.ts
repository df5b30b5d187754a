import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseSession, sessionsIn } from '#core/domain/calendar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import {
  marketNow,
  realInstantOf,
  SPEEDS,
  type TimeScale,
  windowEnd,
} from '#core/market-time/time-scale.ts';

const MINUTE = 60_000;
const at = (date: string, minutes: number) => newYorkInstant(sessionDate(date), minutes);
const END = windowEnd(parseSession('2024-12-31').close);

function timeScale(over: Partial<TimeScale>): TimeScale {
  return { marketMs: at('2024-03-04', 600), realMs: 0, speed: 1, endMs: END, ...over };
}

const timeScales = fc.record({
  marketMs: fc.integer({ min: at('2024-01-02', 0), max: END }).map(epochMs),
  realMs: fc.integer({ min: 0, max: 1e12 }),
  speed: fc.constantFrom(0, 1, SPEEDS.minute, SPEEDS.second, 0.3),
  endMs: fc.constant(END),
});

describe('the mapping from real to market time', () => {
  it('runs at the speed of the time scale inside a session', () => {
    const morning = timeScale({ speed: 10 });
    expect(marketNow(morning, 6_000)).toBe(morning.marketMs + MINUTE);
  });

  it('jumps from 20 minutes after a close to 2 minutes before the next open', () => {
    const evening = timeScale({ marketMs: at('2024-03-04', 16 * 60 + 19) });
    expect(marketNow(evening, MINUTE - 1)).toBe(at('2024-03-04', 16 * 60 + 20) - 1);
    expect(marketNow(evening, MINUTE)).toBe(at('2024-03-05', 9 * 60 + 28));
  });

  it.each([
    ['a weekend', '2024-03-01', '2024-03-04', 16 * 60],
    ['a holiday', '2024-07-03', '2024-07-05', 13 * 60],
    ['a half day', '2024-11-29', '2024-12-02', 13 * 60],
    ['the change to daylight time', '2024-03-08', '2024-03-11', 16 * 60],
  ])('jumps over %s', (_what, from, to, close) => {
    const evening = timeScale({ marketMs: at(from, close + 20) });
    expect(marketNow(evening, 0)).toBe(at(to, 9 * 60 + 28));
  });

  it('stops permanently 20 minutes after the last close', () => {
    const last = timeScale({ marketMs: at('2024-12-31', 15 * 60), speed: SPEEDS.second });
    expect(marketNow(last, 1e9)).toBe(END);
    expect(realInstantOf(last, epochMs(END + 1))).toBeUndefined();
  });

  it('takes a minute or a second for a full session', () => {
    const open = at('2024-03-04', 9 * 60 + 28);
    const next = at('2024-03-05', 9 * 60 + 28);
    expect(marketNow(timeScale({ marketMs: open, speed: SPEEDS.minute }), 60_000)).toBe(next);
    expect(marketNow(timeScale({ marketMs: open, speed: SPEEDS.second }), 1000)).toBe(next);
  });

  it('never runs backwards', () => {
    fc.assert(
      fc.property(timeScales, fc.nat(1e9), fc.nat(1e9), (from, first, more) => {
        const early = marketNow(from, from.realMs + first);
        expect(early).toBeGreaterThanOrEqual(from.marketMs);
        expect(marketNow(from, from.realMs + first + more)).toBeGreaterThanOrEqual(early);
      }),
    );
  });

  it('is always inside an active window', () => {
    const active = sessionsIn(sessionDate('2024-01-01'), sessionDate('2024-12-31'));
    fc.assert(
      fc.property(timeScales, fc.nat(1e9), (from, elapsed) => {
        const now = marketNow(from, from.realMs + elapsed);
        const inside = active.some(
          (s) => now >= s.open - 2 * MINUTE && now <= s.close + 20 * MINUTE,
        );
        expect(inside).toBe(true);
      }),
    );
  });

  it('never jumps by more than a millisecond when the speed changes', () => {
    fc.assert(
      fc.property(timeScales, fc.nat(1e7), fc.nat(1e6), (from, elapsed, more) => {
        const realMs = from.realMs + elapsed;
        const changed = { ...from, marketMs: marketNow(from, realMs), realMs };
        const apart = marketNow(from, realMs + more) - marketNow(changed, realMs + more);
        const crossedNight = apart > 12 * 3_600_000;
        expect(apart <= 1 || crossedNight).toBe(true);
        expect(apart).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('predicts when an instant will be reached', () => {
    fc.assert(
      fc.property(timeScales, fc.nat(1e9), (from, elapsed) => {
        const later = marketNow(from, from.realMs + elapsed);
        const real = realInstantOf(from, later);
        if (real === undefined) expect(from.speed).toBe(0);
        else expect(marketNow(from, real + 2)).toBeGreaterThanOrEqual(later - 1);
      }),
    );
  });
});
