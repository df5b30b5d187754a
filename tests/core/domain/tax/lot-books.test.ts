import { describe, expect, it } from 'vitest';
import { taxLots } from '#core/domain/tax/tax-lots.ts';
import { dollars, sessionDate } from '#core/domain/units.ts';
import { booked, buy, change, eventsOf, sell } from './lots-support.ts';

const lotsAfter = (...facts: Parameters<typeof eventsOf>) =>
  taxLots({ events: eventsOf(...facts), costs: new Map() }).lots;

describe('Shares sold short', () => {
  it('are a lot below zero, at the proceeds of the order that sold them', () => {
    expect(lotsAfter(sell('2025-01-06', 10, 50))).toEqual([
      {
        id: 'XLK-1',
        ticker: 'XLK',
        qty: -10e9,
        acquired: '2025-01-06',
        heldSince: '2025-01-06',
        isDated: true,
        cost: 50_000,
        deferred: 0,
        isReplacement: false,
        purchase: 'o1',
      },
    ]);
  });

  it('and covered by shares that arrive are realised on that day, whenever those were acquired', () => {
    const facts = [sell('2025-01-06', 10, 50), change('moved', '2025-02-03', 10)];
    const of = (costs: Parameters<typeof booked>[1]) => booked(facts, costs).sold;
    expect(of({})).toMatchObject([
      { shares: 10, proceeds: 500, basis: undefined, gain: undefined },
    ]);
    const entered = { cost: dollars(400), acquired: sessionDate('2022-08-01') };
    const record = { events: eventsOf(...facts), costs: new Map([['XLK-2', entered]]) };
    expect(taxLots(record).disposals).toMatchObject([
      { cost: 40_000, acquired: '2022-08-01', sold: '2025-02-03', term: 'short' },
    ]);
    expect(taxLots({ ...record, costs: new Map() }).disposals).toMatchObject([
      { acquired: undefined, sold: '2025-02-03' },
    ]);
  });

  it('and covered at a loss keep the loss where more is bought than was sold short', () => {
    const { sold, lots } = booked([sell('2025-01-06', 10, 100), buy('2025-01-20', 15, 120)]);
    expect(sold).toMatchObject([{ disallowed: 0, gain: '-200.00' }]);
    expect(lots).toMatchObject([{ shares: 5, basis: 600, heldSince: '2025-01-20' }]);
  });
});

describe('Shares that leave without being held', () => {
  const left = change('moved', '2025-01-06', -10);

  it('are a lot below zero without proceeds', () => {
    expect(lotsAfter(left)).toEqual([
      {
        id: 'XLK-1',
        ticker: 'XLK',
        qty: -10e9,
        acquired: '2025-01-06',
        heldSince: '2025-01-06',
        isDated: true,
        cost: undefined,
        deferred: 0,
        isReplacement: false,
        purchase: 'XLK-1',
      },
    ]);
  });

  it('take the basis of the next shares along, which are not sold', () => {
    const { lots, sold, departed } = booked([left, buy('2025-02-03', 15, 40)]);
    expect(sold).toEqual([]);
    expect(lots).toMatchObject([{ id: 'XLK-2', shares: 5, basis: 200 }]);
    expect(departed).toMatchObject([{ id: 'XLK-2', shares: 10, basis: 400 }]);
  });
});
