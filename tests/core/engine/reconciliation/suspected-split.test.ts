import { describe, expect, it } from 'vitest';
import type { AccountState, Rebalance } from '#core/domain/account-state.ts';
import { barHistory } from '#core/domain/bar.ts';
import { lastCloseOf } from '#core/domain/last-close.ts';
import type { LotEvent } from '#core/domain/tax/lot-event.ts';
import { cents, epochMs, qty, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { incompleteActionEntries } from '#core/engine/reconciliation/incomplete-actions.ts';
import {
  eventsSinceClose,
  isTooOld,
  ratioNotInPrice,
  suspectedRatio,
  suspectedSplits,
  unpricedSplits,
  wasSplit,
} from '#core/engine/reconciliation/suspected-split.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { alert, observation, position } from '#tests/support/desk.ts';
import { execution } from '#tests/support/orders.ts';
import { at, began, bookOf, closed } from '../../views/books.ts';

const XLF = ticker('XLF');
const NOON = at('2026-11-20T17:00:00Z');

/** 100 shares of XLF, at $90 at the last close; with `told` its split was reported since. */
function bookWith(told: boolean): AccountState {
  const report = alert({ subject: { about: 'suspected-split', ticker: 'XLF' } });
  const book = bookOf(
    began(at('2026-11-16T15:00:00Z')),
    closed('2026-11-19', 100_000, 500, { XLF: [100, 90] }),
    ...(told ? [{ at: NOON, entry: { kind: 'alert', alert: report } } as const] : []),
  );
  const lots = new Map([[XLF, { qty: wholeShares(100), cost: cents(900_000) }]]);
  return { ...book, ledger: { ...book.ledger, lots } };
}

/** The account with XLF at that price. */
function seenAt(price: number) {
  const positions = [position('XLF', 100, price)];
  return observation({ at: NOON, positions, prices: new Map([[XLF, price]]) });
}

describe('a split whose shares have not come', () => {
  it('is suspected where the price is within 5 % of a ratio of the last close', () => {
    expect(suspectedSplits(bookWith(false), seenAt(31), new Map())).toEqual([
      { ticker: XLF, ratio: 3 },
    ]);
    expect(suspectedSplits(bookWith(false), seenAt(32), new Map())).toEqual([]);
  });

  it('stays suspected while the market moves on by less than 5 %', () => {
    for (const price of [29, 31]) {
      expect(suspectedSplits(bookWith(true), seenAt(price), new Map())).toEqual([
        { ticker: XLF, ratio: 3 },
      ]);
      expect(incompleteActionEntries(bookWith(true), seenAt(price), new Map())).toEqual([]);
    }
  });

  it('of 3 for 2 stays suspected too, though a price that far off would not begin it', () => {
    const ratios = (told: boolean) =>
      suspectedSplits(bookWith(told), seenAt(62), new Map()).map(({ ratio }) => ratio);
    expect([ratios(false), ratios(true)]).toEqual([[], [1.5]]);
  });

  it('is suspected no longer once the price is another', () => {
    expect(incompleteActionEntries(bookWith(true), seenAt(33), new Map())).toMatchObject([
      { kind: 'resolved', subject: { ticker: 'XLF' } },
    ]);
  });
});

const XLK = ticker('XLK');
const NO_BARS = new Map();
/** When the close of the 19th was recorded. */
const CLOSED = epochMs(at('2026-11-19T21:00:00Z') + 120_000);

/** Bars with XLF at that close on the 19th. */
function barsAt(close: number) {
  const row = { date: sessionDate('2026-11-19'), open: close, high: close, low: close, close };
  return new Map([[XLF, barHistory(XLF, [{ ...row, volume: 1 }])]]);
}

function action(symbol: string, shares: number, recordedAt = NOON): LotEvent {
  return {
    ...{ kind: 'action', ticker: ticker(symbol), qty: wholeShares(shares), cash: cents(0) },
    ...{ lot: `${symbol}-9`, at: recordedAt, recordedAt },
  };
}

function withEvents(book: AccountState, ...events: readonly LotEvent[]): AccountState {
  return { ...book, lots: { ...book.lots, events } };
}

/** Decided in that order, at these closes of XLF. */
function withDecisions(book: AccountState, ...closes: readonly number[]): AccountState {
  const rebalances = closes.map((close, row): [string, Rebalance] => {
    const asOf = sessionDate(row === closes.length - 1 ? '2026-11-09' : '2026-10-09');
    const made = decision({ id: `monthly-${row}`, asOf, closes: new Map([[XLF, close]]) });
    return [made.id, { decision: made, at: NOON, finishedAt: NOON, result: undefined }];
  });
  return { ...book, rebalances: new Map(rebalances) };
}

const withoutClose = (book: AccountState): AccountState => ({ ...book, equity: [] });

describe('the last close of a share', () => {
  it('is the recorded one, else that of the last decision', () => {
    const book = withDecisions(bookWith(false), 70, 75, 80);
    expect(lastCloseOf(book, XLF)).toBe(90);
    expect(lastCloseOf(withoutClose(book), XLF)).toBe(80);
    expect(lastCloseOf(book, XLK)).toBeUndefined();
    expect(lastCloseOf(bookOf(), XLF)).toBeUndefined();
  });

  it('is not read from a short position, nor from one of no shares', () => {
    for (const shares of [-100, 0]) {
      const book = bookOf(closed('2026-11-19', 100_000, 500, { XLF: [shares, 90] }));
      expect(lastCloseOf(withDecisions(book, 80), XLF)).toBe(80);
    }
  });

  it('is too old to compare with after two sessions', () => {
    const from = (book: AccountState, day: string) => isTooOld(book, at(`${day}T17:00:00Z`));
    expect([from(bookWith(false), '2026-11-23'), from(bookWith(false), '2026-11-24')]).toEqual([
      false,
      true,
    ]);
    // Decided on the bars of November 9.
    const decided = withDecisions(bookOf(), 80, 85, 90);
    expect([from(decided, '2026-11-11'), from(decided, '2026-11-12')]).toEqual([false, true]);
    expect(from(bookOf(), '2026-11-12')).toBe(true);
    const later = bookOf(
      ...['16', '17', '18', '19'].map((day) => closed(`2026-11-${day}`, 9, 500)),
    );
    expect(from(later, '2026-11-23')).toBe(false);
  });
});

describe('a suspected split', () => {
  const splits = (book: AccountState, latest: number | undefined, current: number | undefined) => {
    const positions = [{ ...position('XLF', 100, 90), currentPrice: current }];
    const prices = new Map(latest === undefined ? [] : [[XLF, latest]]);
    return suspectedSplits(book, { positions, prices }, NO_BARS).map(({ ratio }) => ratio);
  };

  it('shows in the latest price or in the account’s, the latest first', () => {
    expect(splits(bookWith(false), 90, 30)).toEqual([3]);
    expect(splits(bookWith(false), 30, 90)).toEqual([3]);
    expect(splits(bookWith(false), 45, 30)).toEqual([2]);
    expect(splits(bookWith(false), undefined, 30)).toEqual([3]);
    expect(splits(bookWith(false), 90, 90)).toEqual([]);
  });

  it('needs a price, even where the bars were adjusted', () => {
    const positions = [{ ...position('XLF', 100, 90), currentPrice: undefined }];
    const seen = { positions, prices: new Map() };
    expect(suspectedSplits(bookWith(false), seen, barsAt(45))).toEqual([]);
    const priced = { ...seen, prices: new Map([[XLF, 90]]) };
    expect(suspectedSplits(bookWith(false), priced, barsAt(45))).toEqual([
      { ticker: XLF, ratio: 2 },
    ]);
  });

  it('is of shares that the books have too, and that are owned', () => {
    const book = bookWith(false);
    const seen = (shares: number) => {
      const positions = [position('XLF', shares, 30)];
      return suspectedSplits(book, { positions, prices: new Map() }, NO_BARS);
    };
    expect([seen(100).length, seen(99).length, seen(300).length]).toEqual([1, 0, 0]);
    const lots = new Map([[XLF, { qty: wholeShares(-100), cost: cents(-900_000) }]]);
    const short = { ...book, ledger: { ...book.ledger, lots } };
    const positions = [position('XLF', -100, 30)];
    expect(suspectedSplits(short, { positions, prices: new Map() }, NO_BARS)).toEqual([]);
  });

  it('is none of which the action was booked since the close', () => {
    const book = bookWith(false);
    const ratio = (...events: readonly LotEvent[]) =>
      suspectedRatio(withEvents(book, ...events), NO_BARS, XLF, 30);
    expect(ratio(action('XLF', 200))).toBeUndefined();
    expect(ratio(action('XLF', 200, CLOSED))).toBe(3);
    expect(suspectedRatio(withDecisions(bookOf(), 90), NO_BARS, XLF, 30)).toBe(3);
    expect(suspectedRatio(bookOf(), NO_BARS, XLF, 30)).toBeUndefined();
  });

  it('is none where a new ticker came with the fall, as in a spin-off', () => {
    const book = bookWith(false);
    const ratio = (price: number, ...events: readonly LotEvent[]) =>
      suspectedRatio(withEvents(book, ...events), NO_BARS, XLF, price);
    expect(ratio(45, action('XLK', 50))).toBeUndefined();
    expect(ratio(180, action('XLK', 50))).toBe(0.5);
    expect(ratio(45, action('XLK', -50))).toBe(2);
    expect(ratio(45, action('XLK', 0))).toBe(2);
    expect(ratio(45, { ...action('XLK', 50), kind: 'moved' } as LotEvent)).toBe(2);
    const both = bookOf(closed('2026-11-19', 100_000, 500, { XLF: [100, 90], XLK: [1, 200] }));
    expect(suspectedRatio(withEvents(both, action('XLK', 50)), NO_BARS, XLF, 45)).toBe(2);
    expect(
      suspectedRatio(withEvents(withDecisions(bookOf(), 90), action('XLK', 50)), NO_BARS, XLF, 45),
    ).toBeUndefined();
  });

  it('shows in bars that were adjusted by more than a twentieth, either way', () => {
    const ratio = (close: number, price = 90) =>
      suspectedRatio(bookWith(false), barsAt(close), XLF, price);
    expect([ratio(86), ratio(94)]).toEqual([undefined, undefined]);
    expect([ratio(72), ratio(120)]).toEqual([1.25, 0.75]);
    expect(ratio(90)).toBeUndefined();
    // The price says more exactly which split it is.
    expect(ratio(44, 45)).toBe(2);
  });

  it('does not show in the bars of a provisional close, nor of a share that was not held', () => {
    const point = bookWith(false).equity.map((each) => ({ ...each, provisional: true as const }));
    const early = { ...bookWith(false), equity: point };
    expect(suspectedRatio(early, barsAt(45), XLF, 90)).toBeUndefined();
    const decided = withDecisions(bookOf(), 90);
    expect(suspectedRatio(decided, barsAt(45), XLF, 90)).toBeUndefined();
    const cash = withDecisions(bookOf(closed('2026-11-19', 9, 500, {})), 90);
    expect(suspectedRatio(cash, barsAt(45), XLF, 90)).toBeUndefined();
  });

  it('reads the last close of several', () => {
    const book = bookOf(
      closed('2026-11-16', 100_000, 500, { XLF: [100, 60] }),
      closed('2026-11-17', 100_000, 500, { XLF: [100, 60] }),
      closed('2026-11-18', 100_000, 500, {}),
      closed('2026-11-19', 100_000, 500, { XLF: [100, 90] }),
    );
    expect(suspectedRatio(book, NO_BARS, XLF, 30)).toBe(3);
    expect(suspectedRatio(book, barsAt(72), XLF, 90)).toBe(1.25);
    expect(suspectedRatio(withEvents(book, action('XLF', 1, CLOSED)), NO_BARS, XLF, 30)).toBe(3);
  });
});

describe('a booked split that the price does not show yet', () => {
  const ratio = (price: number, ...events: readonly LotEvent[]) =>
    ratioNotInPrice(withEvents(bookWith(false), ...events), XLF, price);
  const traded = (side: 'buy' | 'sell', shares: number): LotEvent => ({
    ...{ kind: 'trade', lot: 'XLF-8', at: NOON, recordedAt: NOON },
    fill: execution(intent('monthly-2026-11', side, 'XLF', shares), 'f-1', shares),
  });

  it('is one whose price is nearer to that before it than to that after it', () => {
    const price = [90, 46, 45, 44, 22.5].map((each) => ratio(each, action('XLF', 300)));
    expect(price).toEqual([4, 4, undefined, undefined, undefined]);
    expect([ratio(90, action('XLF', -50)), ratio(180, action('XLF', -50))]).toEqual([
      0.5,
      undefined,
    ]);
    expect(ratio(90)).toBeUndefined();
    expect([ratio(90, action('XLF', 24)), ratio(90, action('XLF', 25))]).toEqual([undefined, 1.25]);
  });

  it('counts shares traded before it, and neither moved ones nor those of another ticker', () => {
    expect(ratio(90, traded('sell', 50), action('XLF', 100))).toBe(3);
    expect(ratio(90, traded('buy', 50), action('XLF', 150))).toBe(2);
    expect(ratio(90, action('XLF', 100), action('XLF', 400))).toBe(6);
    expect(ratio(90, { ...action('XLF', 100), kind: 'moved' } as LotEvent)).toBeUndefined();
    expect(ratio(90, action('XLK', 100))).toBeUndefined();
  });

  it('is none where all shares were sold before or exchanged', () => {
    expect(ratio(90, traded('sell', 100), action('XLF', 200))).toBeUndefined();
    expect(ratio(90, traded('sell', 150), action('XLF', 200))).toBeUndefined();
    expect(ratio(90, action('XLF', -100))).toBeUndefined();
    expect(ratio(90, action('XLF', -300))).toBeUndefined();
  });

  it('is told by the price of the account', () => {
    const book = withEvents(bookWith(false), action('XLF', 100));
    const told = (price: number | undefined) =>
      unpricedSplits(book, [{ ...position('XLF', 200, 90), currentPrice: price }]);
    expect([told(90), told(45), told(undefined)]).toEqual([[{ ticker: XLF, ratio: 2 }], [], []]);
    expect(ratioNotInPrice(bookOf(), XLF, 90)).toBeUndefined();
  });
});

describe('what moved shares since the last close', () => {
  it('was recorded after it; all of it where no close is recorded', () => {
    const [before, since] = [action('XLF', 1, CLOSED), action('XLF', 2, epochMs(CLOSED + 1))];
    const book = withEvents(bookWith(false), before, since);
    expect(eventsSinceClose(book)).toEqual([since]);
    expect(eventsSinceClose(withoutClose(book))).toEqual([before, since]);
  });

  it('is a split where it is an action of that ticker', () => {
    const was = (event: LotEvent) => wasSplit(withEvents(bookWith(false), event), XLF);
    expect(was(action('XLF', 200))).toBe(true);
    expect(was(action('XLK', 200))).toBe(false);
    expect(was({ ...action('XLF', 200), kind: 'moved' } as LotEvent)).toBe(false);
    expect(was({ ...action('XLF', 200), qty: qty(0) } as LotEvent)).toBe(true);
  });
});
