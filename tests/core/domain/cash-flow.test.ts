import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { bookActivity, bookAdjustment, unreconciledCash } from '#core/domain/cash-flow.ts';
import {
  type Cents,
  cents,
  centsToDecimal,
  dollars,
  type EpochMs,
  epochMs,
  ticker,
  wholeShares,
} from '#core/domain/units.ts';
import { closesOf } from '#core/views/curve.ts';
import { at, began, bookOf, closed, type Dated } from '#tests/core/views/books.ts';
import { book } from '#tests/support/desk.ts';

const START = began(at('2026-11-13T15:00:00Z'));
const FRIDAY = closed('2026-11-13', 100_000, 500);
const MONDAY_NIGHT = at('2026-11-16T23:00:00Z');

/** A difference taken over: in cash, or in shares that are worth so much. */
function adopted(instant: number, usd: number, name?: string, shares = 0): Dated {
  const cash = dollars(name === undefined ? usd : 0);
  const [held, qty] = [name === undefined ? undefined : ticker(name), wholeShares(shares)];
  const worth = dollars(usd);
  return {
    at: instant as Dated['at'],
    entry: { kind: 'adjustment', ticker: held, qty, cash, by: 'ann', worth },
  };
}

const growthOf = (...entries: readonly Dated[]) =>
  closesOf(bookOf(...entries)).map(({ you }) => you);

describe('an accepted difference', () => {
  it('counts no gain when it came before the close', () => {
    const brought = adopted(at('2026-11-16T18:00:00Z'), 50_000);
    expect(growthOf(START, FRIDAY, brought, closed('2026-11-16', 150_000, 500))).toEqual([1, 1, 1]);
  });

  it('counts no loss when it went before the close', () => {
    const gone = adopted(at('2026-11-16T18:00:00Z'), -20_000);
    expect(growthOf(START, FRIDAY, gone, closed('2026-11-16', 80_000, 500))).toEqual([1, 1, 1]);
  });

  it.each([
    ['the same evening', MONDAY_NIGHT],
    ['a day later', at('2026-11-17T18:00:00Z')],
  ])('counts at the close that already had its cash, accepted %s', (_, when) => {
    const close = closed('2026-11-16', 150_000, 500);
    const next = closed('2026-11-17', 150_000, 500);
    expect(growthOf(START, FRIDAY, close, adopted(when, 50_000), next)).toEqual([1, 1, 1, 1]);
  });

  it('counts at the close that already had its shares, otherwise after it', () => {
    const held = { XLK: [100, 300] } as const;
    const brought = adopted(MONDAY_NIGHT, 30_000, 'XLK', 100);
    const next = closed('2026-11-17', 130_000, 500, held);
    const there = closed('2026-11-16', 130_000, 500, held);
    const notThere = closed('2026-11-16', 100_000, 500, {});
    expect(growthOf(START, FRIDAY, there, brought, next)).toEqual([1, 1, 1, 1]);
    expect(growthOf(START, FRIDAY, notThere, brought, next)).toEqual([1, 1, 1, 1]);
  });

  it('of shares against the cash they cost keeps their gain', () => {
    const noon = at('2026-11-16T18:00:00Z');
    const close = closed('2026-11-16', 101_000, 500, { XLK: [100, 310] });
    const [, , monday] = growthOf(
      START,
      FRIDAY,
      adopted(noon, 30_000, 'XLK', 100),
      adopted(noon, -30_000),
      close,
    );
    expect(monday).toBeCloseTo(1.01, 2);
  });

  it('changes no number if the entry does not give its value', () => {
    const { entry, ...rest } = adopted(at('2026-11-16T18:00:00Z'), 50_000);
    if (entry.kind !== 'adjustment') throw new TypeError('an adjustment was expected');
    const { worth: _, ...old } = entry;
    const book = bookOf(START, FRIDAY, { ...rest, entry: old });
    expect(book.cashFlows).toEqual([]);
    expect(centsToDecimal(book.ledger.cash)).toBe('150000.00');
  });
});

const [EARLY, CLOSED, LATE] = [
  at('2026-11-13T21:10:00Z'),
  at('2026-11-13T21:20:00Z'),
  at('2026-11-13T21:30:00Z'),
] as const;
const AFTER_CLOSED = epochMs(CLOSED + 1);
const XLK = ticker('XLK');

function activity(changes: Partial<Activity> = {}): Activity {
  const nothing = { ticker: undefined, qty: wholeShares(0), cash: cents(0) };
  return { id: 'a1', kind: 'deposit', at: EARLY, ...nothing, ...changes };
}

/** A book whose last close was recorded at that instant, if there was one. */
function closedAt(instant?: EpochMs): AccountState {
  const base = book();
  const { entry } = FRIDAY;
  if (entry.kind !== 'equity') throw new TypeError('a close was expected');
  return instant ? { ...base, equity: [{ ...entry.point, at: instant }] } : base;
}

describe('what is booked without an order', () => {
  const datedOf = (booked: EpochMs, happened: EpochMs, closing?: EpochMs) =>
    bookActivity(closedAt(closing), activity({ at: happened }), booked).cashFlows?.at(-1)?.dated;

  it('counts when it happened, and never later than it was booked', () => {
    expect(datedOf(LATE, EARLY)).toBe(EARLY);
    expect(datedOf(EARLY, LATE)).toBe(EARLY);
    expect(datedOf(LATE, LATE, CLOSED)).toBe(LATE);
  });

  it('counts when it is booked where a close was recorded since', () => {
    expect(datedOf(LATE, EARLY, CLOSED)).toBe(LATE);
    expect(datedOf(LATE, CLOSED, CLOSED)).toBe(LATE);
    expect(datedOf(LATE, AFTER_CLOSED, CLOSED)).toBe(AFTER_CLOSED);
  });

  it('counts after the last close, though the clock was set back or stood still', () => {
    expect(datedOf(CLOSED, EARLY, CLOSED)).toBe(AFTER_CLOSED);
    expect(datedOf(EARLY, EARLY, CLOSED)).toBe(AFTER_CLOSED);
    expect(datedOf(EARLY, LATE, CLOSED)).toBe(AFTER_CLOSED);
    const difference = { ticker: undefined, qty: wholeShares(0), cash: dollars(5) };
    const { cashFlows } = bookAdjustment(
      closedAt(CLOSED),
      { ...difference, worth: dollars(5) },
      EARLY,
    );
    expect(cashFlows?.at(-1)?.at).toBe(AFTER_CLOSED);
  });

  it('is remembered by its id', () => {
    expect(bookActivity(closedAt(), activity(), LATE).booked?.has('a1')).toBe(true);
  });
});

describe('cash that was raised', () => {
  const raised = new Map([['raise-1', { amount: dollars(100), by: 'ann' }]]);
  const keptAfter = (kind: Activity['kind'], cash: Cents) => {
    const after = bookActivity({ ...closedAt(), raised }, activity({ kind, cash }), LATE);
    return 'raised' in after ? (after.raised?.get('raise-1')?.amount ?? 'gone') : 'untouched';
  };

  it('is kept less what was withdrawn, to the cent', () => {
    expect(keptAfter('withdrawal', cents(-4_001))).toBe(5_999);
    expect(keptAfter('withdrawal', dollars(-100))).toBe('gone');
  });

  it('is not touched by what comes in, nor by a withdrawal that is given back', () => {
    expect(keptAfter('deposit', dollars(40))).toBe('untouched');
    expect(keptAfter('fee', dollars(-40))).toBe('untouched');
    expect(keptAfter('withdrawal', dollars(40))).toBe(dollars(100));
  });
});

describe('the lots of what moved', () => {
  const SHARES = { kind: 'transfer', ticker: XLK, qty: wholeShares(10) } as const;
  const eventOf = (changes: Partial<Activity>) => {
    const { lots } = bookActivity({ ...closedAt(), seq: 16 }, activity(changes), LATE);
    return lots?.events.map(({ kind, lot }) => `${kind} ${lot}`);
  };

  it('are of the kind of the activity, named by the entry that is written', () => {
    expect(eventOf(SHARES)).toEqual(['moved XLK-17']);
    expect(eventOf({ ...SHARES, kind: 'split' })).toEqual(['action XLK-17']);
    const returned = { ticker: XLK, kind: 'dividend', type: 'DIVROC', cash: dollars(3) } as const;
    expect(eventOf(returned)).toEqual(['return-of-capital XLK-17']);
    const gone = { ...SHARES, kind: 'other', type: 'REORG.WRM', qty: wholeShares(-10) } as const;
    expect(eventOf(gone)).toEqual(['worthless XLK-17']);
    expect(eventOf({ cash: dollars(3) })).toEqual([]);
  });

  it('are removed with the reversed activity, and no other flow of the same shares is', () => {
    const take = (changes: Partial<Activity>, when: EpochMs, base: AccountState): AccountState => ({
      ...base,
      ...bookActivity(base, activity({ ...SHARES, ...changes }), when),
      seq: base.seq + 1,
    });
    const opening = {
      ...{ kind: 'opening' as const, lot: 'XLK-0', ticker: XLK, qty: wholeShares(10) },
      ...{ cost: dollars(900), at: CLOSED, recordedAt: CLOSED },
    };
    const base = { ...closedAt(), seq: 0, lots: { events: [opening], costs: new Map() } };
    const first = take({ id: 'a1' }, EARLY, base);
    const both = take({ id: 'a2' }, CLOSED, first);
    const more = take({ id: 'a3', qty: wholeShares(7) }, CLOSED, both);
    const other = take({ id: 'a4', ticker: ticker('XLF') }, CLOSED, more);
    expect(other.lots.events.map(({ lot }) => lot)).toEqual([
      ...['XLK-0', 'XLK-1', 'XLK-2', 'XLK-3', 'XLF-4'],
    ]);
    const backOf = (cancels: string, moved: Partial<Activity> = {}) =>
      take({ id: 'b', cancels, qty: wholeShares(-10), ...moved }, LATE, other).lots.events.map(
        ({ lot }) => lot,
      );
    expect(backOf('a1')).toEqual(['XLK-0', 'XLK-2', 'XLK-3', 'XLF-4']);
    expect(backOf('a2')).toEqual(['XLK-0', 'XLK-1', 'XLK-3', 'XLF-4']);
    expect(backOf('a3', { qty: wholeShares(-7) })).toEqual(['XLK-0', 'XLK-1', 'XLK-2', 'XLF-4']);
    expect(backOf('a4', { ticker: ticker('XLF') })).toEqual(['XLK-0', 'XLK-1', 'XLK-2', 'XLK-3']);
    expect(backOf('unknown')).toEqual(['XLK-0', 'XLK-1', 'XLK-2', 'XLK-3', 'XLF-4', 'XLK-5']);
  });
});

describe('a difference that is taken over', () => {
  const taken = (worth: Cents | undefined, name?: 'XLK') => {
    const moved = { qty: wholeShares(name ? 2 : 0), cash: name ? cents(0) : (worth ?? cents(0)) };
    const entry = { ...moved, ticker: name && XLK, ...(worth !== undefined && { worth }) };
    return bookAdjustment({ ...closedAt(), seq: 16 }, entry, LATE);
  };
  const flowOf = (...asked: Parameters<typeof taken>) => {
    const flow = taken(...asked).cashFlows?.at(-1)?.activity;
    return flow && [flow.id, flow.kind, flow.cash, flow.worth];
  };

  it('came from outside or went there, by its sign', () => {
    expect(flowOf(cents(1))).toEqual([`adopted cash ${LATE}`, 'deposit', 1, undefined]);
    expect(flowOf(cents(-1))).toEqual([`adopted cash ${LATE}`, 'withdrawal', -1, undefined]);
    expect(flowOf(cents(700), 'XLK')).toEqual([`adopted XLK ${LATE}`, 'transfer', 0, 700]);
  });

  it('is no flow where it is worth nothing, or does not say: shares that came so are a split', () => {
    expect([flowOf(cents(0)), flowOf(cents(0), 'XLK'), flowOf(undefined, 'XLK')]).toEqual([
      ...[undefined, undefined, undefined],
    ]);
    const eventOf = (worth: Cents | undefined) =>
      taken(worth, 'XLK').lots?.events.map(({ kind, lot }) => `${kind} ${lot}`);
    expect(eventOf(cents(0))).toEqual(['action XLK-17']);
    expect(eventOf(cents(1))).toEqual(['moved XLK-17']);
    expect(eventOf(undefined)).toEqual(['moved XLK-17']);
  });
});

describe('the part of an account that the books do not have', () => {
  const ledger = {
    cash: dollars(100),
    lots: new Map([[XLK, { qty: wholeShares(4), cost: cents(1) }]]),
  };
  const partOf = (usd: number, held: Record<string, readonly [number, number]> = {}) => {
    const holdings = new Map(
      Object.entries(held).map(([name, [shares, worth]]) => [
        ticker(name),
        { qty: wholeShares(shares), value: dollars(worth) },
      ]),
    );
    return unreconciledCash(ledger, { cash: dollars(usd), holdings });
  };

  it('is cash, and shares at what they are worth there, of either sign', () => {
    expect(partOf(130)).toBe(3_000);
    expect(partOf(70)).toBe(-3_000);
    expect(partOf(100, { XLK: [10, 500] })).toBe(30_000);
    expect(partOf(100, { XLK: [2, 100] })).toBe(-10_000);
    expect(partOf(100, { XLK: [4, 200], XLF: [3, 30] })).toBe(3_000);
    expect(partOf(100, { XLK: [10, 500], XLF: [3, 30] })).toBe(33_000);
    expect(partOf(100, { XLK: [0, 0] })).toBe(0);
    expect(unreconciledCash(ledger, { cash: dollars(101) })).toBe(100);
  });

  it('is rounded to the cent', () => {
    // A third of 100.01 dollars is 33.3367.
    expect(partOf(100, { XLK: [6, 100.01] })).toBe(3_334);
  });
});
