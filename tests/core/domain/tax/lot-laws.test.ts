/**
 * Laws of tax lots over random journals: fills, transfers, splits, new names and accepted differences.
 * A few hundred in every run; `LOT_HISTORIES=10000` for all of them.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountState } from '#core/domain/account-state.ts';
import { EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import type { Entry } from '#core/domain/entry.ts';
import { applyEntry } from '#core/domain/journal-events/table.ts';
import type { LotMethod, TaxLot } from '#core/domain/tax/open-lots.ts';
import { taxLots } from '#core/domain/tax/tax-lots.ts';
import { cents, epochMs, qty, type Ticker, ticker, valueOf } from '#core/domain/units.ts';

const HISTORIES = Number(process.env['LOT_HISTORIES'] ?? 300);
const NAMES = ['XLK', 'XLF', 'XLV'].map(ticker);
const START = Date.UTC(2024, 0, 3, 15);
const DAY_MS = 86_400_000;

/** What happens next; how much of it depends on what is held then. */
interface Happening {
  readonly what:
    | 'buy'
    | 'sell'
    | 'in'
    | 'out'
    | 'split'
    | 'reverse'
    | 'dividend'
    | 'rename'
    | 'adopt';
  readonly name: Ticker;
  readonly days: number;
  /** 0 to 1. */
  readonly size: number;
  readonly price: number;
}

const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.constantFrom(
    ...(['buy', 'buy', 'buy', 'sell', 'sell', 'sell', 'in', 'out'] as const),
    ...(['split', 'reverse', 'dividend', 'rename', 'adopt'] as const),
  ),
  name: fc.constantFrom(...NAMES),
  days: fc.integer({ min: 0, max: 25 }),
  size: fc.double({ min: 0.01, max: 1, noNaN: true }),
  price: fc.integer({ min: 1, max: 900_000 }).map((value) => value / 10_000),
});

interface History {
  readonly book: AccountState;
  readonly bought: number;
  readonly sold: number;
  readonly brought: number;
}

/** The journal of those happenings, and the money that its fills moved, summed here. */
function historyOf(all: readonly Happening[], openingCost: number): History {
  let book = EMPTY_ACCOUNT_STATE;
  let [bought, sold, brought, at] = [0, 0, openingCost, START];
  const record = (entry: Entry) => {
    book = applyEntry(book, { seq: book.seq + 1, at: epochMs(at), entry });
  };
  const positions = new Map([
    [NAMES[0] ?? ticker('XLK'), { qty: qty(7e9), cost: cents(openingCost) }],
  ]);
  const account = { cash: cents(1e9), equity: cents(1e9), benchmark: 500, known: [] };
  record({ kind: 'baseline', positions, ...account });
  for (const { what, name, days, size, price } of all) {
    at += days * DAY_MS + 60_000;
    const held = book.ledger.lots.get(name)?.qty ?? 0;
    const fresh = Math.ceil(size * 40e9);
    const some = Math.max(1, Math.floor(Math.abs(held) * size));
    const id = `${book.seq}`;
    const moves = (moved: number, kind: 'transfer' | 'split', of: Ticker = name, suffix = '') =>
      record({
        kind: 'activity',
        activity: {
          id: id + suffix,
          kind,
          ticker: of,
          qty: qty(moved),
          cash: cents(0),
          at: epochMs(at),
        },
      });
    const trades = (side: 'buy' | 'sell', shares: number) => {
      const fill = {
        id,
        orderId: `o${id}`,
        ticker: name,
        side,
        qty: qty(shares),
        price,
        at: epochMs(at),
      };
      record({ kind: 'external-fill', fill });
      if (side === 'buy') bought += valueOf(fill.qty, price);
      else sold += valueOf(fill.qty, price);
    };
    if (what === 'buy') trades('buy', fresh);
    // Now and then more is sold than is held.
    else if (what === 'sell') trades('sell', size > 0.9 ? fresh : some);
    else if (what === 'in' || what === 'adopt') {
      if (what === 'in') moves(fresh, 'transfer');
      else record({ kind: 'adjustment', ticker: name, qty: qty(fresh), cash: cents(0), by: 'x' });
      const cost = Math.round(size * 1e6);
      record({ kind: 'lot-cost', lot: `${name}-${book.seq}`, cost: cents(cost), by: 'x' });
      brought += cost;
    } else if (held <= 0) continue;
    else if (what === 'out') moves(-some, 'transfer');
    else if (what === 'split') moves(held * (size > 0.5 ? 2 : 1), 'split');
    else if (what === 'reverse') moves(-Math.floor(held * 0.9), 'split');
    else if (what === 'dividend') moves(Math.floor(held * 0.05), 'split');
    else if (what === 'rename') {
      const heir = ticker(`NEW${book.seq}`);
      moves(Math.ceil(held * 1.5), 'split', heir, 'b');
      moves(-held, 'split');
    }
  }
  return { book, bought, sold, brought };
}

const histories = fc.tuple(
  fc.array(happening, { maxLength: 40 }),
  fc.integer({ min: 1, max: 1e6 }),
);
const method = fc.constantFrom<LotMethod>('FIFO', 'HIFO');
const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0);
const basis = (lots: readonly TaxLot[]): number =>
  sum(lots.map(({ cost, deferred }) => (cost ?? 0) + deferred));

describe('Tax lots', () => {
  it('sum to the ledger: as many shares of each ticker, to the billionth', () => {
    fc.assert(
      fc.property(histories, method, ([all, cost], by) => {
        const { book } = historyOf(all, cost);
        const held = new Map<Ticker, number>();
        for (const lot of taxLots(book.lots, by).lots)
          held.set(lot.ticker, (held.get(lot.ticker) ?? 0) + lot.qty);
        expect(held).toEqual(
          new Map([...book.ledger.lots].map(([name, { qty: own }]) => [name, own])),
        );
      }),
      { numRuns: HISTORIES },
    );
  });

  it('sum to the ledger: every cent that bought shares is in a basis, every cent of a sale in its proceeds', () => {
    fc.assert(
      fc.property(histories, method, ([all, cost], by) => {
        const { book, bought, sold, brought } = historyOf(all, cost);
        const { lots, disposals, departed } = taxLots(book.lots, by);
        const long = lots.filter((lot) => lot.qty > 0);
        const short = lots.filter((lot) => lot.qty < 0);
        const disallowed = sum(disposals.map((each) => each.disallowed));
        // A loss that is not allowed waits in shares sold short until they are covered.
        const waiting = sum(short.map(({ deferred }) => deferred));
        const spent =
          basis(long) + basis(departed) + waiting + sum(disposals.map((each) => each.cost ?? 0));
        expect(spent).toBe(bought + brought + disallowed);
        const received = sum(disposals.map(({ proceeds }) => proceeds)) + basis(short) - waiting;
        expect(received).toBe(sold);
        expect(book.ledger.cash).toBe(1e9 + received - (spent - brought - disallowed));
      }),
      { numRuns: HISTORIES },
    );
  });

  it('disallow no more than was lost, and count no share twice', () => {
    fc.assert(
      fc.property(histories, method, ([all, cost], by) => {
        const { disposals, lots } = taxLots(historyOf(all, cost).book.lots, by);
        for (const { proceeds, cost: paid = proceeds, disallowed } of disposals)
          expect(disallowed).toBeLessThanOrEqual(Math.max(0, paid - proceeds));
        for (const lot of lots) if (lot.deferred > 0) expect(lot.isReplacement).toBe(true);
      }),
      { numRuns: HISTORIES },
    );
  });

  it('are the same whenever the journal learned of an event', () => {
    fc.assert(
      fc.property(histories, ([all, cost]) => {
        const { events, costs } = historyOf(all, cost).book.lots;
        const late = { events: events.toReversed(), costs };
        const inOrder = (lots: readonly TaxLot[]) =>
          lots.toSorted((a, b) => a.id.localeCompare(b.id) || a.qty - b.qty);
        expect(inOrder(taxLots(late).lots)).toEqual(inOrder(taxLots({ events, costs }).lots));
      }),
      { numRuns: HISTORIES },
    );
  });
});
