import { describe, expect, it } from 'vitest';
import {
  dayOfInstant,
  dayOfNumber,
  dayOfText,
  dayOfWallTime,
  sessionDateOf,
} from '#core/market/files/trading-day.ts';

const dateOfInstant = (iso: string): string => sessionDateOf(dayOfInstant(Date.parse(iso)));
const dateOfText = (text: string): string => sessionDateOf(dayOfText(text));

describe('the trading day of an instant', () => {
  it.each([
    ['New York midnight in winter', '2024-01-02T05:00:00Z', '2024-01-02'],
    ['New York midnight in summer', '2024-07-02T04:00:00Z', '2024-07-02'],
    ['an hour before it', '2024-07-02T03:59:59.999Z', '2024-07-01'],
    ['the opening', '2024-07-02T13:30:00Z', '2024-07-02'],
    ['the close', '2024-01-02T21:00:00Z', '2024-01-02'],
    [
      'the end of late trading in winter, already tomorrow in UTC',
      '2024-01-03T01:00:00Z',
      '2024-01-02',
    ],
  ])('%s is the New York date', (_, instant, date) => {
    expect(dateOfInstant(instant)).toBe(date);
  });

  it('exactly midnight UTC is that calendar date and not the day before', () => {
    expect(dateOfInstant('2024-01-02T00:00:00Z')).toBe('2024-01-02');
    expect(dateOfInstant('2024-07-02T00:00:00Z')).toBe('2024-07-02');
    expect(dateOfInstant('2024-07-02T00:00:00.001Z')).toBe('2024-07-01');
  });
});

describe('the trading day of a timestamp without a zone', () => {
  it('is the date as written, at any hour', () => {
    for (const time of ['00:00:00', '04:00:00', '16:00:00', '23:59:59']) {
      expect(sessionDateOf(dayOfWallTime(Date.parse(`2024-01-02T${time}Z`)))).toBe('2024-01-02');
    }
  });
});

describe('the trading day of a text', () => {
  it.each([
    ['2024-01-02', '2024-01-02'],
    ['2024-01-02 00:00:00', '2024-01-02'],
    ['2024-01-02T23:00', '2024-01-02'],
    ['2024-01-02 00:00:00-05:00', '2024-01-02'],
    ['2024-07-02T00:00:00-0400', '2024-07-02'],
    ['2024-01-02T05:00:00Z', '2024-01-02'],
    ['2024-01-02T05:00:00.000000000Z', '2024-01-02'],
    ['2024-01-02 00:00:00+00:00', '2024-01-02'],
    ['2024-01-02T04:59:59Z', '2024-01-01'],
    ['1/2/2024', '2024-01-02'],
    ['12/31/2024 16:00', '2024-12-31'],
    ['2024/1/2', '2024-01-02'],
    ['2.1.2024', '2024-01-02'],
    ['31.12.2024 16:00', '2024-12-31'],
    ['1/2/2024 4:00:00 PM', '2024-01-02'],
    ['2024-07-02 00:00:00 -0400', '2024-07-02'],
    ['20240102', '2024-01-02'],
    ['1704171600', '2024-01-02'],
  ])('%s is %s', (text, date) => {
    expect(dateOfText(text)).toBe(date);
  });

  it.each(['', '01.31.2024', '13/2/2024', '2/30/2024', '20241301', '2024-13-01', 'yesterday'])(
    '%j is not a day',
    (text) => {
      expect(dayOfText(text)).toBeNaN();
    },
  );
});

it('counts days from 1970', () => {
  expect(dayOfText('1970-01-02')).toBe(1);
  expect(sessionDateOf(1)).toBe('1970-01-02');
});

describe('the trading day of a number', () => {
  it.each([
    ['seconds', 1_704_171_600],
    ['milliseconds', 1_704_171_600_000],
    ['microseconds', 1_704_171_600_000_000],
    ['nanoseconds', 1_704_171_600_000_000_000],
    ['a date in eight digits', 20_240_102],
  ])('in %s is the New York date', (_, value) => {
    expect(sessionDateOf(dayOfNumber(value))).toBe('2024-01-02');
  });

  it.each([0, 1, 45_293, 20_241_301, 1e19, Number.NaN])('%d is not a day', (value) => {
    expect(dayOfNumber(value)).toBeNaN();
  });
});
