import { describe, expect, it } from 'vitest';
import { incomePost } from '#bot/posts/income.ts';
import type { Entry } from '#core/domain/entry.ts';
import type { Side } from '#core/domain/order.ts';
import { plannedGains } from '#core/domain/tax/gains.ts';
import { costFault, uncostedLots } from '#core/domain/tax/uncosted-lots.ts';
import { cents, dollars, qty, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { incomeView } from '#core/views/income.ts';
import { taxView } from '#core/views/tax.ts';
import { taxCsv } from '#core/views/tax-csv.ts';
import { intent } from '#tests/support/decision.ts';
import { observation } from '#tests/support/desk.ts';
import { at, began, bookOf, type Dated, filled } from './books.ts';

/** Midday in New York. */
const noon = (day: string) => at(`${day}T17:00:00Z`);

function traded(day: string, side: Side, name: string, shares: number, price: number): Dated {
  const fill = filled(noon(day), side, name, shares, price);
  return { at: fill.at, entry: { kind: 'external-fill', fill } };
}

function income(
  day: string,
  kind: 'dividend' | 'interest' | 'fee',
  usd: number,
  name?: string,
  type?: string,
): Dated {
  const moved = {
    ticker: name === undefined ? undefined : ticker(name),
    qty: qty(0),
    cash: dollars(usd),
  };
  const activity = { id: `${kind} ${day} ${name} ${usd}`, kind, type, ...moved, at: noon(day) };
  return { at: noon(day), entry: { kind: 'activity', activity } };
}

const STORY: readonly Dated[] = [
  began(noon('2025-01-03')),
  traded('2025-01-06', 'buy', 'XLK', 100, 50),
  traded('2025-06-02', 'buy', 'XLF', 10, 40),
  traded('2025-09-08', 'sell', 'XLF', 10, 30),
  traded('2025-09-15', 'buy', 'XLF', 4, 31),
  traded('2026-01-07', 'sell', 'XLK', 60, 60),
  traded('2026-03-02', 'sell', 'XLF', 4, 50),
];
const BOOK = bookOf(...STORY);
const SEEN = observation();

describe('The gains of a year', () => {
  it('are those of its trade dates, by term, month and order', () => {
    const view = taxView(BOOK, SEEN, 2026);
    // XLK: 60 × 10, held a year and a day. XLF: 4 × 50 less 4 × 31 and the 40 that were deferred.
    expect(view.gains).toEqual({
      short: 3600,
      long: 60_000,
      undated: 0,
      unknown: 0,
      disallowed: 0,
    });
    expect(view.months).toMatchObject([
      { month: '2026-01', long: 60_000 },
      { month: '2026-03', short: 3600 },
    ]);
    expect(view.orders).toMatchObject([
      { ticker: 'XLF', sold: '2026-03-02', short: 3600 },
      { ticker: 'XLK', sold: '2026-01-07', long: 60_000 },
    ]);
  });

  it('of every year are shown with it', () => {
    expect(taxView(BOOK, SEEN, 2026).years).toMatchObject([
      { year: 2025, short: -6000, long: 0, disallowed: 4000 },
      { year: 2026, short: 3600, long: 60_000 },
    ]);
  });

  it('give the amount disallowed by wash sales', () => {
    expect(taxView(BOOK, SEEN, 2025).gains).toMatchObject({ short: -6000, disallowed: 4000 });
  });

  it('exclude sales of unknown cost from every sum, and count them', () => {
    const moved: Entry = {
      kind: 'activity',
      activity: {
        ...{ id: 'in', kind: 'transfer', ticker: ticker('XLV'), qty: wholeShares(5) },
        ...{ cash: cents(0), at: noon('2025-02-03') },
      },
    };
    const book = bookOf(
      began(noon('2025-01-03')),
      { at: noon('2025-02-03'), entry: moved },
      traded('2025-03-03', 'sell', 'XLV', 2, 90),
    );
    const view = taxView(book, SEEN, 2025);
    expect(view.gains).toMatchObject({ short: 0, long: 0, unknown: 1 });
    expect(view.unknownLots).toMatchObject([{ id: 'XLV-2', qty: wholeShares(3) }]);
    expect(uncostedLots(book.lots)).toMatchObject([{ lot: 'XLV-2', cost: undefined }]);
    const cost = dollars(100);
    expect(costFault(book.lots, 'XLV-2', { cost })).toBeUndefined();
    expect(costFault(book.lots, 'XLV-3', { cost })).toContain('no lot');
    const late = { cost, acquired: sessionDate('2025-02-04') };
    expect(costFault(book.lots, 'XLV-2', late)).toContain('was here on 2025-02-03');
  });

  it('are written to the file in the format of tax software', () => {
    expect(taxCsv(taxView(BOOK, SEEN, 2025).disposals)).toBe(
      'Description,Date Acquired,Date Sold,Proceeds,Cost Basis,Adjustment Code,Adjustment Amount,Gain,Term\r\n' +
        '10 sh XLF,06/02/2025,09/08/2025,300.00,400.00,W,40.00,-60.00,short\r\n',
    );
    expect(taxCsv(taxView(BOOK, SEEN, 2026).disposals)).toContain(
      '60 sh XLK,01/06/2025,01/07/2026,3600.00,3000.00,,,600.00,long\r\n',
    );
  });
});

describe('The gain of a plan', () => {
  const sell = { ...intent('d1', 'sell', 'XLK', 60), priceAtDecision: 60 };

  it('is what its sales would realise at its prices, before anybody approves', () => {
    const lots = bookOf(...STORY.slice(0, 2)).lots;
    expect(plannedGains(lots, [sell], noon('2026-01-07'))).toMatchObject({
      long: 60_000,
      short: 0,
    });
    expect(plannedGains(lots, [sell], noon('2026-01-06'))).toMatchObject({
      long: 0,
      short: 60_000,
    });
  });

  it('does not change when its orders are filled', () => {
    expect(plannedGains(BOOK.lots, [sell], noon('2026-01-06'))).toMatchObject({ short: 60_000 });
  });

  it('does not change by later journal entries, even about earlier events', () => {
    const early = traded('2025-01-03', 'buy', 'XLK', 100, 20);
    const late = { ...early, at: noon('2026-02-02') };
    const { lots } = bookOf(...STORY.slice(0, 2), late);
    const gain = (day: string) => plannedGains(lots, [sell], noon(day)).long;
    expect([gain('2026-01-07'), gain('2026-02-03')]).toEqual([60_000, 240_000]);
  });

  it('says what would be a wash sale, including an earlier loss that it would buy back', () => {
    const lots = bookOf(...STORY.slice(0, 4)).lots;
    const buy = { ...intent('d1', 'buy', 'XLF', 4), priceAtDecision: 31 };
    const { disallowed } = plannedGains(lots, [buy], noon('2025-09-15'));
    expect(disallowed).toBe(4000);
    expect(plannedGains(lots, [buy], noon('2025-10-09')).disallowed).toBe(0);
  });
});

describe('The income of a year', () => {
  const book = bookOf(
    began(noon('2025-01-03')),
    income('2025-03-20', 'dividend', 20, 'XLK'),
    income('2025-03-20', 'dividend', -3, 'XLK'),
    income('2025-06-20', 'dividend', 7.5, 'XLF'),
    income('2025-06-30', 'interest', 1.25),
    income('2025-07-01', 'fee', -0.02),
    income('2026-01-02', 'dividend', 99, 'XLK'),
  );

  it('is dividends, interest and fees by ticker, less tax withheld', () => {
    const { rows, total } = incomeView(book, SEEN, 2025);
    expect(rows).toEqual([
      { ticker: 'XLK', dividends: 1700, interest: 0, fees: 0, returned: 0 },
      { ticker: 'XLF', dividends: 750, interest: 0, fees: 0, returned: 0 },
      { ticker: undefined, dividends: 0, interest: 125, fees: -2, returned: 0 },
    ]);
    expect(total).toEqual({ dividends: 2450, interest: 125, fees: -2, returned: 0 });
  });

  it('excludes return of capital, which is shown separately', () => {
    const paid = income('2025-09-01', 'dividend', 40, 'XLK', 'DIVROC');
    const view = incomeView(bookOf(began(noon('2025-01-03')), paid), SEEN, 2025);
    expect(view.total).toEqual({ dividends: 0, interest: 0, fees: 0, returned: 4000 });
    expect(JSON.stringify(incomePost(view))).toContain('$40.00 more was a return of capital');
  });

  it('of every year is shown with it', () => {
    expect(incomeView(book, SEEN, 2025).years).toMatchObject([
      { year: 2025, dividends: 2450 },
      { year: 2026, dividends: 9900 },
    ]);
  });
});
