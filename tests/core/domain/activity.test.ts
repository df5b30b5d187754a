/** Cash and shares that moved without an order. */
import { describe, expect, it } from 'vitest';
import {
  type Activity,
  type ActivityKind,
  flowValue,
  isReturnOfCapital,
  isWorthless,
  reversalOf,
} from '#core/domain/activity.ts';
import { cents, dollars, epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';

const activity = (changes: Partial<Activity> = {}): Activity => ({
  ...{ id: 'a', kind: 'transfer', type: 'JNLS', ticker: ticker('XLK'), qty: wholeShares(3) },
  ...{ cash: dollars(-1), worth: dollars(300), at: epochMs(5), ...changes },
});

describe('the reversal of an activity', () => {
  it('has the same amounts with the opposite signs, under its own id and time', () => {
    const back = reversalOf(activity({ corrects: 'earlier' }), 'b', epochMs(9));
    expect(back).toEqual({
      ...activity(),
      ...{ id: 'b', qty: -wholeShares(3), cash: dollars(1), worth: dollars(-300) },
      ...{ at: 9, cancels: 'a', corrects: undefined },
    });
  });

  it('has no worth where the activity has none, and no negative 0', () => {
    const back = reversalOf(
      activity({ worth: undefined, cash: cents(0), qty: qty(0) }),
      'b',
      epochMs(9),
    );
    expect([back.worth, Object.is(back.cash, 0), Object.is(back.qty, 0)]).toEqual([
      ...[undefined, true, true],
    ]);
  });
});

describe('the external flow of an activity', () => {
  it.each<[ActivityKind, number]>([
    ['deposit', -100],
    ['withdrawal', -100],
    ['transfer', 29_900],
    ['other', 29_900],
    ['dividend', 0],
    ['interest', 0],
    ['fee', 0],
    ['split', 0],
  ])('that is a %s is %d cents', (kind, flow) => {
    expect(flowValue(activity({ kind }))).toBe(flow);
  });

  it('is the cash alone where the shares have no known worth', () => {
    expect(flowValue(activity({ worth: undefined }))).toBe(-100);
  });
});

describe('the type of an activity', () => {
  it('says whether it returns capital, or removes shares as worthless', () => {
    const capital = ['DIVROC', 'DIVROC.X', 'DIV', 'XDIVROC', undefined];
    expect(capital.map((type) => isReturnOfCapital({ type }))).toEqual([
      ...[true, true, false, false, false],
    ]);
    const gone = (type: string, moved: number) => isWorthless({ type, qty: qty(moved) });
    expect([gone('REORG.WRM', -1), gone('REORG.WRM', 0), gone('REORG', -1)]).toEqual([
      ...[true, false, false],
    ]);
  });
});
