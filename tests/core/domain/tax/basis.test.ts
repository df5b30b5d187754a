/**
 * The rules of IRS publication 550 on basis: stock dividends, cash for fractions, distributions that are
 * no income, and wash sales with shares that came without a purchase. Worked out by hand.
 */
import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import { EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import type { Entry } from '#core/domain/entry.ts';
import { applyEntry } from '#core/domain/journal-events/table.ts';
import { taxLots } from '#core/domain/tax/tax-lots.ts';
import { costFault } from '#core/domain/tax/uncosted-lots.ts';
import { cents, dollars, epochMs, qty, sessionDate, ticker } from '#core/domain/units.ts';
import { booked, buy, change, sell } from './lots-support.ts';

const XLK = ticker('XLK');

describe('A stock dividend', () => {
  it('of two new shares for each old one leaves a third of the basis in each', () => {
    const one = booked([buy('2023-01-10', 1, 45), change('action', '2024-06-10', 2)]);
    expect(one.lots).toEqual([{ id: 'XLK-1', shares: 3, basis: 45, heldSince: '2023-01-10' }]);
    const { lots, sold } = booked([
      buy('2023-01-10', 1, 30),
      buy('2023-02-10', 1, 45),
      change('action', '2024-06-10', 4),
      sell('2024-06-20', 4, 20),
    ]);
    expect(sold).toMatchObject([
      { lot: 'XLK-1', shares: 3, basis: 30, gain: '30.00', term: 'long' },
      { lot: 'XLK-2', shares: 1, basis: 15, gain: '5.00', term: 'long' },
    ]);
    expect(lots).toEqual([{ id: 'XLK-2', shares: 2, basis: 30, heldSince: '2023-02-10' }]);
  });

  it('with a fraction paid out takes the fraction’s cost out of the shares', () => {
    // 5 % on a share of 100 that trades at 200: 10 of 210 are the fraction's.
    const { lots, sold } = booked(
      [buy('2023-01-03', 1, 100), change('action', '2024-06-28', 0, { cash: 10 })],
      { costs: { 'XLK-2': { cost: cents(476) } } },
    );
    expect(sold).toMatchObject([{ shares: 0, proceeds: 10, gain: '5.24', term: 'long' }]);
    expect(lots).toMatchObject([{ shares: 1, basis: 95.24 }]);
  });
});

describe('A return of capital', () => {
  const paid = (day: string, cash: number) => change('return-of-capital', day, 0, { cash });

  it('lowers the basis to zero, and the excess is a gain of the shares’ term', () => {
    const { lots, sold } = booked([
      buy('2019-03-04', 1, 100),
      paid('2022-05-10', 80),
      paid('2024-05-10', 30),
    ]);
    expect(sold).toMatchObject([{ shares: 0, proceeds: 10, gain: '10.00', term: 'long' }]);
    expect(lots).toEqual([{ id: 'XLK-1', shares: 1, basis: 0, heldSince: '2019-03-04' }]);
  });

  it('is spread over lots by their shares, each with its own term, to the cent', () => {
    const { lots, sold } = booked([
      buy('2023-03-06', 1, 100),
      buy('2024-03-04', 2, 10),
      paid('2024-05-10', 100),
    ]);
    expect(sold).toMatchObject([{ lot: 'XLK-2', proceeds: 46.67, gain: '46.67', term: 'short' }]);
    expect(lots).toMatchObject([{ basis: 66.67 }, { basis: 0 }]);
  });

  it('does not change a lot of unknown cost, and lowers it once a cost is entered', () => {
    const facts = [change('moved', '2023-03-06', 10), paid('2024-05-10', 40)];
    expect(booked(facts).lots).toMatchObject([{ basis: undefined }]);
    expect(booked(facts, { costs: { 'XLK-1': { cost: dollars(300) } } })).toMatchObject({
      lots: [{ basis: 260 }],
      sold: [],
    });
  });

  it('is recognised by the broker’s type, and a reversed one lowers nothing', () => {
    const at = epochMs(Date.UTC(2024, 4, 10, 15));
    const activity = {
      ...({ id: 'roc', kind: 'dividend', type: 'DIVROC', ticker: XLK } as const),
      ...{ qty: qty(0), cash: dollars(80), at },
    };
    const fill = {
      ...({ id: 'f', orderId: 'o', ticker: XLK, side: 'buy' } as const),
      ...{ qty: qty(1e9), price: 100, at: epochMs(Date.UTC(2023, 0, 3, 15)) },
    };
    const bookOf = (...entries: readonly Entry[]): AccountState =>
      entries.reduce(
        (state, entry, index) => applyEntry(state, { seq: index + 1, at, entry }),
        EMPTY_ACCOUNT_STATE,
      );
    const basis = (state: AccountState) => taxLots(state.lots).lots.map(({ cost }) => cost);
    const entries = [
      { kind: 'external-fill', fill } as const,
      { kind: 'activity', activity } as const,
    ];
    expect(basis(bookOf(...entries))).toEqual([2_000]);
    const back = { ...activity, id: 'back', cash: dollars(-80), cancels: 'roc' };
    expect(basis(bookOf(...entries, { kind: 'activity', activity: back }))).toEqual([10_000]);
  });
});

describe('A wash sale', () => {
  it('includes shares that came without a purchase once a person enters when they were acquired', () => {
    const facts = [
      buy('2023-09-05', 100, 50),
      change('moved', '2024-09-24', 100),
      sell('2024-10-04', 100, 40),
    ];
    expect(booked(facts).sold).toMatchObject([{ disallowed: 0, gain: '-1000.00' }]);
    const costs = { 'XLK-2': { cost: dollars(4_200), acquired: sessionDate('2024-09-24') } };
    const { lots, sold } = booked(facts, { costs });
    expect(sold).toMatchObject([{ disallowed: 1000, gain: '0.00' }]);
    expect(lots).toMatchObject([{ id: 'XLK-2', shares: 100, basis: 5200 }]);
  });

  it('with shares in two years belongs to the year of its sale', () => {
    const { lots, sold } = booked([
      buy('2024-03-04', 10, 100),
      sell('2024-12-27', 10, 80),
      buy('2025-01-15', 10, 82),
    ]);
    expect(sold).toMatchObject([{ disallowed: 200, gain: '0.00', term: 'short' }]);
    // 298 days held before: the replacement counts from so many days earlier.
    expect(lots).toEqual([{ id: 'XLK-3', shares: 10, basis: 1020, heldSince: '2024-03-23' }]);
  });

  it('counts fractions of shares', () => {
    const { lots, sold } = booked([
      buy('2025-01-10', 1.5, 100),
      sell('2025-06-10', 1.5, 80),
      buy('2025-06-20', 0.25, 84),
    ]);
    expect(sold).toMatchObject([{ disallowed: 5, gain: '-25.00' }]);
    expect(lots).toMatchObject([{ shares: 0.25, basis: 26 }]);
  });
});

describe('Worthless shares', () => {
  it('are a loss of their cost, on the last day of the year', () => {
    const when = epochMs(Date.parse('2025-05-06T15:00:00Z'));
    const bought: Entry = {
      kind: 'external-fill',
      fill: {
        ...({ id: 'f', orderId: 'o', ticker: XLK, side: 'buy', price: 50 } as const),
        qty: qty(4e9),
        at: epochMs(Date.parse('2024-05-10T15:00:00Z')),
      },
    };
    const removed: Entry = {
      kind: 'activity',
      activity: {
        ...({ id: 'w', kind: 'split', type: 'REORG.WRM', ticker: XLK } as const),
        ...{ qty: qty(-4e9), cash: cents(0), at: when },
      },
    };
    const book = [bought, removed].reduce<AccountState>(
      (state, entry, index) => applyEntry(state, { seq: index + 1, at: when, entry }),
      EMPTY_ACCOUNT_STATE,
    );
    const { lots, disposals } = taxLots(book.lots);
    expect(lots).toEqual([]);
    // Held for a year on 31 December, though not on the day that they were removed.
    expect(disposals).toMatchObject([
      { qty: 4e9, cost: 20_000, proceeds: 0, sold: '2025-12-31', term: 'long' },
    ]);
  });
});

describe('A spin-off', () => {
  const bought = buy('2023-01-03', 10, 100);
  const came = change('action', '2024-06-28', 5, { name: 'BBB' });
  const costs = { 'BBB-3': { cost: dollars(300) } };

  it('takes the part of the basis that a person enters out of its parent, lot by lot', () => {
    const { lots } = booked([bought, buy('2024-01-03', 10, 200), came], { costs });
    expect(lots).toEqual([
      { id: 'XLK-1', shares: 10, basis: 900, heldSince: '2023-01-03' },
      { id: 'XLK-2', shares: 10, basis: 1_800, heldSince: '2024-01-03' },
      { id: 'BBB-3', shares: 2.5, basis: 100, heldSince: '2023-01-03' },
      { id: 'BBB-3', shares: 2.5, basis: 200, heldSince: '2024-01-03' },
    ]);
  });

  it('inherits the holding period of its parent before anybody enters a cost', () => {
    const { sold } = booked([...[bought, came], sell('2024-07-01', 5, 20, { name: 'BBB' })]);
    expect(sold).toMatchObject([{ lot: 'BBB-2', basis: undefined, term: 'long' }]);
  });

  it('from one of several tickers waits for a person to say which', () => {
    const facts = [bought, buy('2023-01-03', 1, 50, { name: 'XLF' }), came];
    const said = { 'BBB-3': { ...costs['BBB-3'], from: ticker('XLK') } };
    expect(booked(facts, { costs: said }).lots).toMatchObject([
      { id: 'XLK-1', basis: 700 },
      { id: 'XLF-2', basis: 50 },
      { id: 'BBB-3', basis: 300, heldSince: '2023-01-03' },
    ]);
    expect(booked(facts, {}).lots).toMatchObject([
      { basis: 1_000 },
      { basis: 50 },
      { basis: undefined, heldSince: '2024-06-28' },
    ]);
  });

  it('of a merger into two takes its part from the successor', () => {
    const facts = [
      ...[bought, change('action', '2024-06-28', -10)],
      change('action', '2024-06-28', 5, { name: 'AAA' }),
      change('action', '2024-06-28', 5, { name: 'BBB' }),
    ];
    expect(booked(facts, { costs: { 'BBB-4': { cost: dollars(400) } } }).lots).toMatchObject([
      { id: 'XLK-1', shares: 5, basis: 600 },
      { id: 'BBB-4', shares: 5, basis: 400, heldSince: '2023-01-03' },
    ]);
  });

  it('cannot cost more than its parent, or exist without a parent, or exceed the price of any share', () => {
    const record = (...facts: Parameters<typeof booked>[0]) => ({
      events: facts.map((write, index) => write(index + 1)),
      costs: new Map(),
    });
    const one = record(bought, came);
    expect(costFault(one, 'BBB-2', { cost: dollars(1_000) })).toBeUndefined();
    expect(costFault(one, 'BBB-2', { cost: dollars(1_000.01) })).toContain('more than the shares');
    const two = record(bought, buy('2023-01-03', 1, 50, { name: 'XLF' }), came);
    const cost = dollars(60);
    expect(costFault(two, 'BBB-3', { cost })).toContain('Say whose shares');
    expect(costFault(two, 'BBB-3', { cost, from: ticker('XLK') })).toBeUndefined();
    expect(costFault(two, 'BBB-3', { cost, from: ticker('XLF') })).toContain(
      'more than the shares',
    );
    expect(costFault(two, 'BBB-3', { cost, from: ticker('XLE') })).toContain('No shares of XLE');
    const moved = record(change('moved', '2024-06-28', 5));
    expect(costFault(moved, 'XLK-1', { cost: dollars(5e6) })).toBeUndefined();
    expect(costFault(moved, 'XLK-1', { cost: dollars(5e6 + 1) })).toContain('a share');
  });
});

describe('A new name for shares', () => {
  const A = { name: 'AAA' };
  const B = { name: 'BBB' };
  const bought = buy('2023-01-03', 10, 100, A);
  const kept = [{ id: 'AAA-1', shares: 10, basis: 1_000, heldSince: '2023-01-03' }];

  it('keeps lots, whether it comes on the day, a day late or a day early, in either order', () => {
    const went = change('action', '2024-06-28', -10, A);
    for (const day of ['2024-06-27', '2024-06-28', '2024-07-01']) {
      const came = change('action', day, 10, B);
      expect(booked([bought, went, came]).lots, day).toEqual(kept);
      expect(booked([bought, came, went]).lots, day).toEqual(kept);
    }
  });

  it('of two tickers on one day goes to the one with as many shares, in any order', () => {
    const other = buy('2023-02-03', 5, 50, { name: 'CCC' });
    const gone = [
      change('action', '2024-06-28', -10, A),
      change('action', '2024-06-28', -5, { name: 'CCC' }),
    ];
    const came = [
      change('action', '2024-06-28', 5, { name: 'DDD' }),
      change('action', '2024-06-28', 10, B),
    ];
    for (const news of [came, came.toReversed()]) {
      const { lots } = booked([bought, other, ...gone, ...news, sell('2024-07-01', 10, 90, B)]);
      expect(lots).toMatchObject([{ id: 'CCC-2', shares: 5, basis: 250 }]);
    }
  });

  it('that is already held gets the lots in addition to its own', () => {
    const own = buy('2023-02-03', 5, 50, B);
    const rows = [change('action', '2024-06-28', -10, A), change('action', '2024-06-28', 4, B)];
    expect(booked([bought, own, ...rows]).lots).toEqual([
      { id: 'BBB-2', shares: 5, basis: 250, heldSince: '2023-02-03' },
      { id: 'AAA-1', shares: 4, basis: 1_000, heldSince: '2023-01-03' },
    ]);
  });
});

describe('A merger for cash', () => {
  it('is a sale, whether its cash comes on the day, before it, or weeks later', () => {
    const bought = buy('2023-01-03', 10, 100);
    const went = change('action', '2024-06-28', -10);
    for (const day of ['2024-06-26', '2024-06-28', '2024-07-01', '2024-07-19']) {
      const { lots, sold } = booked([bought, went, change('action', day, 0, { cash: 1_300 })]);
      expect([lots, sold], day).toMatchObject([[], [{ shares: 10, gain: '300.00', term: 'long' }]]);
    }
  });
});

describe('Shares sold short', () => {
  it('and covered at a loss are replaced by others sold short within 30 days, before or after', () => {
    const short = (day: string, price: number) => sell(day, 10, price);
    const cover = (day: string, price: number) => buy(day, 10, price);
    const after = booked([
      ...[short('2024-05-01', 100), cover('2024-06-03', 120)],
      ...[short('2024-06-20', 110), cover('2024-09-03', 105)],
    ]).sold;
    expect(after).toMatchObject([
      { gain: '0.00', disallowed: 200 },
      { gain: '-150.00', disallowed: 0 },
    ]);
    const before = booked([
      ...[short('2024-05-01', 100), short('2024-05-20', 110), cover('2024-06-03', 120)],
      cover('2024-09-03', 105),
    ]).sold;
    expect(before.map(({ gain }) => gain)).toEqual(['0.00', '-150.00']);
    const late = booked([
      ...[short('2024-05-01', 100), cover('2024-06-03', 120)],
      ...[short('2024-07-04', 110), cover('2024-09-03', 105)],
    ]).sold;
    expect(late.map(({ gain }) => gain)).toEqual(['-200.00', '50.00']);
  });
});
