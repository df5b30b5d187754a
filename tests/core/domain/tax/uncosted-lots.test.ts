import { describe, expect, it } from 'vitest';
import type { LotCost } from '#core/domain/tax/lot-event.ts';
import { costFault, uncostedLots } from '#core/domain/tax/uncosted-lots.ts';
import { cents, dollars, sessionDate } from '#core/domain/units.ts';
import { BILLIONTH, buy, change, eventsOf, opening, sell } from './lots-support.ts';

type Facts = Parameters<typeof eventsOf>;
const recordOf = (facts: Facts, costs: Readonly<Record<string, LotCost>> = {}) => ({
  events: eventsOf(...facts),
  costs: new Map(Object.entries(costs)),
});
const DAY = '2025-06-10';

describe('Lots whose cost a person may enter', () => {
  const of = (facts: Facts, costs: Readonly<Record<string, LotCost>> = {}) =>
    uncostedLots(recordOf(facts, costs)).map(({ lot, cost }) => [lot, cost]);

  it('are those that arrived, also a billionth of a share, and fractions that were paid out', () => {
    expect(uncostedLots(recordOf([change('moved', DAY, 10)]))).toEqual([
      { lot: 'XLK-1', qty: 10e9, came: DAY, cost: undefined },
    ]);
    const arrived = [change('moved', DAY, BILLIONTH), change('action', DAY, 0, { cash: 0.01 })];
    expect(of([...arrived, change('action', DAY, -8, { cash: 22 })])).toEqual([
      ['XLK-3', undefined],
      ['XLK-2', undefined],
      ['XLK-1', undefined],
    ]);
  });

  it('are none that were bought, left, or were split, and no returned capital', () => {
    const others = [
      ...[buy(DAY, 10, 30), sell(DAY, 5, 30), change('moved', DAY, -2)],
      ...[change('action', DAY, -1), change('return-of-capital', DAY, 0, { cash: 5 })],
    ];
    expect(of(others)).toEqual([]);
  });

  it('begin with those without a cost, and the newest of each kind come first', () => {
    const facts = [
      ...[change('moved', DAY, 1), opening(DAY, 1, 300), opening(DAY, 1, 0)],
      ...[change('moved', DAY, 1), change('moved', DAY, 1)],
    ];
    expect(of(facts, { 'XLK-2': { cost: dollars(4) }, 'XLK-5': { cost: cents(0) } })).toEqual([
      ['XLK-4', undefined],
      ['XLK-3', undefined],
      ['XLK-1', undefined],
      ['XLK-5', 0],
      ['XLK-2', 400],
    ]);
    expect(of([opening(DAY, 1, 300), opening(DAY, 1, 0.01)])).toEqual([
      ['XLK-2', 1],
      ['XLK-1', 30_000],
    ]);
  });
});

describe('A cost that a person enters', () => {
  const fault = (facts: Facts, lot: string, cost: LotCost) => costFault(recordOf(facts), lot, cost);
  const cost = dollars(60);

  it('belongs to a lot that waits for one', () => {
    expect(fault([buy(DAY, 10, 30)], 'XLK-1', { cost })).toBe(
      'There is no lot XLK-1 without a cost.',
    );
  });

  it('may have any date up to the day on which the lot came', () => {
    const on = (day: string) =>
      fault([change('moved', DAY, 10)], 'XLK-1', { cost, acquired: sessionDate(day) });
    expect([on('2022-08-01'), on(DAY)]).toEqual([undefined, undefined]);
    expect(on('2025-06-11')).toBe('The lot XLK-1 was here on 2025-06-10 already.');
  });

  it('is at most a million dollars a share, and for a fraction that was paid out any amount', () => {
    const tooMuch = 'That is more than $1,000,000 a share.';
    expect(fault([change('moved', DAY, BILLIONTH)], 'XLK-1', { cost: cents(1) })).toBe(tooMuch);
    const paid = [buy('2025-01-06', 10, 30), change('action', DAY, 0, { cash: 15 })];
    expect(fault(paid, 'XLK-2', { cost })).toBeUndefined();
  });

  const came = change('action', DAY, 5, { name: 'BBB' });
  const says = 'Say whose shares it came out of, in `from`: its cost is a part of theirs.';

  it('of shares out of others needs their ticker, however small it is and whatever else is unknown', () => {
    const others = [buy('2025-01-06', 1, 50), buy('2025-01-06', 1, 50, { name: 'XLF' })];
    expect(fault([...others, came], 'BBB-3', { cost: cents(1) })).toBe(says);
    const unknown = change('moved', '2025-01-06', 4, { name: 'XLV' });
    expect(fault([...others, unknown, came], 'BBB-4', { cost })).toBe(says);
  });

  it('of shares out of others needs their ticker if those were there at the same instant', () => {
    const others = [change('moved', DAY, 4, { name: 'XLF' })];
    // The action counts from the start of its day: nothing is its parent yet.
    expect(fault([...others, came], 'BBB-2', { cost })).toBe(says);
  });

  it('needs no ticker where no others were there when the shares came', () => {
    const own = [
      buy('2025-01-06', 5, 20, { name: 'BBB' }),
      sell('2025-02-03', 5, 20, { name: 'BBB' }),
    ];
    expect(fault([came], 'BBB-1', { cost })).toBeUndefined();
    expect(fault([...own, came], 'BBB-3', { cost })).toBeUndefined();
    const later = [buy('2025-06-11', 1, 50), buy('2025-06-11', 1, 50, { name: 'XLF' })];
    expect(fault([came, ...later], 'BBB-1', { cost })).toBeUndefined();
  });

  it('needs no ticker for shares that were transferred in, or for cash', () => {
    const others = [buy('2025-01-06', 1, 50), buy('2025-01-06', 1, 50, { name: 'XLF' })];
    const moved = change('moved', DAY, 5, { name: 'BBB' });
    expect(fault([...others, moved], 'BBB-3', { cost })).toBeUndefined();
    const cash = change('action', DAY, 0, { name: 'BBB', cash: 15 });
    expect(fault([...others, cash], 'BBB-3', { cost })).toBeUndefined();
  });
});
