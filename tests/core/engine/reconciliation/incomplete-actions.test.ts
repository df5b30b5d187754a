import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import type { LotEvent } from '#core/domain/tax/lot-event.ts';
import { cents, dollars, epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import {
  incompleteActionEntries,
  incompleteActions,
  incompleteActionsReason,
} from '#core/engine/reconciliation/incomplete-actions.ts';
import { intent } from '#tests/support/decision.ts';
import { account, alert, observation, position } from '#tests/support/desk.ts';
import { execution } from '#tests/support/orders.ts';
import { at, began, bookOf, closed } from '../../views/books.ts';

const [XLF, XLK] = [ticker('XLF'), ticker('XLK')];
const NOON = at('2026-11-20T17:00:00Z');
const CLOSED = epochMs(at('2026-11-19T21:00:00Z') + 120_000);
const NO_BARS = new Map();
const GONE = [{ ticker: XLF, ratio: undefined }];

/** $1,000 of cash and, at the last close, these shares and their prices. */
function bookWith(
  held: Parameters<typeof closed>[3] = { XLF: [100, 90] },
  events: readonly LotEvent[] = [],
): AccountState {
  const book = bookOf(
    began(at('2026-11-16T15:00:00Z'), 10_000),
    closed('2026-11-19', 10_000, 500, held),
  );
  const ledger = { ...book.ledger, cash: dollars(1_000) };
  return { ...book, ledger, lots: { ...book.lots, events } };
}

/** The account now, with these shares of XLK at $50. */
function seen(cash = 1_000, xlk = 0, overrides: Parameters<typeof observation>[0] = {}) {
  const positions = xlk > 0 ? [position('XLK', xlk, 50)] : [];
  return observation({ at: NOON, account: account(cash), positions, ...overrides });
}

function event(kind: 'action' | 'moved', shares: number, usd = 0, recordedAt = NOON): LotEvent {
  const fact = { lot: 'XLF-9', at: recordedAt, recordedAt };
  const moved = { ...fact, ticker: XLF, qty: wholeShares(shares) };
  return kind === 'action' ? { ...moved, kind, cash: dollars(usd) } : { ...moved, kind };
}

function trade(side: 'buy' | 'sell', symbol = 'XLF', recordedAt = NOON): LotEvent {
  const fill = execution(intent('monthly-2026-11', side, symbol, 100), 'f-1', 100);
  return { kind: 'trade', fill, lot: 'XLF-9', at: recordedAt, recordedAt };
}

const found = (book: AccountState, now = seen()) => incompleteActions(book, now, NO_BARS);

describe('shares that left the account', () => {
  it('are missed while less than half of their worth came in their place', () => {
    expect(found(bookWith())).toEqual(GONE);
    // $9,000 are gone.
    expect(found(bookWith(), seen(5_499.99))).toEqual(GONE);
    expect(found(bookWith(), seen(5_500))).toEqual([]);
    expect(found(bookWith(), seen(1_000, 89))).toEqual(GONE);
    expect(found(bookWith(), seen(1_000, 90))).toEqual([]);
    expect(found(bookWith(), seen(3_500, 40))).toEqual([]);
    expect(found(bookWith(), seen(3_499, 40))).toEqual(GONE);
  });

  it('are not made up for by less cash, nor by fewer shares of another', () => {
    const held = { XLF: [100, 90], XLK: [200, 50] } as const;
    expect(found(bookWith(held), seen(1_000, 200))).toEqual(GONE);
    expect(found(bookWith(held), seen(1_000, 289))).toEqual(GONE);
    expect(found(bookWith(held), seen(1_000, 290))).toEqual([]);
    expect(found(bookWith(held), seen(5_500, 100))).toEqual([]);
    const half = (price: number) => seen(0, 0, { positions: [position('XLK', 1, price)] });
    expect([found(bookWith(), half(4_500)), found(bookWith(), half(4_499.99))]).toEqual([[], GONE]);
  });

  it('may be made up for by cash of an action that is booked since the close', () => {
    const paid = (usd: number, ...more: readonly LotEvent[]) =>
      found(bookWith(undefined, [event('action', -100, usd), ...more]));
    expect([paid(4_499), paid(4_500)]).toEqual([GONE, []]);
    expect(paid(4_500, event('action', 0, -1))).toEqual(GONE);
    expect(found(bookWith(undefined, [event('action', -100, 9_000, CLOSED)]))).toEqual(GONE);
    const moved = { ...event('moved', 100), cash: dollars(9_000) };
    expect(found(bookWith(undefined, [moved as LotEvent]))).toEqual(GONE);
  });

  it('are worth nothing where the price of what came is not known', () => {
    const now = seen(1_000, 0, {
      positions: [{ ...position('XLK', 9_000, 50), currentPrice: undefined }],
    });
    expect(found(bookWith(), now)).toEqual(GONE);
  });

  it('are not missed where they are still there, were sold, or were transferred', () => {
    expect(found(bookWith(), seen(1_000, 0, { positions: [position('XLF', 1, 90)] }))).toEqual([]);
    const having = (...events: readonly LotEvent[]) => found(bookWith(undefined, events));
    expect(having(trade('sell'))).toEqual([]);
    expect(having(trade('buy'))).toEqual(GONE);
    expect(having(trade('sell', 'XLK'))).toEqual(GONE);
    expect(having(trade('sell', 'XLF', CLOSED))).toEqual(GONE);
    expect(having(event('moved', -100))).toEqual([]);
    expect(having(event('moved', 100))).toEqual(GONE);
    expect(having({ ...event('moved', -100), ticker: XLK } as LotEvent)).toEqual(GONE);
    expect(having(event('moved', 0))).toEqual(GONE);
    expect(having(event('action', -100))).toEqual(GONE);
  });

  it('are not missed where they were short or worthless, nor without an account or a close', () => {
    expect(found(bookWith({ XLF: [-100, 90] }))).toEqual([]);
    expect(found(bookWith({ XLF: [100, 0] }))).toEqual([]);
    expect(found(bookWith({ XLF: [1, 0.01] }))).toEqual(GONE);
    const worth = { XLF: [100, 90], XLK: [100, 0] } as const;
    expect(found(bookWith(worth))).toEqual(GONE);
    expect(found(bookWith({ XLF: [100, 90], XLK: [-100, 1] }))).toEqual(GONE);
    expect(found(bookWith(), seen(0, 0, { account: undefined }))).toEqual([]);
    expect(found({ ...bookWith(), equity: [] })).toEqual([]);
    const bare = bookWith().equity.map(({ holdings: _, ...point }) => point);
    expect(found({ ...bookWith(), equity: bare })).toEqual([]);
  });

  it('are not missed any more three sessions after the close', () => {
    expect(found(bookWith(), seen(1_000, 0, { at: at('2026-11-23T17:00:00Z') }))).toEqual(GONE);
    expect(found(bookWith(), seen(1_000, 0, { at: at('2026-11-24T17:00:00Z') }))).toEqual([]);
  });

  it('are looked for in the last close of several', () => {
    const held = { XLK: [1, 1] } as const;
    const days = ['16', '17', '18'].map((day) => closed(`2026-11-${day}`, 9, 500, held));
    const book = bookOf(...days, closed('2026-11-19', 9, 500, { XLF: [100, 90] }));
    expect(found(book, seen(0))).toEqual(GONE);
  });
});

describe('a split whose shares came before its price', () => {
  const foundAt = (price: number, ...events: readonly LotEvent[]) =>
    found(bookWith({ XLF: [100, 90] }, events), {
      ...seen(),
      positions: [position('XLF', 200, price)],
    });
  const split = (shares: number) => event('action', shares);

  it('is incomplete while the account values the new shares at the old price', () => {
    const unpriced = { ticker: XLF, isUnpriced: true };
    expect(foundAt(90, split(100))).toEqual([{ ...unpriced, ratio: 2 }]);
    expect(foundAt(64, split(100))).toEqual([{ ...unpriced, ratio: 2 }]);
    expect(foundAt(63, split(100))).toEqual([]);
    expect(foundAt(45, split(100))).toEqual([]);
    expect(foundAt(90, split(-50))).toEqual([{ ...unpriced, ratio: 0.5 }]);
    expect(foundAt(180, split(-50))).toEqual([]);
    expect(foundAt(90, split(25))).toEqual([{ ...unpriced, ratio: 1.25 }]);
  });

  it('counts the shares that were held before it, and every split since the close', () => {
    const bought = trade('buy');
    const size = bought.kind === 'trade' ? bought.fill.qty / 1e9 : 0;
    expect(foundAt(90, bought, split(100 + size))).toMatchObject([{ ratio: 2 }]);
    const sold = trade('sell');
    expect(foundAt(90, event('moved', size), sold, split(100))).toMatchObject([{ ratio: 2 }]);
    expect(foundAt(90, split(100), split(200))).toMatchObject([{ ratio: 4 }]);
    expect(foundAt(90, event('action', 100, 0, CLOSED))).toEqual([]);
  });

  it('is none where shares came otherwise, of another ticker, or in a small step', () => {
    expect(foundAt(90, event('moved', 100))).toEqual([]);
    expect(foundAt(90, { ...split(100), ticker: XLK } as LotEvent)).toEqual([]);
    expect(foundAt(90, split(24))).toEqual([]);
    expect(foundAt(90)).toEqual([]);
    const nothing = found(bookWith({ XLK: [1, 1] }, [split(100)]), {
      ...seen(4_000),
      positions: [position('XLF', 200, 90), position('XLK', 1, 1)],
    });
    expect(nothing).toEqual([]);
  });

  it('is told as one, with what is wrong until then', () => {
    const book = bookWith({ XLF: [100, 90] }, [split(100)]);
    const now = seen(1_000, 0, { positions: [position('XLF', 200, 90)] });
    expect(incompleteActionEntries(book, now, NO_BARS)).toMatchObject([
      {
        alert: {
          severity: 'warning',
          title: 'A split may be under way',
          text: 'XLF was split 2 for 1, but its price is still the one before.',
          remedy: expect.stringContaining('the equity shown is wrong'),
        },
      },
    ]);
  });
});

describe('the words for incomplete actions', () => {
  const words = (ratio: number | undefined) => incompleteActionsReason([{ ticker: XLF, ratio }]);

  it('are one sentence for each, and none without one', () => {
    expect(incompleteActionsReason([])).toBeUndefined();
    expect(incompleteActionsReason([...GONE, { ticker: XLK, ratio: 2 }])).toBe(
      'The shares of XLF left the account, and nothing came in their place yet. ' +
        'The price of XLK changed as in a split 2 for 1, but its shares did not change.',
    );
  });

  it.each([
    [3, '3 for 1'],
    [1, '1 for 1'],
    [0.5, '1 for 2'],
    [1 / 15, '1 for 15'],
    [1.257, '1.26 for 1'],
  ])('say how many new shares come for old ones: %d is %s', (ratio, said) => {
    expect(words(ratio)).toContain(`a split ${said},`);
  });
});

describe('the alert about an incomplete action', () => {
  const subject = { about: 'suspected-split', ticker: 'XLF' } as const;
  const reported = (book: AccountState, of = subject): AccountState => ({
    ...book,
    alerts: bookOf({ at: NOON, entry: { kind: 'alert', alert: alert({ subject: of }) } }).alerts,
  });

  it('is raised once, and says what waits', () => {
    const [raised, ...more] = incompleteActionEntries(bookWith(), seen(), NO_BARS);
    expect(more).toEqual([]);
    expect(raised).toMatchObject({
      kind: 'alert',
      alert: {
        subject,
        severity: 'error',
        title: 'A corporate action may be under way',
        remedy: expect.stringContaining('Look at the account statement'),
      },
    });
    expect(incompleteActionEntries(reported(bookWith()), seen(), NO_BARS)).toEqual([]);
  });

  it('is called a split where a price shows one', () => {
    const book = bookWith();
    const lots = new Map([[XLF, { qty: wholeShares(100), cost: cents(900_000) }]]);
    const split = { ...book, ledger: { ...book.ledger, lots } };
    const now = seen(1_000, 0, { positions: [position('XLF', 100, 30)] });
    expect(incompleteActionEntries(split, now, NO_BARS)).toMatchObject([
      {
        alert: {
          subject,
          title: 'A split may be under way',
          remedy: expect.stringContaining('the market moved'),
        },
      },
    ]);
  });

  it('ends when all agrees, or when the close is too old, which is no solution', () => {
    const late = seen(1_000, 0, { at: at('2026-11-24T17:00:00Z') });
    expect(incompleteActionEntries(reported(bookWith()), seen(9_000), NO_BARS)).toEqual([
      { kind: 'resolved', subject, text: 'Prices and shares agree.' },
    ]);
    expect(incompleteActionEntries(reported(bookWith()), late, NO_BARS)).toMatchObject([
      { kind: 'resolved', subject, lapsed: true },
    ]);
  });

  it('of another ticker ends by itself, and alerts about other things stay', () => {
    const other = { about: 'suspected-split', ticker: 'XLK' } as const;
    expect(
      incompleteActionEntries(reported(bookWith(), other as never), seen(), NO_BARS),
    ).toMatchObject([
      { kind: 'alert', alert: { subject } },
      { kind: 'resolved', subject: other },
    ]);
    const broker = { about: 'broker' } as const;
    expect(
      incompleteActionEntries(reported(bookWith(), broker as never), seen(9_000), NO_BARS),
    ).toEqual([]);
  });
});
