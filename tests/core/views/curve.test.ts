import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sessionsIn } from '#core/domain/calendar.ts';
import { dollars, epochMs, sessionDate } from '#core/domain/units.ts';
import { closesOf, curveOf } from '#core/views/curve.ts';
import { sinceStart } from '#core/views/header.ts';
import { account, observation } from '#tests/support/desk.ts';
import { at, began, bookOf, closed, moved } from './books.ts';

const START = began(at('2026-11-16T15:00:00Z'));

describe('the curve of the account', () => {
  it('does not change by deposits and withdrawals alone', () => {
    const book = bookOf(
      START,
      closed('2026-11-16', 100_000, 500),
      moved(at('2026-11-17T16:00:00Z'), 50_000),
      closed('2026-11-17', 150_000, 500),
      moved(at('2026-11-18T16:00:00Z'), -120_000),
      closed('2026-11-18', 30_000, 500),
    );
    expect(closesOf(book).map(({ you }) => you)).toEqual([1, 1, 1, 1]);
    const seen = observation({ at: at('2026-11-19T15:00:00Z'), account: account(30_300) });
    expect(curveOf(book, seen).at(-1)).toMatchObject({ kind: 'live', you: expect.closeTo(1.01) });
    expect(sinceStart(book, seen)?.you).toBeCloseTo(0.01);
  });

  it('counts deposits as made at the beginning, and withdrawals as made at the end', () => {
    const book = bookOf(
      START,
      moved(at('2026-11-16T18:00:00Z'), 100_000),
      closed('2026-11-16', 210_000, 500),
      moved(at('2026-11-17T18:00:00Z'), -21_000),
      closed('2026-11-17', 210_000, 500),
    );
    const [, first, second] = closesOf(book);
    expect(first?.you).toBeCloseTo(1.05);
    expect(second?.you).toBeCloseTo(1.05 * 1.1);
  });

  it('books a deposit after a close that was read late into that close', () => {
    const late = closed('2026-11-16', 150_000, 500);
    const book = bookOf(
      START,
      moved(at('2026-11-17T01:00:00Z'), 50_000),
      { ...late, at: at('2026-11-17T02:00:00Z') },
      closed('2026-11-17', 151_500, 500),
    );
    expect(closesOf(book).map(({ you }) => you)).toEqual([1, 1, expect.closeTo(1.01)]);
  });

  it('accepts a deposit dated to the midnight before the first connection', () => {
    const book = bookOf(
      START,
      moved(at('2026-11-16T05:00:00Z'), 50_000),
      closed('2026-11-16', 150_000, 500),
    );
    expect(closesOf(book).at(-1)?.you).toBe(1);
  });

  it('counts a deposit dated by day only when it was booked, after that close', () => {
    const evening = moved(at('2026-11-16T05:00:00Z'), 50_000);
    const book = bookOf(
      began(at('2026-11-13T15:00:00Z')),
      closed('2026-11-13', 100_000, 500),
      closed('2026-11-16', 100_000, 500),
      { ...evening, at: at('2026-11-16T23:00:00Z') },
      closed('2026-11-17', 150_000, 500),
    );
    expect(closesOf(book).map(({ you }) => you)).toEqual([1, 1, 1, 1]);
  });

  it('counts one already included in the close on its day', () => {
    const noon = moved(at('2026-11-16T05:00:00Z'), 50_000);
    const book = bookOf(
      began(at('2026-11-13T15:00:00Z')),
      closed('2026-11-13', 100_000, 500),
      closed('2026-11-16', 150_000, 500),
      { ...noon, at: at('2026-11-16T21:10:00Z') },
      closed('2026-11-17', 150_000, 500),
    );
    expect(closesOf(book).map(({ you }) => you)).toEqual([1, 1, 1, 1]);
  });

  it('is unknown, not 0, from a point without money on', () => {
    const book = bookOf(
      START,
      closed('2026-11-16', 0, 500),
      closed('2026-11-17', 5, 500),
      closed('2026-11-18', 6, 500),
    );
    expect(closesOf(book).map(({ you }) => you)).toEqual([1, 0, undefined, undefined]);
  });

  it('finds the return of the money whatever deposits and withdrawals there are (property)', () => {
    const days = sessionsIn(sessionDate('2026-10-01'), sessionDate('2026-11-13'));
    const step = fc.record({
      gain: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
      came: fc.integer({ min: 0, max: 1_000_000 }),
      went: fc.double({ min: 0, max: 0.5, noNaN: true }),
      when: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: days.length }), (steps) => {
        let equity = 100_000;
        let grown = 1;
        const entries = steps.flatMap(({ gain, came, went, when }, index) => {
          const day = days[index];
          if (!day) return [];
          const whole = (equity + came) * (1 + gain);
          const out = Math.round(whole * went * 100) / 100;
          equity = whole - out;
          grown *= 1 + gain;
          const instant = epochMs(Math.round(day.open + when * (day.close - day.open)));
          return [
            ...(came > 0 ? [moved(instant, came, `in-${index}`)] : []),
            ...(out > 0 ? [moved(instant, -out, `out-${index}`)] : []),
            closed(day.date, equity, 500),
          ];
        });
        const book = bookOf(began(at('2026-09-30T15:00:00Z')), ...entries);
        const you = closesOf(book).at(-1)?.you ?? Number.NaN;
        expect(Math.abs(you / grown - 1)).toBeLessThan(1e-4);
      }),
      { numRuns: 300 },
    );
  });

  it('reads a live point only if the account was seen', () => {
    const book = bookOf(START, closed('2026-11-16', 100_000, 500));
    expect(curveOf(book, observation({ account: undefined })).map(({ kind }) => kind)).toEqual([
      'start',
      'close',
    ]);
    const blind = observation({ prices: new Map(), account: account(1, { equity: dollars(1) }) });
    expect(curveOf(book, blind).at(-1)).toMatchObject({ kind: 'live', spy: undefined });
  });
});
