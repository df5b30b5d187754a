import { describe, expect, it } from 'vitest';
import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';
import { buildTable, DAY_MS, sessionOfDay } from '#core/domain/session-table.ts';
import { NYSE_DAYS } from '#tests/support/nyse-days.ts';

const dated = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);

describe('the table of sessions', () => {
  it.each([[1990, 1993] as const, [2026, 2026] as const, [2044, 2045] as const])(
    'has every weekday from %d to %d on which the exchange is not closed',
    (first, last) => {
      const { days, through, halves } = buildTable(first, last);
      const all = Array.from(
        { length: (Date.UTC(last + 1, 0, 1) - Date.UTC(first, 0, 1)) / 86_400_000 },
        (_, row) => Date.UTC(first, 0, 1) / 86_400_000 + row,
      );
      const isOpen = (day: number) => {
        const date = dated(day);
        const [closed = ''] = (NYSE_DAYS[Number(date.slice(0, 4))] ?? '').split(' | ');
        return new Date(date).getUTCDay() % 6 !== 0 && !closed.split(' ').includes(date.slice(5));
      };
      const open = all.filter(isOpen);
      expect([...days]).toEqual(open);
      expect([...through]).toEqual(all.map((day) => open.filter((each) => each <= day).length));
      const half = open.filter((day) => halves.has(day * DAY_MS)).map(dated);
      const expected = open.map(dated).filter((date) => {
        const [, known = ''] = (NYSE_DAYS[Number(date.slice(0, 4))] ?? '').split(' | ');
        return known.split(' ').includes(date.slice(5));
      });
      expect(half).toEqual(expected);
    },
  );

  it('knows where each month begins', () => {
    const { months } = buildTable(2027, 2028);
    const begins = Array.from({ length: 24 }, (_, month) =>
      new Date(Date.UTC(2027, month, 1)).toISOString(),
    );
    const found = [...months].map((day) => new Date(Date.UTC(2027, 0, 1 + day)).toISOString());
    expect(found).toEqual(begins);
  });
});

describe('the session of a day', () => {
  it.each([
    ['2026-11-20', false, '16:00'],
    ['2026-07-20', false, '16:00'],
    ['2026-11-27', true, '13:00'],
    ['1993-11-26', true, '13:00'],
    ['1992-12-24', true, '14:00'],
    ['1992-12-23', false, '16:00'],
  ])('opens at 9:30 and closes in time: %s, half %s, at %s', (date, half, closes) => {
    const session = sessionOfDay(Date.parse(date), half);
    expect([session.date, session.half]).toEqual([date, half]);
    expect([newYorkDate(session.open), newYorkTime(session.open)]).toEqual([date, '09:30']);
    expect([newYorkDate(session.close), newYorkTime(session.close)]).toEqual([date, closes]);
  });
});
