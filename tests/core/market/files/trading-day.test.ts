import { describe, expect, it } from 'vitest';
import {
  dayOfInstant,
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

describe('the trading day of a stamp without a zone', () => {
  it('is the date as it is written, at any hour', () => {
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
  ])('%s is %s', (text, date) => {
    expect(dateOfText(text)).toBe(date);
  });

  it.each(['', '02.01.2024', '1/2/2024', '20240102', '2024-13-01', 'yesterday'])(
    '%j is no day',
    (text) => {
      expect(dayOfText(text)).toBeNaN();
    },
  );
});

it('counts days from 1970', () => {
  expect(dayOfText('1970-01-02')).toBe(1);
  expect(sessionDateOf(1)).toBe('1970-01-02');
});
