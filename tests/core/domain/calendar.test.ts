import { describe, expect, it } from 'vitest';
import {
  CALENDAR_DAYS,
  closeDays,
  closedByPeople,
  firstSessionOfMonth,
  firstSessionOfNextMonth,
  firstSessionOfWeek,
  isFirstOfMonth,
  isFirstOfWeek,
  isSession,
  lastClosedSession,
  lastFinalSession,
  nextSession,
  parseSession,
  sessionAt,
  sessionOffset,
  sessionOn,
  sessionOnOrBefore,
  sessions,
  sessionsBetween,
  sessionsIn,
} from '#core/domain/calendar.ts';
import { newYorkDate, newYorkInstant, newYorkTime } from '#core/domain/new-york.ts';
import { epochMs, type SessionDate, sessionDate } from '#core/domain/units.ts';
import { NYSE_DAYS } from '#tests/support/nyse-days.ts';

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

  describe('with closings at short notice that a person confirmed', () => {
    /** What the function finds with those days closed, which are sessions again afterwards. */
    function closing(days: readonly SessionDate[], look: () => void): void {
      try {
        closeDays(days);
        look();
      } finally {
        closeDays([]);
      }
    }

    it('has no session on them, and counts none', () => {
      const [monday, tuesday, wednesday] = ['2027-03-01', '2027-03-02', '2027-03-03'].map(day);
      if (!monday || !tuesday || !wednesday) throw new Error('three days');
      expect([isSession(monday), sessionsBetween(monday, wednesday)]).toEqual([true, 2]);
      // Sessions that somebody has asked for are kept; not those of another calendar.
      sessionOn(monday);
      closing([monday, tuesday], () => {
        expect([isSession(monday), sessionOn(tuesday)]).toEqual([false, undefined]);
        expect(firstSessionOfMonth(monday).date).toBe(wednesday);
        expect(sessionOn(wednesday)?.date).toBe(wednesday);
        expect(newYorkTime(sessionOn(day('2027-11-26'))?.close ?? 0)).toBe('13:00');
        expect(sessionOffset(wednesday, -1).date).toBe('2027-02-26');
        expect(nextSession(newYorkInstant(tuesday, 600)).date).toBe(wednesday);
        expect(closedByPeople()).toEqual([monday, tuesday]);
      });
      expect(sessionOn(monday)?.date).toBe(monday);
    });

    it('replaces the days given before, and changes nothing on a weekend', () => {
      const all = sessions().length;
      closing([day('2027-03-01')], () => {
        closeDays([day('2027-03-02'), day('2027-03-06')]);
        expect(isSession(day('2027-03-01'))).toBe(true);
        expect(sessions()).toHaveLength(all - 1);
      });
      expect(sessions()).toHaveLength(all);
    });
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
    expect(() => sessionOnOrBefore(day('1989-12-29'))).toThrow(/covers 1990-2045/);
    expect(() => lastClosedSession(at('1989-12-29T22:00:00Z'))).toThrow(/covers 1990-2045/);
    expect([isSession(day('1989-12-29')), isSession(day('2046-01-03'))]).toEqual([false, false]);
    expect(sessionsBetween(day('1989-12-29'), day('1990-01-03'))).toBe(2);
    expect(sessionsIn(day('2045-12-28'), day('2046-02-01'))).toHaveLength(2);
  });
});

/** Every weekday from 1990 to 2045. */
function weekdays(): readonly string[] {
  const found: string[] = [];
  for (let at = Date.UTC(1990, 0, 1); at < Date.UTC(2046, 0, 1); at += 86_400_000) {
    const each = new Date(at);
    if (each.getUTCDay() % 6 !== 0) found.push(each.toISOString().slice(0, 10));
  }
  return found;
}

describe('the table of sessions', () => {
  const [closed, halves] = [0, 1].map(
    (part) =>
      new Set(
        Object.entries(NYSE_DAYS).flatMap(([year, days]) =>
          (days.split(' | ')[part] ?? '').split(' ').map((each) => `${year}-${each}`),
        ),
      ),
  );

  const expected = weekdays().filter((date) => !closed?.has(date));

  it('has every weekday on which the exchange is not closed', () => {
    expect(sessions().map(({ date }) => date)).toEqual(expected);
    expect(weekdays().filter((date) => isSession(day(date)))).toEqual(expected);
    expect(CALENDAR_DAYS).toEqual({ first: expected[0], last: '2045-12-31' });
  });

  it('has the half days of an independent calendar', () => {
    const found = sessions().flatMap(({ date, half }) => (half ? [date] : []));
    expect(found).toEqual(expected.filter((date) => halves?.has(date)));
  });

  it('gives the same session each time', () => {
    expect(sessionOn(day('2026-11-20'))).toBe(sessionOn(day('2026-11-20')));
    expect(sessionOn(day('2026-11-21'))).toBeUndefined();
  });

  it('ends on its first and its last day', () => {
    expect(isSession(day('1990-01-01'))).toBe(false);
    expect([isSession(day('1990-01-02')), isSession(day('2045-12-29'))]).toEqual([true, true]);
    expect([isSession(day('1989-12-29')), isSession(day('2046-01-02'))]).toEqual([false, false]);
    expect(sessionOnOrBefore(day('1990-01-02')).date).toBe('1990-01-02');
    expect(() => sessionOnOrBefore(day('1990-01-01'))).toThrow(/covers 1990-2045, asked near 1990/);
    expect(sessionOnOrBefore(day('2046-05-05')).date).toBe('2045-12-29');
    expect(() => sessionOffset(day('2045-12-29'), 1)).toThrow(/covers 1990-2045/);
    expect(() => sessionOffset(day('1990-01-02'), -1)).toThrow(/covers 1990-2045/);
    expect(sessionAt(at('1989-12-29T15:00:00Z'))).toBeUndefined();
  });
});

describe('questions about sessions', () => {
  it('find the one on a day, or the one before it', () => {
    expect(sessionOnOrBefore(day('2026-11-20')).date).toBe('2026-11-20');
    expect(sessionOnOrBefore(day('2026-11-22')).date).toBe('2026-11-20');
    expect(sessionOnOrBefore(day('2026-11-26')).date).toBe('2026-11-25');
  });

  it('count from one session to another, and from days without one', () => {
    const between = (from: string, to: string) => sessionsBetween(day(from), day(to));
    expect(between('2026-11-20', '2026-11-20')).toBe(0);
    expect(between('2026-11-20', '2026-11-23')).toBe(1);
    expect(between('2026-11-23', '2026-11-20')).toBe(-1);
    expect([between('2026-11-21', '2026-11-23'), between('2026-11-20', '2026-11-22')]).toEqual([
      1, 0,
    ]);
    expect(between('1990-01-01', '1990-01-02')).toBe(1);
  });

  it('step from a session only', () => {
    expect(sessionOffset(day('2026-11-20'), 0).date).toBe('2026-11-20');
    expect(() => sessionOffset(day('2026-11-21'), 1)).toThrow(/2026-11-21 is not a session/);
    expect(parseSession('2026-11-20').date).toBe('2026-11-20');
    expect(() => parseSession('2026-11-21')).toThrow(/2026-11-21 is not a session of the NYSE/);
  });

  it('list those of a span with both ends', () => {
    const dates = (from: string, to: string) =>
      sessionsIn(day(from), day(to)).map(({ date }) => date);
    expect(dates('2026-11-20', '2026-11-23')).toEqual(['2026-11-20', '2026-11-23']);
    expect(dates('2026-11-21', '2026-11-22')).toEqual([]);
    expect(dates('2026-11-23', '2026-11-20')).toEqual([]);
  });

  it('know the open one to the millisecond', () => {
    const open = at('2026-11-20T14:30:00Z');
    expect(sessionAt(open)?.date).toBe('2026-11-20');
    expect(sessionAt(epochMs(open - 1))).toBeUndefined();
    expect(sessionAt(at('2026-11-20T20:59:59.999Z'))?.date).toBe('2026-11-20');
    expect(lastClosedSession(at('2026-11-20T20:59:59.999Z')).date).toBe('2026-11-19');
    expect(nextSession(epochMs(open - 1)).date).toBe('2026-11-20');
    expect(nextSession(open).date).toBe('2026-11-23');
  });

  it('have final bars sixteen minutes after the close', () => {
    expect(lastFinalSession(at('2026-11-20T21:15:59.999Z')).date).toBe('2026-11-19');
    expect(lastFinalSession(at('2026-11-20T21:16:00Z')).date).toBe('2026-11-20');
  });

  it('know the first of a month and of the next one', () => {
    expect([isFirstOfMonth(day('2026-08-03')), isFirstOfMonth(day('2026-08-01'))]).toEqual([
      ...[true, false],
    ]);
    expect(firstSessionOfMonth(day('2026-08-20')).date).toBe('2026-08-03');
    expect(firstSessionOfMonth(day('2026-08-01')).date).toBe('2026-08-03');
    expect(firstSessionOfNextMonth(day('2026-07-31')).date).toBe('2026-08-03');
    expect(firstSessionOfNextMonth(day('2026-09-30')).date).toBe('2026-10-01');
    expect(firstSessionOfNextMonth(day('2026-12-31')).date).toBe('2027-01-04');
  });

  it('know the first of a week and of the weeks around it', () => {
    const first = (date: string, weeks?: number) => firstSessionOfWeek(day(date), weeks).date;
    expect(['2026-11-16', '2026-11-18', '2026-11-22'].map((date) => first(date))).toEqual(
      Array.from({ length: 3 }, () => '2026-11-16'),
    );
    expect([first('2026-11-18', 1), first('2026-11-18', -1)]).toEqual(['2026-11-23', '2026-11-09']);
    expect(first('2026-09-07')).toBe('2026-09-08');
    const isFirst = (date: string) => isFirstOfWeek(day(date));
    expect(['2026-09-07', '2026-09-08', '2026-09-09', '2026-11-16'].map(isFirst)).toEqual([
      ...[false, true, false, true],
    ]);
  });
});
