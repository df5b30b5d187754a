/** Cash and shares that the broker names after a close was recorded. */
import { describe, expect, it } from 'vitest';
import type { CashFlow, EquityPoint } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { countedAtCloses, notInBooks, withLateFill } from '#core/domain/late-flows.ts';
import {
  cents,
  dollars,
  epochMs,
  qty,
  sessionDate,
  ticker,
  wholeShares,
} from '#core/domain/units.ts';
import { closesOf } from '#core/views/curve.ts';
import { at, began, bookOf, closed, type Dated, filled, moved } from '#tests/core/views/books.ts';
import { book } from '#tests/support/desk.ts';

const START = began(at('2026-06-01T14:00:00Z'), 1_000);
const MONDAY = closed('2026-06-01', 1_000, 500);
const TUESDAY_NOON = at('2026-06-02T16:00:00Z');
const WEDNESDAY = at('2026-06-03T15:00:00Z');

/** Dated by the broker at `when`, and booked at `told`. */
function late(when: number, usd: number, id: string, told = WEDNESDAY): Dated {
  return { ...moved(when as Dated['at'], usd, id), at: told };
}

function row(activity: Partial<Activity> & Pick<Activity, 'id' | 'kind' | 'at'>): Dated {
  const nothing = { ticker: undefined, qty: wholeShares(0), cash: dollars(0) };
  return { at: WEDNESDAY, entry: { kind: 'activity', activity: { ...nothing, ...activity } } };
}

const fee = (usd: number) => row({ id: 'fee', kind: 'fee', cash: dollars(-usd), at: TUESDAY_NOON });

const growth = (...entries: readonly Dated[]) =>
  closesOf(bookOf(START, MONDAY, ...entries)).map(({ you }) => you && Math.round(you * 1e9) / 1e9);

describe('a movement booked after a close', () => {
  it('counts in the close that had its cash, though a row of the next day is booked first', () => {
    const next = late(at('2026-06-03T14:00:00Z'), 300, 'b');
    const tuesday = closed('2026-06-02', 1_500, 500);
    const wednesday = closed('2026-06-03', 1_800, 500);
    const first = late(TUESDAY_NOON, 500, 'a');
    expect(growth(tuesday, next, first, wednesday)).toEqual([1, 1, 1, 1]);
    expect(growth(tuesday, first, next, wednesday)).toEqual([1, 1, 1, 1]);
  });

  it('of the next day is not taken for what a close had, though nothing else explains that', () => {
    const next = late(at('2026-06-03T14:00:00Z'), 300, 'b');
    const [tuesday, wednesday] = [
      closed('2026-06-02', 1_500, 500),
      closed('2026-06-03', 1_800, 500),
    ];
    expect(growth(tuesday, next, wednesday)).toEqual([1, 1, 1.5, 1.5]);
  });

  it('is matched together with a fee that the close had paid as well, in either order', () => {
    const tuesday = closed('2026-06-02', 1_475, 500);
    const wednesday = closed('2026-06-03', 1_475, 500);
    const deposit = late(TUESDAY_NOON, 500, 'a');
    const expected = [1, 1, Math.round((1_475 / 1_500) * 1e9) / 1e9];
    expect(growth(tuesday, deposit, fee(25), wednesday)).toEqual([...expected, expected[2]]);
    expect(growth(tuesday, fee(25), deposit, wednesday)).toEqual([...expected, expected[2]]);
  });

  it('is matched together with an execution that is booked late too', () => {
    const tuesday = closed('2026-06-02', 1_500, 500, { XLK: [2, 300] });
    const wednesday = closed('2026-06-03', 1_500, 500, { XLK: [2, 300] });
    const fill = filled(TUESDAY_NOON, 'buy', 'XLK', 2, 300);
    const bought: Dated = { at: WEDNESDAY, entry: { kind: 'external-fill', fill } };
    const deposit = late(TUESDAY_NOON, 500, 'a');
    expect(growth(tuesday, bought, deposit, wednesday)).toEqual([1, 1, 1, 1]);
    expect(growth(tuesday, deposit, bought, wednesday)).toEqual([1, 1, 1, 1]);
  });

  it('counts in the first of two closes that included it', () => {
    const tuesday = closed('2026-06-02', 1_500, 500);
    const wednesday = closed('2026-06-03', 1_500, 500);
    const told = at('2026-06-04T15:00:00Z');
    const thursday = closed('2026-06-04', 1_500, 500);
    const deposit = late(TUESDAY_NOON, 500, 'a', told);
    expect(growth(tuesday, wednesday, deposit, thursday)).toEqual([1, 1, 1, 1, 1]);
  });

  it('counts in the second close if the first did not include it, whatever its date', () => {
    const tuesday = closed('2026-06-02', 1_000, 500);
    const wednesday = closed('2026-06-03', 1_500, 500);
    const told = at('2026-06-04T15:00:00Z');
    const thursday = closed('2026-06-04', 1_500, 500);
    const deposit = late(TUESDAY_NOON, 500, 'a', told);
    expect(growth(tuesday, wednesday, deposit, thursday)).toEqual([1, 1, 1, 1, 1]);
  });

  it('counts when it is booked if no close included it', () => {
    const tuesday = closed('2026-06-02', 1_000, 500);
    const wednesday = closed('2026-06-03', 1_500, 500);
    expect(growth(tuesday, late(TUESDAY_NOON, 500, 'a'), wednesday)).toEqual([1, 1, 1, 1]);
  });

  it('counts now if the broker dates it in the future', () => {
    const friday = at('2026-06-05T04:00:00Z');
    const tuesday = closed('2026-06-02', 1_500, 500);
    expect(growth(late(friday, 500, 'a', TUESDAY_NOON), tuesday)).toEqual([1, 1, 1]);
  });

  it('of shares counts in the close that held them, at their value then', () => {
    const tuesday = closed('2026-06-02', 1_600, 500, { XLK: [2, 300] });
    const wednesday = closed('2026-06-03', 1_620, 500, { XLK: [2, 310] });
    const shares = row({
      id: 'came',
      kind: 'transfer',
      ticker: ticker('XLK'),
      qty: wholeShares(2),
      worth: dollars(618),
      at: TUESDAY_NOON,
    });
    expect(growth(tuesday, shares, wednesday)).toEqual([1, 1, 1, 1.0125]);
  });
});

const [XLK, XLF] = [ticker('XLK'), ticker('XLF')];

describe('what a close has beyond the books', () => {
  const base = book();
  const ledger = {
    cash: dollars(100),
    lots: new Map([[XLK, { qty: wholeShares(4), cost: cents(1) }]]),
  };
  const beyond = (usd: number, held: Record<string, number> | undefined, booked = 0) => {
    const { entry } = closed('2026-06-02', usd, 500);
    if (entry.kind !== 'equity') throw new TypeError('a close was expected');
    const holdings =
      held &&
      new Map(
        Object.entries(held).map(([name, shares]) => [
          ticker(name),
          { qty: wholeShares(shares), value: cents(1) },
        ]),
      );
    const { holdings: _, ...point } = entry.point;
    return notInBooks(
      { ...base, ledger, booked: new Set(Array.from({ length: booked }, (_each, id) => `${id}`)) },
      { ...point, cash: dollars(usd), ...(holdings && { holdings }) },
    );
  };

  it('is nothing where they agree, or differ by a cent for each booking', () => {
    expect(beyond(100, { XLK: 4 })).toBeUndefined();
    expect(beyond(100, undefined)).toBeUndefined();
    expect(beyond(100.02, { XLK: 4 }, 2)).toBeUndefined();
    expect(beyond(99.98, { XLK: 4 }, 2)).toBeUndefined();
  });

  it('is cash of either sign, and shares that only one of the two has', () => {
    expect(beyond(100.03, { XLK: 4 }, 2)).toMatchObject({ cash: 3, shares: new Map() });
    expect(beyond(99.97, { XLK: 4 }, 2)?.cash).toBe(-3);
    expect(beyond(100, { XLK: 5, XLF: 2 })).toMatchObject({
      cash: 0,
      shares: new Map([
        [XLK, wholeShares(1)],
        [XLF, wholeShares(2)],
      ]),
    });
    expect(beyond(100.01, {}, 1)).toMatchObject({
      cash: 0,
      shares: new Map([[XLK, wholeShares(-4)]]),
    });
  });
});

describe('an execution that is booked late', () => {
  const CLOSED_AT = epochMs(2_000);
  const MISSING = { cash: dollars(-600), shares: new Map([[XLK, wholeShares(2)]]), flows: 0 };
  const leftOf = (
    side: 'buy' | 'sell',
    when: number,
    symbol = 'XLK',
    missing: typeof MISSING | undefined = MISSING,
  ) => {
    const { entry } = closed('2026-06-02', 1_000, 500);
    if (entry.kind !== 'equity') throw new TypeError('a close was expected');
    const point = { ...entry.point, at: CLOSED_AT, ...(missing && { notInBooks: missing }) };
    const fill = filled(epochMs(when), side, symbol, 2, 300);
    const { equity } = withLateFill({ equity: [point], cashFlows: [] }, fill);
    const left = equity[0]?.notInBooks;
    return left && [left.cash, ...left.shares];
  };

  it('explains of a close what it moved, with its sign', () => {
    expect(leftOf('buy', 1_000)).toEqual([0, [XLK, 0]]);
    expect(leftOf('sell', 1_000)).toEqual([dollars(-1_200), [XLK, wholeShares(4)]]);
    expect(leftOf('buy', 1_000, 'XLF')).toEqual([
      ...[0, [XLK, wholeShares(2)], [XLF, wholeShares(-2)]],
    ]);
  });

  it('was in a close that was recorded at its instant or later, and in no earlier one', () => {
    expect(leftOf('buy', 2_000)).toEqual([0, [XLK, 0]]);
    expect(leftOf('buy', 2_001)).toEqual([dollars(-600), [XLK, wholeShares(2)]]);
  });

  it('explains nothing of an earlier close, though a later one had it', () => {
    const { entry } = closed('2026-06-01', 1_000, 500);
    if (entry.kind !== 'equity') throw new TypeError('a close was expected');
    const earlier = { ...entry.point, at: epochMs(500), notInBooks: MISSING };
    const later = { ...entry.point, at: CLOSED_AT, notInBooks: MISSING };
    const fill = filled(epochMs(1_000), 'buy', 'XLK', 2, 300);
    const { equity } = withLateFill({ equity: [earlier, later], cashFlows: [] }, fill);
    expect(equity.map(({ notInBooks: left }) => left?.cash)).toEqual([dollars(-600), 0]);
  });

  it('leaves a close that agreed with the books as it is', () => {
    const { entry } = closed('2026-06-02', 1_000, 500);
    if (entry.kind !== 'equity') throw new TypeError('a close was expected');
    const equity = [
      { ...entry.point, at: CLOSED_AT },
      { ...entry.point, notInBooks: MISSING },
    ];
    const fill = filled(epochMs(1_000), 'buy', 'XLK', 2, 300);
    expect(withLateFill({ equity, cashFlows: [] }, fill).equity).toEqual(equity);
  });
});

describe('the rows of which a close had the cash or the shares', () => {
  const BOOKED = epochMs(5);
  const NOON = at('2026-06-02T16:00:00Z');
  const TUESDAYS_BELL = at('2026-06-02T20:00:00Z');

  function flow(activity: Partial<Activity>): CashFlow {
    const nothing = { ticker: undefined, qty: wholeShares(0), cash: cents(0) };
    const whole = { id: 'a', kind: 'deposit' as const, at: NOON, ...nothing, ...activity };
    return { at: BOOKED, activity: whole, dated: BOOKED, counted: BOOKED };
  }

  function close(
    cash: number,
    { shares = {} as Record<string, number>, session = '2026-06-02', worth = 300, held = 2 } = {},
  ): EquityPoint {
    const { entry } = closed('2026-06-02', 1_000, 500);
    if (entry.kind !== 'equity') throw new TypeError('a close was expected');
    const missing = Object.entries(shares).map(([name, count]) => {
      return [ticker(name), wholeShares(count)] as const;
    });
    return {
      ...{ ...entry.point, session: sessionDate(session) },
      holdings: new Map([[XLK, { qty: wholeShares(held), value: dollars(worth) }]]),
      notInBooks: { cash: dollars(cash), shares: new Map(missing), flows: 0 },
    };
  }

  /** For each row whether the close had it. */
  const had = (point: EquityPoint, ...flows: readonly CashFlow[]) =>
    countedAtCloses({ equity: [point], cashFlows: flows }).map(
      ({ counted }) => counted === TUESDAYS_BELL,
    );
  const of = (usd: number, changes: Partial<Activity> = {}) =>
    flow({ cash: dollars(usd), ...changes });

  it('are those whose sum is nearest, of either sign', () => {
    expect(had(close(800), of(500), of(300), of(90))).toEqual([true, true, false]);
    expect(had(close(-500), of(-300), of(-500), of(900))).toEqual([false, true, false]);
    expect(had(close(-500), of(500), of(-510))).toEqual([false, true]);
    expect(had(close(500), of(-500), of(490))).toEqual([false, true]);
  });

  it('are none where none is nearer than nothing', () => {
    expect(had(close(100), of(200))).toEqual([false]);
    expect(had(close(0), of(200))).toEqual([false]);
  });

  it('are not those that moved no cash, and of shares those of the ticker without cash', () => {
    const shares = (count: number, changes: Partial<Activity> = {}) =>
      flow({ kind: 'transfer', ticker: XLK, qty: wholeShares(count), ...changes });
    const point = close(0, { shares: { XLK: 2 } });
    expect(had(point, shares(2))).toEqual([true]);
    expect(had(point, shares(2, { ticker: XLF }))).toEqual([false]);
    expect(had(point, shares(2, { cash: dollars(3) }))).toEqual([false]);
    expect(had(close(3, { shares: { XLK: 2 } }), shares(2, { cash: dollars(3) }))).toEqual([true]);
  });

  it('are dated no later, unless they take something back', () => {
    const later = at('2026-06-03T16:00:00Z');
    expect(had(close(500), of(500, { at: later }))).toEqual([false]);
    expect(had(close(500), of(500, { at: later, cancels: 'b' }))).toEqual([true]);
    const undated = { ...of(500, { at: later }), isUndated: true as const };
    expect(had(close(500), undated)).toEqual([true]);
  });

  it('count in the first close that had them, and explain what the later ones have too', () => {
    const equity = [close(500), { ...close(800), session: sessionDate('2026-06-03') }];
    const counted = countedAtCloses({ equity, cashFlows: [of(500), of(300), of(800)] });
    expect(counted.map((each) => each.counted)).toEqual([
      ...[TUESDAYS_BELL, at('2026-06-03T20:00:00Z'), BOOKED],
    ]);
  });

  it('count in the first close that had them also where a later one has as much again', () => {
    const equity = [close(500), { ...close(1_000), session: sessionDate('2026-06-03') }];
    const [counted] = countedAtCloses({ equity, cashFlows: [of(500)] });
    expect(counted?.counted).toBe(TUESDAYS_BELL);
  });

  it('may be of one cent, and are found behind any number of rows without cash', () => {
    expect(had(close(0.01), of(0.01))).toEqual([true]);
    const none = Array.from({ length: 12 }, () => flow({ kind: 'transfer', ticker: XLK }));
    expect(had(close(500), ...none, of(500)).at(-1)).toBe(true);
  });

  it('count when they are dated where the close is of no session', () => {
    const [counted] = countedAtCloses({
      equity: [close(500, { session: '2026-06-06' })],
      cashFlows: [of(500)],
    });
    expect(counted?.counted).toBe(BOOKED);
  });

  it('are worth in it what the shares were held at there, to the cent', () => {
    const worthOf = (
      activity: Partial<Activity>,
      held: Partial<{ worth: number; held: number }> = {},
    ) => {
      const moved = flow({ kind: 'transfer', ticker: XLK, qty: wholeShares(2), ...activity });
      const shares = { [activity.ticker ?? 'XLK']: 2, XLK: 2 };
      const cash = (activity.cash ?? 0) / 100;
      return countedAtCloses({
        equity: [close(cash, { shares, ...held })],
        cashFlows: [moved],
      })[0]?.worth;
    };
    expect(worthOf({})).toBe(dollars(300));
    expect(worthOf({}, { worth: 100.01, held: 3 })).toBe(6_667);
    expect(worthOf({}, { worth: 100, held: 3 })).toBe(6_667);
    expect(worthOf({}, { worth: 100, held: 0 })).toBeUndefined();
    expect(worthOf({ kind: 'other' })).toBe(dollars(300));
    expect(worthOf({ kind: 'split' })).toBeUndefined();
    expect(worthOf({ ticker: XLF })).toBeUndefined();
    expect(worthOf({ qty: wholeShares(0), cash: dollars(5) })).toBeUndefined();
  });

  it('are worth a billionth of a share too, and that is written down where only it is missing', () => {
    const crumb = {
      ...flow({ kind: 'transfer', ticker: XLK, qty: qty(1) }),
      counted: TUESDAYS_BELL,
    };
    const point = {
      ...close(0),
      holdings: new Map([[XLK, { qty: qty(1), value: cents(5) }]]),
      notInBooks: { cash: cents(0), shares: new Map([[XLK, qty(1)]]), flows: 0 },
    };
    const [counted] = countedAtCloses({ equity: [point], cashFlows: [crumb] });
    expect(counted).toEqual({ ...crumb, worth: 5 });
  });
});
