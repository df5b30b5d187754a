import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EquityPoint } from '#core/domain/account-state.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { cents, sessionDate } from '#core/domain/units.ts';
import { parsePeriod, periodsIn, reportsAt, reportsDue } from '#core/views/periods.ts';
import { at, began, bookOf, closed } from './books.ts';

function close(day: string): EquityPoint {
  return { session: sessionDate(day), equity: cents(1), cash: cents(1), benchmark: 1 };
}

function due(before: string | undefined, day: string): readonly string[] {
  const reports = reportsDue(before === undefined ? undefined : close(before), close(day));
  return reports.map(({ key }) => key);
}

describe('the reports due after a close', () => {
  it('are its day alone in the middle of a week', () => {
    expect(due('2026-11-17', '2026-11-18')).toEqual(['2026-11-18']);
    expect(due(undefined, '2026-11-18')).toEqual(['2026-11-18']);
  });

  it('include the week on a Friday, and on the Thursday before Good Friday', () => {
    expect(due('2026-11-19', '2026-11-20')).toEqual(['2026-11-20', '2026-W47']);
    expect(due('2026-04-01', '2026-04-02')).toEqual(['2026-04-02', '2026-W14']);
  });

  it('include the week on a half day after a holiday', () => {
    expect(due('2026-11-25', '2026-11-27')).toEqual(['2026-11-27', '2026-W48']);
  });

  it('include week and month if a month ends on a Friday, the 31st or not', () => {
    expect(due('2026-07-30', '2026-07-31')).toEqual(['2026-07-31', '2026-W31', '2026-07']);
    expect(due('2026-05-28', '2026-05-29')).toEqual(['2026-05-29', '2026-W22', '2026-05']);
  });

  it('name the last week of a year by the year of its Thursday', () => {
    expect(due('2026-12-30', '2026-12-31')).toEqual(['2026-12-31', '2026-W53', '2026-12']);
    expect(due('2024-12-27', '2024-12-30')).toEqual(['2024-12-30']);
    expect(due('2025-01-02', '2025-01-03')).toEqual(['2025-01-03', '2025-W01']);
  });

  it('do not depend on a clock change in between', () => {
    expect(due('2026-10-30', '2026-11-02')).toEqual(['2026-11-02']);
    expect(due('2026-03-06', '2026-03-09')).toEqual(['2026-03-09']);
  });

  it('include periods that ended while no close was recorded', () => {
    expect(due('2026-11-18', '2026-11-24')).toEqual(['2026-W47', '2026-11-24']);
    expect(due('2026-10-28', '2026-11-10')).toEqual(['2026-W44', '2026-10', '2026-11-10']);
    expect(due('2026-10-28', '2026-11-30')).toEqual([
      '2026-W44',
      '2026-10',
      '2026-11-30',
      '2026-11',
    ]);
  });

  it('end with the calendar without an error', () => {
    expect(due('2045-12-28', '2045-12-29')).toEqual(['2045-12-29', '2045-W52', '2045-12']);
  });

  it('occur exactly once for each period with a close, whatever is missing (property)', () => {
    const days = sessionsIn(sessionDate('2025-10-01'), sessionDate('2027-02-26'));
    const chosen = fc.uniqueArray(fc.nat(days.length - 1), {
      minLength: 1,
      maxLength: days.length,
    });
    fc.assert(
      fc.property(chosen, (indices) => {
        const row = indices
          .sort((left, right) => left - right)
          .map((index) => days[index]?.date ?? '');
        const book = bookOf(
          began(at('2025-09-30T15:00:00Z')),
          ...row.map((day) => closed(day, 1, 1)),
        );
        // One more far away ends whatever is open.
        const all = [...row, '2028-01-04'];
        const told = all.flatMap((day, index) => due(all[index - 1], day));
        expect(new Set(told).size).toBe(told.length);
        const wanted = periodsIn(book).map(({ key }) => key);
        expect(told.filter((key) => !key.startsWith('2028-')).sort()).toEqual([...wanted].sort());
      }),
      { numRuns: 200 },
    );
  });

  it('follow the closes in the account state', () => {
    const book = bookOf(
      began(at('2026-11-18T15:00:00Z')),
      closed('2026-11-18', 1, 1),
      closed('2026-11-24', 1, 1),
    );
    const keys = (day: string) => reportsAt(book, sessionDate(day)).map(({ key }) => key);
    expect(keys('2026-11-24')).toEqual(['2026-W47', '2026-11-24']);
    expect(keys('2026-11-20')).toEqual([]);
    expect(periodsIn(book).map(({ key }) => key)).toEqual([
      '2026-11',
      '2026-W48',
      '2026-11-24',
      '2026-W47',
      '2026-11-18',
    ]);
  });

  it('recognise a key by its format', () => {
    expect(parsePeriod('2026-11')?.kind).toBe('month');
    expect(parsePeriod('2026-W47')?.kind).toBe('week');
    expect(parsePeriod('2026-11-20')?.kind).toBe('day');
    expect(parsePeriod('November')).toBeUndefined();
  });
});
