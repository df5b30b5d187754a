import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LatestPrice } from '#core/domain/account.ts';
import {
  durationOf,
  fresherOf,
  freshness,
  freshPrice,
  MAX_CLOCK_LEAD_MS,
  midpointOf,
  staleReason,
} from '#core/domain/fresh-price.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs, sessionDate, ticker } from '#core/domain/units.ts';

const XLRE = ticker('XLRE');
const MAX_AGE_MS = 240_000;

/** New York wall time of a Monday; the session before it was on Friday the 20th. */
function onMonday(hour: number, minute: number): EpochMs {
  return newYorkInstant(sessionDate('2026-11-23'), hour * 60 + minute);
}

function priceAt(at: number, source: 'trade' | 'quote' = 'trade'): LatestPrice {
  return { ticker: XLRE, price: 41.5, at: epochMs(at), source };
}

const judge = (latest: LatestPrice | undefined, now: EpochMs) =>
  freshness(latest, { now, maxAgeMs: MAX_AGE_MS });

describe('a price', () => {
  it('from Friday belongs to another session on Monday, however little it moved', () => {
    const friday = newYorkInstant(sessionDate('2026-11-20'), 15 * 60 + 59);
    const found = judge(priceAt(friday), onMonday(9, 36));
    expect(found.kind).toBe('another-session');
    expect(staleReason(XLRE, found)).toBe(
      'XLRE has no price of this session, the latest is of 2026-11-20 15:59 New York',
    );
  });

  it('from before today’s open belongs to another session', () => {
    expect(judge(priceAt(onMonday(9, 30) - 1), onMonday(9, 31)).kind).toBe('another-session');
    expect(judge(priceAt(onMonday(9, 30)), onMonday(9, 31)).kind).toBe('fresh');
  });

  it('is fresh up to its age limit, and reports the excess beyond it', () => {
    const now = onMonday(11, 0);
    expect(judge(priceAt(now - MAX_AGE_MS), now)).toMatchObject({ kind: 'fresh', ageMs: 240_000 });
    const found = judge(priceAt(now - MAX_AGE_MS - 90_000), now);
    expect(found).toMatchObject({ kind: 'stale', ageMs: 330_000, overMs: 90_000 });
    expect(staleReason(XLRE, found)).toBe(
      'XLRE: its latest price is 6 min old, 90 s more than allowed',
    );
  });

  it('is fresh up to five seconds ahead of our clock, and invalid beyond that', () => {
    const now = onMonday(11, 0);
    expect(judge(priceAt(now + MAX_CLOCK_LEAD_MS), now)).toMatchObject({ kind: 'fresh', ageMs: 0 });
    const ahead = judge(priceAt(now + 3_600_000), now);
    expect(judge(priceAt(now + MAX_CLOCK_LEAD_MS + 1), now).kind).toBe('ahead');
    expect(staleReason(XLRE, ahead)).toMatch(/^XLRE: its latest price is dated in the future, /);
    expect(staleReason(XLRE, judge(undefined, now))).toBe('XLRE has no price');
  });

  it('belongs to no running session while the market is closed', () => {
    const found = judge(priceAt(onMonday(15, 59)), onMonday(16, 0));
    expect(staleReason(XLRE, found)).toMatch(/^XLRE: the market is closed/);
  });

  it('is used for trading only if it is of this session and recent enough', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 24 * 60 - 1 }),
        fc.integer({ min: -96 * 3_600_000, max: 600_000 }),
        (minute, offsetMs) => {
          const now = onMonday(0, minute);
          const found = freshPrice(priceAt(now + offsetMs), { now, maxAgeMs: MAX_AGE_MS });
          const isOpen = now >= onMonday(9, 30) && now < onMonday(16, 0);
          const isYoung = offsetMs >= -MAX_AGE_MS && offsetMs <= MAX_CLOCK_LEAD_MS;
          const isOfToday = now + offsetMs >= onMonday(9, 30);
          expect(found !== undefined).toBe(isOpen && isYoung && isOfToday);
        },
      ),
    );
  });
});

describe('a quote', () => {
  it.each([
    ['no bid', 0, 41.6],
    ['no ask', 41.4, 0],
    ['an ask below the bid', 41.6, 41.5],
    ['more than 50 basis points between them', 41, 41.3],
    ['a side that is no number', Number.NaN, 41.5],
    ['an endless ask', 41.4, Number.POSITIVE_INFINITY],
  ])('with %s has no midpoint', (_, bid, ask) => {
    expect(midpointOf({ bid, ask, at: onMonday(11, 0) }, 50)).toBeUndefined();
  });

  it('of the same bid and ask, or of fractions of a dollar, has its middle to a millionth', () => {
    const middle = (bid: number, ask: number) => midpointOf({ bid, ask, at: onMonday(11, 0) }, 50);
    expect(middle(41.5, 41.5)).toBe(41.5);
    expect(middle(0.5, 0.5)).toBe(0.5);
    expect(middle(10.000001, 10.000002)).toBe(10.000002);
    expect(middle(-41.5, 41.5)).toBeUndefined();
    expect(middle(-41.5, -41.4)).toBeUndefined();
    expect(middle(0, 0)).toBeUndefined();
    // In floats (ask - bid) / middle is a hair above 0.005.
    expect(middle(39.9, 40.1)).toBe(40);
  });

  it('of exactly 50 basis points has a midpoint', () => {
    expect(midpointOf({ bid: 99.75, ask: 100.25, at: onMonday(11, 0) }, 50)).toBe(100);
  });
});

describe('a trade and a quote', () => {
  const now = onMonday(11, 0);
  const trade = priceAt(now - 50_000);

  it.each([
    ['the quote when it is fresher', priceAt(now - 20_000, 'quote'), 'quote'],
    ['the trade when the quote is older', priceAt(now - 60_000, 'quote'), 'trade'],
    ['the trade at the same instant', priceAt(now - 50_000, 'quote'), 'trade'],
    ['the trade when the quote is of the future', priceAt(now + 60_000, 'quote'), 'trade'],
  ])('give %s', (_, quote, source) => {
    expect(fresherOf(trade, quote, now)?.source).toBe(source);
  });

  it('count one that is five seconds ahead, and one beyond that only where both are', () => {
    const at = (lead: number, source: 'trade' | 'quote') => priceAt(now + lead, source);
    const given = (one: number, other: number) =>
      fresherOf(at(one, 'trade'), at(other, 'quote'), now)?.source;
    expect(given(-1, MAX_CLOCK_LEAD_MS)).toBe('quote');
    expect(given(-1, MAX_CLOCK_LEAD_MS + 1)).toBe('trade');
    expect(given(MAX_CLOCK_LEAD_MS + 1, -1)).toBe('quote');
    expect(given(60_000, 70_000)).toBe('quote');
    expect(fresherOf(at(0, 'trade'), at(1, 'quote'))?.source).toBe('quote');
  });

  it('give whichever exists', () => {
    expect(fresherOf(trade, undefined, now)).toBe(trade);
    expect(fresherOf(undefined, trade, now)).toBe(trade);
    expect(fresherOf(undefined, undefined, now)).toBeUndefined();
  });
});

describe('a duration in words', () => {
  it.each([
    [0, '0 s'],
    [1, '1 s'],
    [119_000, '119 s'],
    [119_001, '2 min'],
    [149_000, '2 min'],
    [150_000, '3 min'],
    [7_169_000, '119 min'],
    [7_170_000, '2 h'],
    [9_000_000, '3 h'],
  ])('of %d ms is %s', (ms, words) => {
    expect(durationOf(ms)).toBe(words);
  });

  it('of the clocks is five seconds', () => {
    expect(MAX_CLOCK_LEAD_MS).toBe(5_000);
  });
});
