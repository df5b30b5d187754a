import { describe, expect, it } from 'vitest';
import {
  firstSessionOfNextMonth,
  isFirstOfMonth,
  isSession,
  lastClosedSession,
  nextSession,
  sessionAt,
  sessionOffset,
  sessionOn,
  sessionsBetween,
  sessionsIn,
} from '#core/domain/calendar.ts';
import { newYorkDate, newYorkInstant, newYorkTime } from '#core/domain/new-york.ts';
import { epochMs, sessionDate } from '#core/domain/units.ts';

const day = sessionDate;
const at = (text: string) => epochMs(Date.parse(text));

/** The zone database's own opinion of New York, to check the rule against. */
const ZONE = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/New_York',
  dateStyle: 'short',
  timeStyle: 'short',
  hour12: false,
});

describe('New York time', () => {
  it('agrees with the zone database around every clock change from 1990 to 2045', () => {
    const hours: number[] = [];
    for (let year = 1990; year <= 2045; year++) {
      for (const month of [2, 3, 9, 10]) {
        for (let hour = 0; hour < 31 * 24; hour++) hours.push(Date.UTC(year, month, 1, hour, 30));
      }
    }
    const wrong = hours.filter((instant) => {
      const expected = ZONE.format(instant).replace(', 24:', ', 00:');
      return `${newYorkDate(instant)}, ${newYorkTime(instant)}` !== expected;
    });
    expect(wrong.map((instant) => new Date(instant).toISOString())).toEqual([]);
  });

  it('opens at 14:30Z in winter and 13:30Z in summer', () => {
    expect(newYorkInstant(day('2026-01-15'), 570)).toBe(Date.parse('2026-01-15T14:30:00Z'));
    expect(newYorkInstant(day('2026-07-15'), 570)).toBe(Date.parse('2026-07-15T13:30:00Z'));
  });
});

describe('the NYSE calendar', () => {
  it.each([
    ['2026-01-01', 'New Year'],
    ['2026-01-19', 'Martin Luther King'],
    ['2026-02-16', 'Presidents'],
    ['2026-04-03', 'Good Friday'],
    ['2026-05-25', 'Memorial'],
    ['2026-06-19', 'Juneteenth'],
    ['2026-07-03', 'Independence Day kept on Friday'],
    ['2026-09-07', 'Labor'],
    ['2026-11-26', 'Thanksgiving'],
    ['2026-12-25', 'Christmas'],
    ['2025-01-09', 'Carter'],
    ['2001-09-11', 'September 11'],
    ['2012-10-29', 'Sandy'],
    ['2027-12-24', 'Christmas kept on Friday'],
  ])('is closed on %s (%s)', (date) => {
    expect(isSession(day(date))).toBe(false);
  });

  it.each(['2021-12-31', '2027-12-31', '1997-01-20', '2021-06-18'])('is open on %s', (date) => {
    expect(isSession(day(date))).toBe(true);
  });

  it.each([
    '2026-11-27',
    '2026-12-24',
    '2027-11-26',
    '2028-07-03',
    '2028-11-24',
    '2019-07-03',
    '2002-07-05',
  ])('closes at 13:00 on %s', (date) => {
    expect(newYorkTime(sessionOn(day(date))?.close ?? 0)).toBe('13:00');
  });

  it('has 250 to 254 sessions in each year without a long closing', () => {
    for (let year = 1990; year <= 2045; year++) {
      const count = sessionsIn(day(`${year}-01-01`), day(`${year}-12-31`)).length;
      expect([year, count >= (year === 2001 ? 248 : 250) && count <= 254]).toEqual([year, true]);
    }
  });

  it('knows the open session and the last closed one', () => {
    expect(sessionAt(at('2026-11-20T14:30:00Z'))?.date).toBe('2026-11-20');
    expect(sessionAt(at('2026-11-20T14:29:59Z'))).toBeUndefined();
    expect(sessionAt(at('2026-11-20T21:00:00Z'))).toBeUndefined();
    expect(lastClosedSession(at('2026-11-20T21:00:00Z')).date).toBe('2026-11-20');
    expect(lastClosedSession(at('2026-11-22T12:00:00Z')).date).toBe('2026-11-20');
    expect(nextSession(at('2026-11-25T21:30:00Z')).date).toBe('2026-11-27');
  });

  it('counts and steps across holidays and month ends', () => {
    expect(sessionOffset(day('2026-11-27'), -1).date).toBe('2026-11-25');
    expect(sessionsBetween(day('2026-11-25'), day('2026-11-30'))).toBe(2);
    expect(isFirstOfMonth(day('2026-06-01'))).toBe(true);
    expect(isFirstOfMonth(day('2026-08-04'))).toBe(false);
    expect(firstSessionOfNextMonth(day('2026-12-15')).date).toBe('2027-01-04');
  });

  it('reports an error outside of 1990 to 2045', () => {
    expect(() => nextSession(at('2046-01-03T00:00:00Z'))).toThrow(/covers 1990-2045/);
  });
});
