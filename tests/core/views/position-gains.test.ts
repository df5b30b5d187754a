import { describe, expect, it } from 'vitest';
import { positionsPost } from '#bot/posts/positions.ts';
import type { Bars } from '#core/domain/bar.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { Fill } from '#core/domain/order.ts';
import { epochMs, sessionDate, wholeShares } from '#core/domain/units.ts';
import { positionsView } from '#core/views/positions.ts';
import { history } from '#tests/support/bars.ts';
import { account, baseline, book, NOW, observation, position } from '#tests/support/desk.ts';

const TODAY = sessionDate('2026-11-23');
/** XLK closed at $100 for ever, the last bar is of Friday 20 November. */
const BARS: Bars = new Map([
  [position('XLK', 1).ticker, history('XLK', () => 100, { asOf: sessionDate('2026-11-20') })],
]);

function fill(side: 'buy' | 'sell', shares: number, price: number, at: number): Fill {
  const { ticker } = position('XLK', 1);
  return {
    id: `${side}${at}`,
    orderId: 'o',
    ticker,
    side,
    qty: wholeShares(shares),
    price,
    at: epochMs(at),
  };
}

function rowWith(fills: readonly Fill[], at = NOW) {
  const seen = observation({ at, positions: [position('XLK', 10, 110)] });
  const known = { ...book(), externalFills: fills };
  return positionsView(known, seen, BARS);
}

describe('today’s gain of a position', () => {
  it('is the change of its price since the previous close, times the quantity', () => {
    expect(rowWith([]).rows[0]).toMatchObject({ gained: 10_000, averageCost: 109 });
  });

  it('measures today’s buys from their cost, and today’s sells to their proceeds', () => {
    const bought = fill('buy', 4, 108, newYorkInstant(TODAY, 9 * 60 + 36));
    const sold = fill('sell', 2, 103, newYorkInstant(TODAY, 9 * 60 + 37));
    // 6 held since: +60; 4 bought at 108: +8; 2 sold at 103: +6.
    expect(rowWith([bought]).rows[0]?.gained).toBe(6_800);
    expect(rowWith([bought, sold]).rows[0]?.gained).toBe(7_400);
    const before = fill('buy', 4, 90, newYorkInstant(sessionDate('2026-11-20'), 10 * 60));
    expect(rowWith([before]).rows[0]?.gained).toBe(10_000);
  });

  it('is of the last session before today’s opens, and says so', () => {
    const early = newYorkInstant(TODAY, 8 * 60);
    expect(rowWith([], early).hasOpened).toBe(false);
    const body = positionsPost(rowWith([], early)).embeds[0]?.description ?? '';
    expect(body).toContain('LAST: in the last session');
  });

  it('is unknown without that close', () => {
    const seen = observation({ positions: [position('XLK', 10, 110)] });
    expect(positionsView(book(), seen).rows[0]?.gained).toBeUndefined();
  });
});

describe('/positions', () => {
  it('shows cost, today and total in rows that fit on a phone', () => {
    const rows = (positionsPost(rowWith([])).embeds[0]?.description ?? '').split('\n');
    expect(rows).toContain('            COST   TODAY   TOTAL');
    expect(rows).toContain('XLK       109.00    +100     +10');
    expect(rows.filter((row) => row.length > 32 && !/^(-#|The)/.test(row))).toEqual([]);
  });

  it('shows the drawdown with its limit', () => {
    const seen = observation({ account: account(100_000), positions: [], maxDrawdown: 0.2 });
    const view = positionsView(book([baseline(100_000)]), seen, BARS);
    expect(view.drawdown).toEqual({ now: 0, limit: 0.2 });
    const wordsOf = (now: number) =>
      positionsPost({ ...view, drawdown: { now, limit: 0.2 } }).embeds[0]?.fields?.at(-1)?.value;
    expect([wordsOf(0), wordsOf(0.068)]).toEqual(['0.0% of −20%', '−6.8% of −20%']);
  });
});
