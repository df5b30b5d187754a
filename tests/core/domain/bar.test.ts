import { describe, expect, it } from 'vitest';
import {
  type Bar,
  barAt,
  barHistory,
  barsOf,
  closeOn,
  countThrough,
  firstFault,
  lastClose,
  lastDate,
  sameBars,
  truncateTo,
} from '#core/domain/bar.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';

const TODAY = sessionDate('2024-03-13');

function bar(date: string, changes: Partial<Bar> = {}): Bar {
  const prices = { open: 10, high: 11, low: 9, close: 10.5, volume: 1_000 };
  return { date: sessionDate(date), ...prices, ...changes };
}

function history(...bars: readonly Bar[]) {
  return barHistory(ticker('XLK'), bars);
}

function faultOf(...bars: readonly Bar[]): string | undefined {
  const fault = firstFault(history(...bars), TODAY);
  return fault && `row ${fault.row}, ${fault.date}: ${fault.reason}`;
}

describe('the rules for bars', () => {
  it('accept valid rows', () => {
    expect(faultOf(bar('2024-03-08'), bar('2024-03-11'), bar('2024-03-13'))).toBeUndefined();
  });

  it('allow a gap between two sessions, which the decision checks', () => {
    expect(faultOf(bar('2024-03-07'), bar('2024-03-13'))).toBeUndefined();
  });

  it('allow a session without volume', () => {
    expect(faultOf(bar('2024-03-13', { volume: 0 }))).toBeUndefined();
  });

  it('reject a second row for a day', () => {
    expect(faultOf(bar('2024-03-11'), bar('2024-03-11'))).toBe(
      'row 1, 2024-03-11: a second row for 2024-03-11',
    );
  });

  it('reject a day before the row above', () => {
    expect(faultOf(bar('2024-03-11'), bar('2024-03-08'))).toBe(
      'row 1, 2024-03-08: 2024-03-08 comes after 2024-03-11',
    );
  });

  it('reject a day after the last possible one', () => {
    expect(faultOf(bar('2024-03-14'))).toContain('2024-03-14 is in the future');
  });

  it.each([
    ['a Saturday', '2024-03-09'],
    ['a Sunday', '2024-03-10'],
    ['New Year', '2024-01-01'],
    ['Good Friday', '2023-04-07'],
    ['a day of mourning', '2018-12-05'],
  ])('reject %s', (_, date) => {
    expect(faultOf(bar(date))).toBe(`row 0, ${date}: ${date} is not a session of the NYSE`);
  });

  it.each(['open', 'high', 'low', 'close'] as const)('reject an impossible %s', (column) => {
    for (const price of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(faultOf(bar('2024-03-11'), bar('2024-03-12', { [column]: price }))).toBe(
        `row 1, 2024-03-12: ${column} is ${price}, expected a positive price`,
      );
    }
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])('reject a volume of %d', (volume) => {
    expect(faultOf(bar('2024-03-12', { volume }))).toContain(`volume is ${volume}`);
  });

  it('reject an open or a close outside low and high', () => {
    expect(faultOf(bar('2024-03-12', { close: 8.9 }))).toContain('close 8.9 is below low 9');
    expect(faultOf(bar('2024-03-12', { close: 11.1 }))).toContain('close 11.1 is above high 11');
    expect(faultOf(bar('2024-03-12', { open: 8.9 }))).toContain('open 8.9 is below low 9');
    expect(faultOf(bar('2024-03-12', { open: 11.1 }))).toContain('open 11.1 is above high 11');
    expect(faultOf(bar('2024-03-12', { low: 12 }))).toContain('open 10 is below low 12');
  });

  it('tolerate a billionth of the price, as adjusting rounds', () => {
    expect(faultOf(bar('2024-03-12', { close: 11 * (1 + 0.9e-9) }))).toBeUndefined();
    expect(faultOf(bar('2024-03-12', { open: 9 * (1 - 0.9e-9) }))).toBeUndefined();
    expect(faultOf(bar('2024-03-12', { close: 11 * (1 + 1.1e-9) }))).toContain('above high');
  });

  it('report the first of several errors', () => {
    expect(faultOf(bar('2024-03-11'), bar('2024-03-12', { low: 0 }), bar('2024-03-12'))).toContain(
      'row 1, 2024-03-12: low is 0',
    );
  });
});

describe('reading a history', () => {
  const three = history(
    bar('2024-03-08', { close: 9.5 }),
    bar('2024-03-11', { close: 10 }),
    bar('2024-03-12', { close: 10.5 }),
  );

  it('returns the bars it was created from', () => {
    expect(barAt(three, 1)).toEqual(bar('2024-03-11', { close: 10 }));
    expect(barAt(three, 3)).toBeUndefined();
  });

  it('counts the bars on or before a day, session or not', () => {
    const counts = ['2024-03-07', '2024-03-08', '2024-03-10', '2024-03-12', '2024-12-31'].map(
      (date) => countThrough(three, sessionDate(date)),
    );
    expect(counts).toEqual([0, 1, 1, 3, 3]);
  });

  it('ends at the requested day', () => {
    const cut = truncateTo(three, sessionDate('2024-03-11'));
    expect(cut.dates).toEqual(['2024-03-08', '2024-03-11']);
    expect([...cut.close]).toEqual([9.5, 10]);
    expect(lastDate(cut)).toBe('2024-03-11');
    expect(lastClose(cut)).toBe(10);
  });

  it('has no last day when it is empty', () => {
    expect(lastDate(truncateTo(three, sessionDate('2024-01-02')))).toBeUndefined();
  });
});

describe('a history', () => {
  const [MON, TUE, FRI] = ['2024-03-11', '2024-03-12', '2024-03-15'];
  const rows = [bar('2024-03-08', { close: 1 }), bar(MON, { close: 2 }), bar(TUE, { close: 3 })];
  const gapped = [...rows, bar(FRI, { close: 4 })];
  const close = (day: string, of = rows) => closeOn(history(...of), sessionDate(day));

  it('has the close of exactly that session', () => {
    expect(['2024-03-08', MON, TUE].map((day) => close(day))).toEqual([1, 2, 3]);
    expect([close('2024-03-07'), close('2024-03-13'), close('2024-03-09')]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    expect([TUE, '2024-03-13', FRI].map((day) => close(day, gapped))).toEqual([3, undefined, 4]);
    expect(close(MON, [])).toBeUndefined();
  });

  it('is its rows, and ends with the last of them', () => {
    expect(barsOf(history(...gapped))).toEqual(gapped);
    expect([lastDate(history(...gapped)), lastClose(history(...gapped))]).toEqual([FRI, 4]);
    expect(barsOf(truncateTo(history(...gapped), sessionDate(TUE)))).toEqual(rows);
    const whole = history(...rows);
    expect(truncateTo(whole, sessionDate(TUE))).toBe(whole);
  });

  it('is the same as another one with the same days and numbers', () => {
    const same = (...others: readonly Bar[]) => sameBars(history(...rows), history(...others));
    expect(same(...rows)).toBe(true);
    expect(sameBars(history(), history())).toBe(true);
    expect([same(...rows.slice(0, 2)), same(...gapped)]).toEqual([false, false]);
    const [first, second, third] = rows as [Bar, Bar, Bar];
    expect(same(first, second, { ...third, date: sessionDate('2024-03-13') })).toBe(false);
    for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
      expect(same(first, second, { ...third, [name]: 8 })).toBe(false);
    }
    expect(same(...rows.map((row) => ({ ...row, volume: row.volume + 1 })))).toBe(false);
  });
});

describe('a price within its day', () => {
  it('may lie a billionth outside, as columns are rounded by less', () => {
    const slack = 11 * 1e-9;
    expect(faultOf(bar('2024-03-11', { close: 11 + slack, open: 9 - slack }))).toBeUndefined();
    expect(faultOf(bar('2024-03-11', { close: 11 + 2 * slack }))).toContain('is above high 11');
    expect(faultOf(bar('2024-03-11', { open: 9 - 2 * slack }))).toContain('is below low 9');
  });

  it('may be below a dollar, and the first one that is wrong is named', () => {
    const penny = { open: 0.5, high: 0.5, low: 0.5, close: 0.5 };
    expect(faultOf(bar('2024-03-11', penny))).toBeUndefined();
    expect(faultOf(bar('2024-03-11', { ...penny, high: 0, close: -1 }))).toContain(
      'high is 0, expected a positive price',
    );
    expect(faultOf(bar('2024-03-11', { ...penny, close: Number.POSITIVE_INFINITY }))).toContain(
      'close is Infinity',
    );
  });
});
