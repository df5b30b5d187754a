import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { belowPeak, notBookedOf } from '#core/domain/drawdown.ts';
import type { Entry } from '#core/domain/entry.ts';
import { cents, dollars, ticker, wholeShares } from '#core/domain/units.ts';
import { at, began, bookOf, closed, type Dated, moved } from '#tests/core/views/books.ts';

const START = began(at('2026-11-13T15:00:00Z'));
const FRIDAY = closed('2026-11-13', 100_000, 500);
const NOON = at('2026-11-13T17:00:00Z');
const MONDAY = at('2026-11-16T18:00:00Z');
const MONDAY_NIGHT = at('2026-11-16T23:00:00Z');
const TUESDAY = at('2026-11-17T16:00:00Z');

/** How far below its best an account without positions is that is worth so much on Tuesday. */
const fallTo = (usd: number, ...entries: readonly Dated[]): number =>
  belowPeak(bookOf(...entries), { at: TUESDAY, equity: dollars(usd), cash: dollars(usd) });

/** A gain or a loss that the broker booked. */
function earned(instant: number, usd: number): Dated {
  const id = `earned ${instant}`;
  const activity = { id, ticker: undefined, qty: wholeShares(0), cash: dollars(usd), at: instant };
  const entry = { kind: 'activity', activity: { ...activity, kind: 'interest' } };
  return { at: instant, entry } as Dated;
}

const state = (instant: number, to: 'RUN' | 'HALT', usd?: number): Dated => {
  const equity = usd === undefined ? undefined : dollars(usd);
  const entry: Entry = { kind: 'state', state: to, by: 'ann', reason: 'x', equity };
  return { at: instant as Dated['at'], entry };
};

/** Brought at noon and booked in the night, after the close. */
const lateMoney = (usd: number): Dated => ({ ...moved(MONDAY, usd), at: MONDAY_NIGHT });

describe('the drawdown', () => {
  it('is measured from the best close', () => {
    const best = [earned(MONDAY, 20_000), closed('2026-11-16', 120_000, 500)];
    const lost = earned(TUESDAY, -30_000);
    expect(fallTo(90_000, START, FRIDAY, ...best, lost)).toBeCloseTo(0.25, 12);
    expect(fallTo(120_000, START, FRIDAY, ...best)).toBe(0);
  });

  it('is no smaller after a deposit, and no larger after a withdrawal', () => {
    const tenth = [earned(NOON, -10_000), closed('2026-11-13', 90_000, 500)];
    expect(fallTo(90_000, START, ...tenth)).toBeCloseTo(0.1, 12);
    expect(fallTo(190_000, START, ...tenth, moved(MONDAY, 100_000))).toBeCloseTo(0.1, 12);
    expect(fallTo(40_000, START, ...tenth, moved(MONDAY, -50_000))).toBeCloseTo(0.1, 12);
  });

  it('is not caused by money that the close had before it was booked', () => {
    const close = closed('2026-11-16', 150_000, 500);
    expect(fallTo(150_000, START, FRIDAY, close)).toBe(0);
    expect(fallTo(150_000, START, FRIDAY, close, lateMoney(50_000))).toBe(0);
    expect(fallTo(100_000, START, FRIDAY, close)).toBe(0);
    const gone = closed('2026-11-16', 50_000, 500);
    expect(fallTo(50_000, START, FRIDAY, gone, lateMoney(-50_000))).toBe(0);
  });

  it('is not caused by money that was withdrawn after a resume, on a clock that was set back since', () => {
    const resumed = state(TUESDAY, 'RUN', 100_000);
    const withdrawn = { ...moved(at('2026-11-17T16:10:00Z'), -30_000), at: MONDAY_NIGHT };
    expect(fallTo(70_000, START, FRIDAY, resumed, withdrawn)).toBe(0);
    expect(fallTo(70_000, START, FRIDAY, withdrawn, resumed)).toBeCloseTo(0.3, 12);
  });

  it('is not caused by withdrawn money that is not booked yet', () => {
    expect(fallTo(50_000, START, FRIDAY)).toBe(0);
  });

  it('is not caused by unbooked shares that came and went', () => {
    const close = closed('2026-11-16', 130_000, 500, { XLK: [100, 300] });
    expect(fallTo(100_000, START, FRIDAY, close)).toBe(0);
  });

  it('is measured from the account’s value when a person chose RUN, not HALT', () => {
    const low = [earned(NOON, -30_000), closed('2026-11-13', 70_000, 500)];
    const run = state(MONDAY, 'RUN', 70_000);
    expect(fallTo(70_000, START, ...low, state(MONDAY, 'HALT', 70_000))).toBeCloseTo(0.3, 12);
    expect(fallTo(70_000, START, ...low, run)).toBe(0);
    expect(fallTo(63_000, START, ...low, run, earned(TUESDAY, -7_000))).toBeCloseTo(0.1, 12);
  });

  it('counts money once if it arrived before RUN and was booked after it', () => {
    const run = state(MONDAY + 60_000, 'RUN', 100_000);
    const late = lateMoney(50_000);
    expect(fallTo(150_000, START, FRIDAY, run, late)).toBe(0);
    expect(fallTo(135_000, START, FRIDAY, run, late, earned(TUESDAY, -15_000))).toBeCloseTo(
      0.1,
      12,
    );
  });

  it('takes no close from before the start for a peak, nor one of the same instant', () => {
    const lost = earned(MONDAY, -30_000);
    expect(fallTo(70_000, START, FRIDAY, lost, state(MONDAY + 1, 'RUN', 70_000))).toBe(0);
    const run = { ...state(FRIDAY.at, 'RUN', 70_000) };
    expect(fallTo(70_000, START, FRIDAY, run, lost)).toBe(0);
  });

  it('has its peak without the money that nobody has explained', () => {
    const gained = [earned(MONDAY, 20_000), closed('2026-11-16', 150_000, 500)];
    const lost = earned(TUESDAY, -12_000);
    // Of $150,000 only $120,000 are in the books; $108,000 are a tenth less than those.
    expect(fallTo(108_000, START, FRIDAY, ...gained, lost)).toBeCloseTo(0.1, 12);
    expect(fallTo(100_000, START, FRIDAY, closed('2026-11-16', 100_000.01, 500))).toBe(0);
  });

  it('counts unexplained money that came as there, and adds back what is missing', () => {
    const best = [earned(MONDAY, 20_000), closed('2026-11-16', 120_000, 500)];
    const lost = earned(TUESDAY, -30_000);
    expect(fallTo(100_000, START, FRIDAY, ...best, lost)).toBeCloseTo(1 - 100 / 120, 12);
    expect(fallTo(80_000, START, FRIDAY, ...best, lost)).toBeCloseTo(0.25, 12);
  });

  it('adds the missing money to the cash of the managed part', () => {
    const managedBy = { own: [ticker('XLK')], reserve: cents(0), maxManaged: undefined };
    const holdings = new Map();
    const run = { ...state(MONDAY, 'RUN', 100_000) };
    const entry = { ...run.entry, cash: dollars(100_000), holdings, managedBy } as Entry;
    const now = { at: TUESDAY, holdings, managedBy };
    const book = bookOf(START, FRIDAY, { ...run, entry });
    const fall = (usd: number, cash: number | undefined) =>
      belowPeak(book, {
        ...{ ...now, equity: dollars(usd) },
        cash: cash === undefined ? undefined : dollars(cash),
      });
    expect([fall(60_000, 60_000), fall(100_000, 100_000)]).toEqual([0, 0]);
    expect(fall(60_000, undefined)).toBeCloseTo(0.4, 12);
  });

  it('leaves out what others hold in the account, and what it lost', () => {
    const managedBy = { own: [ticker('XLK')], reserve: cents(0), maxManaged: undefined };
    const foreign = (usd: number) =>
      new Map([[ticker('TSLA'), { qty: wholeShares(10), value: dollars(usd) }]]);
    const run = state(MONDAY, 'RUN', 200_000);
    const held = { cash: dollars(100_000), holdings: foreign(100_000), managedBy };
    const book = bookOf(START, FRIDAY, { ...run, entry: { ...run.entry, ...held } as Entry });
    const now = { at: TUESDAY, equity: dollars(150_000), ...held, holdings: foreign(50_000) };
    expect(belowPeak(book, now)).toBe(0);
  });

  it('starts again where there was nothing that could grow', () => {
    const empty = [moved(MONDAY, -100_000), closed('2026-11-16', 0, 500)];
    const again = [earned(MONDAY_NIGHT, 1_000), closed('2026-11-17', 1_000, 500)];
    const later = { at: at('2026-11-18T16:00:00Z'), equity: dollars(900), cash: dollars(900) };
    const lost = earned(later.at, -100);
    const book = bookOf(START, FRIDAY, ...empty, ...again, lost);
    expect(belowPeak(book, later)).toBeCloseTo(0.1, 12);
  });

  it('is 0 without a reference value, and starts again after everything was withdrawn', () => {
    expect(fallTo(50_000)).toBe(0);
    expect(fallTo(50_000, START, FRIDAY, state(MONDAY, 'RUN'))).toBe(0);
    const empty = [moved(MONDAY, -100_000), closed('2026-11-16', 0, 500)];
    const again = [moved(MONDAY_NIGHT, 10_000), earned(TUESDAY, -1_000)];
    expect(fallTo(9_000, START, FRIDAY, ...empty, ...again)).toBeCloseTo(0.1, 12);
  });

  it('is the same whatever money comes and goes between the closes', () => {
    const days = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
    const step = fc.record({
      move: fc.integer({ min: -20, max: 20 }),
      part: fc.integer({ min: -40, max: 80 }),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 5 }), (steps) => {
        const entries: Dated[] = [START, FRIDAY];
        let [worth, value, peak] = [100_000, 1, 1];
        for (const [index, { move, part }] of steps.entries()) {
          const day = days[index] ?? '';
          value *= 1 + move / 100;
          peak = Math.max(peak, value);
          // What came was there from the beginning, what went was there to the end.
          const came = worth * Math.max(0, part / 100);
          const grown = (worth + came) * (1 + move / 100);
          const went = grown * Math.max(0, -part / 100);
          const noon = at(`${day}T16:00:00Z`);
          const flow = Math.round(came - went);
          const gain = Math.round(grown - worth - came);
          if (flow !== 0) entries.push(moved(noon, flow, `flow ${day}`));
          entries.push(earned(noon, gain));
          worth += flow + gain;
          entries.push(closed(day, worth, 500));
        }
        const fall = belowPeak(bookOf(...entries), {
          at: at('2026-11-20T22:00:00Z'),
          equity: dollars(worth),
          cash: dollars(worth),
        });
        expect(fall).toBeCloseTo(1 - value / peak, 4);
      }),
    );
  });
});

describe('what is missing from the books', () => {
  const XLK = ticker('XLK');
  const lots = new Map([[XLK, { qty: wholeShares(10), cost: cents(0) }]]);
  const book = { ledger: { cash: dollars(1_000), lots } };
  const held = (shares: number, usd: number) => ({ qty: wholeShares(shares), value: dollars(usd) });
  const holdings = new Map([
    [XLK, held(12, 1_200)],
    [ticker('TSLA'), held(5, 500)],
  ]);
  const snapshot = { equity: dollars(3_000), cash: dollars(1_050), holdings };

  it('is the cash, and the shares at their worth; of other tickers only while all are measured', () => {
    const managedBy = { own: [XLK], reserve: cents(0), maxManaged: undefined };
    expect(notBookedOf(book, snapshot)).toBe(dollars(50 + 200 + 500));
    expect(notBookedOf(book, { ...snapshot, managedBy })).toBe(dollars(50 + 200));
    expect(notBookedOf(book, { ...snapshot, managedBy, holdings: undefined })).toBe(dollars(50));
  });

  it('is nothing where the cash is not known', () => {
    expect(notBookedOf(book, { ...snapshot, cash: undefined })).toBe(0);
  });
});
