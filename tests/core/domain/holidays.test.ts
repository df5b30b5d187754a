import { describe, expect, it } from 'vitest';
import { closedDays, halfDays } from '#core/domain/holidays.ts';
import { NYSE_DAYS } from '#tests/support/nyse-days.ts';

const YEARS = Object.keys(NYSE_DAYS).map(Number);

/** `2026-01-19` and its weekday, 0 on Sunday. */
function dated(day: number): { readonly date: string; readonly weekday: number } {
  const at = new Date(day);
  return { date: at.toISOString().slice(0, 10), weekday: at.getUTCDay() };
}

/** Month and day of those in the year, weekends left out. */
function inYear(days: ReadonlySet<number>, year: number): string {
  return [...days]
    .map(dated)
    .filter(({ date, weekday }) => date.startsWith(`${year}-`) && weekday % 6 !== 0)
    .map(({ date }) => date.slice(5))
    .toSorted()
    .join(' ');
}

describe('the days without a full session', () => {
  it('are those of an independent calendar in each year from 1990 to 2045', () => {
    const [closed, halves] = [closedDays(1990, 2045), halfDays(1990, 2045)];
    const found = YEARS.map((year) => [year, `${inYear(closed, year)} | ${inYear(halves, year)}`]);
    expect(Object.fromEntries(found)).toEqual(NYSE_DAYS);
    expect(YEARS).toHaveLength(56);
  });

  it('are midnights, and the exchange is closed by rule on weekdays', () => {
    const [closed, halves] = [closedDays(1990, 2045), halfDays(1990, 2045)];
    expect([...closed, ...halves].filter((day) => day % 86_400_000 !== 0)).toEqual([]);
    expect([...closed].map(dated).filter(({ weekday }) => weekday % 6 === 0)).toEqual([]);
  });

  it('are found by rule in the years asked for alone', () => {
    const years = (days: ReadonlySet<number>) =>
      new Set([...days].map((day) => Number(dated(day).date.slice(0, 4))));
    const [one, half] = [closedDays(2030, 2031), halfDays(2030, 2031)];
    expect([...years(one)].filter((year) => year > 2025)).toEqual([2030, 2031]);
    expect([...years(half)].filter((year) => year > 2025)).toEqual([2030, 2031]);
  });
});
