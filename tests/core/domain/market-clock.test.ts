import { describe, expect, it } from 'vitest';
import { marketBy } from '#core/domain/account.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { sessionDate } from '#core/domain/units.ts';

const at = (date: string, hour: number, minute = 0) =>
  newYorkInstant(sessionDate(date), hour * 60 + minute);

/** As the broker said it on Monday at 15:50. */
const MONDAY = {
  at: at('2026-11-23', 15, 50),
  open: true,
  nextOpen: at('2026-11-24', 9, 30),
  nextClose: at('2026-11-23', 16),
};

describe('the market session while the broker does not answer', () => {
  it('lasts until the close that the broker reported', () => {
    expect(marketBy(MONDAY, at('2026-11-23', 15, 59))).toBe(MONDAY);
    expect(marketBy(undefined, MONDAY.at)).toBeUndefined();
  });

  it('is the broker’s where it says closed and names an open that was over', () => {
    const closed = { ...MONDAY, open: false, nextOpen: at('2026-11-23', 9, 30) };
    expect(marketBy(closed, closed.at)).toBe(closed);
  });

  it.each([
    ['closed in the evening', at('2026-11-23', 18, 30), false, at('2026-11-24', 9, 30)],
    ['open the next morning', at('2026-11-24', 10), true, at('2026-11-25', 9, 30)],
    ['closed on Thanksgiving', at('2026-11-26', 12), false, at('2026-11-27', 9, 30)],
    ['closed after a half day', at('2026-11-27', 13), false, at('2026-11-30', 9, 30)],
    ['closed at the weekend', at('2026-11-28', 12), false, at('2026-11-30', 9, 30)],
  ])('is %s by our own calendar', (_name, now, open, nextOpen) => {
    expect(marketBy(MONDAY, now)).toMatchObject({ at: now, open, nextOpen });
  });

  it('closes early on a half day', () => {
    const half = marketBy(MONDAY, at('2026-11-27', 10));
    expect(half).toMatchObject({ open: true, nextClose: at('2026-11-27', 13) });
  });
});
