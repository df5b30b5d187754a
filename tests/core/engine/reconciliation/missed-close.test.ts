/** What can be known afterwards of a close that nobody recorded in time. */
import { describe, expect, it } from 'vitest';
import type { Activity } from '#core/domain/activity.ts';
import { type Bars, barHistory } from '#core/domain/bar.ts';
import { sessionOn } from '#core/domain/calendar.ts';
import { dollars, epochMs, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { missedClose } from '#core/engine/reconciliation/missed-close.ts';
import { at, began, bookOf, closed, type Dated, filled } from '#tests/core/views/books.ts';
import { alert } from '#tests/support/desk.ts';

const [SPY, XLK] = [ticker('SPY'), ticker('XLK')];
const WEDNESDAY = sessionOn(sessionDate('2026-06-03'));
if (!WEDNESDAY) throw new Error('no session');
const CLOSE = WEDNESDAY.close;
const DAYS = ['2026-06-02', '2026-06-03', '2026-06-04'].map(sessionDate);

/** Two shares of XLK at 300 dollars and 400 in cash, closed on Tuesday. */
const BOUGHT: Dated = {
  at: at('2026-06-01T15:00:00Z'),
  entry: {
    kind: 'external-fill',
    fill: filled(at('2026-06-01T15:00:00Z'), 'buy', 'XLK', 2, 300),
  },
};
const BEGUN = [began(at('2026-06-01T14:00:00Z'), 1_000), BOUGHT] as const;
const TUESDAY = closed('2026-06-02', 1_000, 500, { XLK: [2, 300] });

/** Bars of Tuesday, Wednesday and Thursday; NaN leaves a day out. */
function bars(closes: Readonly<Record<string, readonly number[]>>): Bars {
  return new Map(
    Object.entries(closes).map(([name, prices]) => {
      const rows = DAYS.flatMap((date, row) => {
        const close = prices[row] ?? Number.NaN;
        return Number.isNaN(close)
          ? []
          : [{ date, open: close, high: close, low: close, close, volume: 1 }];
      });
      return [ticker(name), barHistory(ticker(name), rows)];
    }),
  );
}

const RAW = bars({ SPY: [500, 505], XLK: [300, 310] });
const MARKET = { bars: RAW, raw: RAW };

const found = (entries: readonly Dated[], market = MARKET) =>
  missedClose(bookOf(...BEGUN, TUESDAY, ...entries), market, SPY, WEDNESDAY);

const CHANGED = { kind: 'unknown', reason: 'the account has changed since', isFinal: true };

function booked(activity: Partial<Activity>, when = CLOSE + 60_000): Dated {
  const nothing = { ticker: undefined, qty: wholeShares(0), cash: dollars(0) };
  const whole = { id: 'a', kind: 'deposit', at: epochMs(when), ...nothing, ...activity } as const;
  return { at: epochMs(when), entry: { kind: 'activity', activity: whole } };
}

function traded(when: number, toldAt = CLOSE + 60_000): Dated {
  const fill = filled(epochMs(when), 'buy', 'XLK', 1, 310);
  return { at: epochMs(toldAt), entry: { kind: 'external-fill', fill } };
}

describe('a close that nobody recorded', () => {
  it('is the cash and the shares of the books at the closes as they were traded', () => {
    expect(found([])).toMatchObject({
      kind: 'known',
      point: { session: '2026-06-03', equity: dollars(1_020), cash: dollars(400), benchmark: 505 },
    });
  });

  it('is valued at the price of that day, though a dividend has lowered the adjusted bars since', () => {
    const adjusted = bars({ SPY: [500, 505], XLK: [297, 306.9] });
    expect(found([], { bars: adjusted, raw: RAW })).toMatchObject({
      ...{ kind: 'known', point: { equity: dollars(1_020) } },
    });
  });

  it('has a trade of its last instant that was told later, and none of a moment after it', () => {
    expect(found([traded(CLOSE)])).toMatchObject({
      kind: 'known',
      point: { equity: dollars(1_020), cash: dollars(90) },
    });
    expect(found([traded(CLOSE + 1)])).toEqual(CHANGED);
  });

  it('is not known where money or shares moved since', () => {
    expect(found([booked({ cash: dollars(5) })])).toEqual(CHANGED);
    expect(found([booked({ cash: dollars(5) }, CLOSE)])).toMatchObject({ kind: 'known' });
    const came = { kind: 'transfer', ticker: XLK, qty: wholeShares(1) } as const;
    expect(found([booked(came)])).toEqual(CHANGED);
    expect(found([booked(came, CLOSE)])).toMatchObject({
      ...{ kind: 'known', point: { equity: dollars(1_330) } },
    });
  });

  it('is known after a split, whose new shares are worth the old ones, unless cash was paid for a part', () => {
    const split = { kind: 'split', ticker: XLK, qty: wholeShares(2) } as const;
    const halved = { bars: RAW, raw: bars({ SPY: [500, 505], XLK: [150, 155] }) };
    expect(found([booked(split)], halved)).toMatchObject({
      kind: 'known',
      point: { equity: dollars(1_020) },
    });
    expect(found([booked({ ...split, cash: dollars(1) })], halved)).toEqual(CHANGED);
  });

  it('has what the old shares were worth where the bars are those from before the split', () => {
    const split = { kind: 'split', ticker: XLK, qty: wholeShares(2) } as const;
    expect(found([booked(split)])).toMatchObject({
      kind: 'known',
      point: { equity: dollars(1_020), cash: dollars(400) },
    });
  });

  it('waits while the records differ from the broker’s', () => {
    const differs = { ...alert(), subject: { about: 'reconciliation' } as const };
    const entry = { kind: 'alert', alert: differs } as const;
    expect(found([{ at: CLOSE, entry }])).toEqual({
      ...{ kind: 'unknown', isFinal: false },
      reason: 'our records differ from the broker’s',
    });
  });

  it('waits for its bar until later ones are there', () => {
    const lacking = (closes: readonly number[]) => {
      const market = bars({ SPY: [500, 505], XLK: closes });
      return found([], { bars: market, raw: market });
    };
    const reason = 'XLK has no bar of it';
    expect(lacking([300])).toEqual({ kind: 'unknown', reason, isFinal: false });
    expect(lacking([])).toEqual({ kind: 'unknown', reason, isFinal: false });
    expect(lacking([300, Number.NaN, 311])).toEqual({ kind: 'unknown', reason, isFinal: true });
    expect(lacking([Number.NaN, Number.NaN, 311])).toMatchObject({ reason, isFinal: true });
  });

  it('waits where a split may be in progress', () => {
    const halved = bars({ SPY: [500, 505], XLK: [300, 150] });
    expect(found([], { bars: halved, raw: halved })).toEqual({
      ...{ kind: 'unknown', isFinal: false },
      reason: 'a split of XLK may be in progress',
    });
  });
});

describe('without bars as they were traded', () => {
  const adjusted = (spy: readonly number[], xlk: readonly number[]) =>
    found([], { bars: bars({ SPY: spy, XLK: xlk }), raw: new Map() });
  const moved = (name: string) => ({
    ...{ kind: 'unknown', isFinal: true },
    reason: `the bars of ${name} may have been adjusted since`,
  });

  it('is known while the bars still say what was written down at the close before', () => {
    expect(adjusted([500, 505], [300, 310])).toMatchObject({ kind: 'known' });
    expect(adjusted([499.6, 505], [300.29, 310])).toMatchObject({ kind: 'known' });
  });

  it('is not known once a dividend has moved them', () => {
    expect(adjusted([500, 505], [299.6, 310])).toEqual(moved('XLK'));
    expect(adjusted([500, 505], [300.4, 310])).toEqual(moved('XLK'));
    expect(adjusted([499, 505], [300, 310])).toEqual(moved('SPY'));
  });

  const NONE = new Map<never, never>();
  const market = (closes: Parameters<typeof bars>[0]) => ({ bars: bars(closes), raw: NONE });
  const SAME = market({ SPY: [500, 505, 505], XLK: [300, 310, 310], XLF: [40, 40, 40] });
  const bought = (name: string, usd: number): Dated => {
    const when = epochMs(CLOSE - 60_000);
    return { at: when, entry: { kind: 'external-fill', fill: filled(when, 'buy', name, 1, usd) } };
  };
  const came = (name: string, shares: number) =>
    booked({ kind: 'split', ticker: ticker(name), qty: wholeShares(shares) }, CLOSE - 60_000);

  it('compares the bars of each share by the number held then, unless a split changed it', () => {
    expect(found([bought('XLK', 310)], SAME)).toMatchObject({ kind: 'known' });
    const halved = market({ SPY: [500, 505], XLK: [150, 155] });
    expect(found([came('XLK', 2)], halved)).toMatchObject({
      ...{ kind: 'known', point: { equity: dollars(1_020) } },
    });
    expect(found([came('XLK', 2)], SAME)).toEqual(moved('XLK'));
  });

  it('is not known of a ticker that came since the last close, or before any was recorded', () => {
    expect(found([bought('XLF', 40)], SAME)).toEqual(moved('XLF'));
    expect(found([came('XLF', 1)], SAME)).toEqual(moved('XLF'));
    expect(missedClose(bookOf(...BEGUN), SAME, SPY, WEDNESDAY)).toEqual(moved('SPY'));
  });

  it('is not proved by a close that was recorded after it', () => {
    const thursday = closed('2026-06-04', 1_020, 505, { XLK: [2, 310] });
    expect(found([thursday], SAME)).toEqual(moved('SPY'));
  });

  it('is known while the bars still are those that the last decision was made on', () => {
    const decided = (asOf: string, xlk: number) => {
      const closes = new Map([
        [SPY, asOf === '2026-06-03' ? 505 : 500],
        [XLK, xlk],
      ]);
      const decision = { asOf: sessionDate(asOf), closes };
      const rebalances = new Map([['monthly-2026-06', { decision } as never]]);
      return missedClose({ ...bookOf(...BEGUN), rebalances }, SAME, SPY, WEDNESDAY);
    };
    expect(decided('2026-06-03', 310)).toMatchObject({ kind: 'known' });
    expect(decided('2026-06-02', 300 * (1 + 9e-7))).toMatchObject({ kind: 'known' });
    expect(decided('2026-06-02', 300 * (1 + 2e-6))).toEqual(moved('XLK'));
  });
});
