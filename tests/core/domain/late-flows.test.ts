/** Cash and shares that the broker names after a close was recorded. */
import { describe, expect, it } from 'vitest';
import type { Activity } from '#core/domain/activity.ts';
import { dollars, ticker, wholeShares } from '#core/domain/units.ts';
import { closesOf } from '#core/views/curve.ts';
import { at, began, bookOf, closed, type Dated, filled, moved } from '#tests/core/views/books.ts';

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
