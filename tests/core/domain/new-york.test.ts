import { describe, expect, it } from 'vitest';
import {
  newYorkDate,
  newYorkInstant,
  newYorkInstantOf,
  newYorkMinutes,
  newYorkTime,
} from '#core/domain/new-york.ts';
import { sessionDate } from '#core/domain/units.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;

/** The zone database's own opinion. */
function zone(instant: number): string {
  return new Intl.DateTimeFormat('en-CA', {
    ...{ timeZone: 'America/New_York', dateStyle: 'short', timeStyle: 'short', hour12: false },
  })
    .format(instant)
    .replace(', 24:', ', 00:');
}

/** The n-th Sunday of a month, the last for 0, as its midnight in UTC. */
function sunday(year: number, month: number, nth: number): number {
  const days = Array.from({ length: 31 }, (_, at) => Date.UTC(year, month - 1, at + 1)).filter(
    (day) => new Date(day).getUTCMonth() === month - 1 && new Date(day).getUTCDay() === 0,
  );
  return days.at(nth - 1) ?? 0;
}

const YEARS = Array.from({ length: 59 }, (_, at) => 1987 + at);

/** Daylight time begins at 07:00Z and ends at 06:00Z. */
const CHANGES = YEARS.flatMap((year) => {
  const [spring, autumn] =
    year < 2007
      ? [sunday(year, 4, 1), sunday(year, 10, 0)]
      : [sunday(year, 3, 2), sunday(year, 11, 1)];
  return [spring + 7 * HOUR, autumn + 6 * HOUR];
});

describe('New York time', () => {
  it('changes on the Sundays that the law names, at two in the night', () => {
    const near = CHANGES.flatMap((change) => [-MINUTE, -1, 0, 1, MINUTE].map((by) => change + by));
    const wrong = near.filter((at) => `${newYorkDate(at)}, ${newYorkTime(at)}` !== zone(at));
    expect(wrong.map((at) => new Date(at).toISOString())).toEqual([]);
    expect([CHANGES[0], CHANGES[1]].map((at) => new Date(at ?? 0).toISOString())).toEqual([
      ...['1987-04-05T07:00:00.000Z', '1987-10-25T06:00:00.000Z'],
    ]);
  });

  it('is right around the turn of each year, and when instants come in any order', () => {
    const turns = YEARS.flatMap((year) =>
      [-1, 0, 5 * HOUR - 1, 5 * HOUR, 6 * HOUR].map((by) => Date.UTC(year, 0, 1) + by),
    );
    const summers = YEARS.map((year) => Date.UTC(year, 6, 4, 4));
    const mixed = turns.flatMap((at, row) => [at, summers[row % summers.length] ?? at]);
    const wrong = mixed.filter((at) => `${newYorkDate(at)}, ${newYorkTime(at)}` !== zone(at));
    expect(wrong).toEqual([]);
  });

  it('counts minutes from midnight, rounded down', () => {
    const midnight = Date.parse('2026-07-15T04:00:00Z');
    expect(newYorkMinutes(midnight)).toBe(0);
    expect(newYorkMinutes(midnight + 59_999)).toBe(0);
    expect(newYorkMinutes(midnight + 90 * MINUTE)).toBe(90);
    expect(newYorkMinutes(midnight - 1)).toBe(1_439);
    expect(newYorkTime(midnight + 9 * HOUR + 5 * MINUTE)).toBe('09:05');
    expect([newYorkDate(midnight - 1), newYorkDate(midnight)]).toEqual([
      '2026-07-14',
      '2026-07-15',
    ]);
  });

  it('finds the instant of a wall time, in winter, in summer, and on the days of a change', () => {
    const at = (date: string, minutes: number) =>
      new Date(newYorkInstant(sessionDate(date), minutes)).toISOString();
    expect(at('2026-01-15', 570)).toBe('2026-01-15T14:30:00.000Z');
    expect(at('2026-07-15', 570)).toBe('2026-07-15T13:30:00.000Z');
    expect(at('2026-03-08', 119)).toBe('2026-03-08T06:59:00.000Z');
    expect(at('2026-03-08', 180)).toBe('2026-03-08T07:00:00.000Z');
    expect(at('2026-11-01', 0)).toBe('2026-11-01T04:00:00.000Z');
    expect(at('2026-11-01', 120)).toBe('2026-11-01T07:00:00.000Z');
    expect(newYorkInstantOf(Date.parse('2026-07-15'), 0)).toBe(Date.parse('2026-07-15T04:00:00Z'));
  });
});
