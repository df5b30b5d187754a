import { describe, expect, it } from 'vitest';
import type { Activity } from '#core/domain/activity.ts';
import { closedDeposits, type DepositOffers, depositsAfter } from '#core/domain/deposits.ts';
import { cents, epochMs, qty } from '#core/domain/units.ts';

const AT = epochMs(1_000);

function activity(id: string, kind: Activity['kind'], cash: number, cancels?: string): Activity {
  const moved = { ticker: undefined, qty: qty(0), cash: cents(cash), at: AT };
  return { id, kind, ...moved, ...(cancels !== undefined && { cancels }) };
}

/** The offers after those activities, with reserved cash of `raised` in all. */
function offersAfter(activities: readonly Activity[], raised = 0): DepositOffers {
  return activities.reduce<DepositOffers>(
    (deposits, each, seq) =>
      depositsAfter(
        { deposits, raised: new Map([['plan', { amount: cents(raised), by: 'ann' }]]) },
        each,
        { at: AT, seq },
      ),
    new Map(),
  );
}

const shown = (offers: DepositOffers) =>
  [...offers].map(([id, { withdrawn, over }]) => [id, withdrawn, over]);

describe('A deposit', () => {
  const [one, two] = [activity('one', 'deposit', 300), activity('two', 'deposit', 500)];

  it('is offered, with its entry, until somebody answers', () => {
    const offer = { activity: one, at: AT, seq: 0, choice: undefined, withdrawn: 0, over: false };
    expect([...offersAfter([one])]).toEqual([['one', offer]]);
    expect(shown(offersAfter([activity('cent', 'deposit', 1)]))).toEqual([['cent', 0, false]]);
  });

  it('is nothing but money that a person brought', () => {
    const others = [activity('a', 'deposit', 0), activity('b', 'deposit', -5)];
    expect(shown(offersAfter([...others, activity('c', 'dividend', 5)]))).toEqual([]);
  });

  it('is over when it is reversed, and no other is', () => {
    const back = activity('back', 'deposit', -300, 'one');
    expect(shown(offersAfter([one, two, back]))).toEqual([
      ['one', 0, true],
      ['two', 0, false],
    ]);
    const other = activity('other', 'deposit', 40, 'unknown');
    expect(shown(offersAfter([one, other]))).toEqual([
      ['one', 0, false],
      ['other', 0, false],
    ]);
  });

  it('is withdrawn after reserved cash, the latest first, and over when all of it is gone', () => {
    const left = (cash: number, raised = 0) =>
      shown(offersAfter([one, two, activity('out', 'withdrawal', -cash)], raised));
    expect(left(100, 100)).toEqual([
      ['one', 0, false],
      ['two', 0, false],
    ]);
    expect(left(50, 100)).toEqual(left(100, 100));
    expect(left(499)).toEqual([
      ['one', 0, false],
      ['two', 499, false],
    ]);
    expect(left(700, 100)).toEqual([
      ['one', 100, false],
      ['two', 500, true],
    ]);
    expect(left(9_000)).toEqual([
      ['one', 300, true],
      ['two', 500, true],
    ]);
  });

  it('is withdrawn from what is left of it, and not at all once it is over', () => {
    const out = (id: string, cash: number) => activity(id, 'withdrawal', -cash);
    expect(shown(offersAfter([one, two, out('x', 200), out('y', 400)]))).toEqual([
      ['one', 100, false],
      ['two', 500, true],
    ]);
    const back = activity('back', 'deposit', -500, 'two');
    expect(shown(offersAfter([one, two, back, out('x', 100)]))).toEqual([
      ['one', 100, false],
      ['two', 0, true],
    ]);
  });

  it('is no longer offered after a decision', () => {
    const offers = closedDeposits(offersAfter([one, two]));
    expect(shown(offers)).toEqual([
      ['one', 0, true],
      ['two', 0, true],
    ]);
    expect(closedDeposits(offers)).toBe(offers);
    const back = activity('back', 'deposit', -300, 'one');
    expect(shown(closedDeposits(offersAfter([one, two, back])))).toEqual(shown(offers));
  });
});
