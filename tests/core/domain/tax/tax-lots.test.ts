import { describe, expect, it } from 'vitest';
import { taxLots } from '#core/domain/tax/tax-lots.ts';
import { cents, dollars, sessionDate } from '#core/domain/units.ts';
import { booked, buy, change, eventsOf, opening, sell } from './lots-support.ts';

describe('Lots of a ticker', () => {
  it('are sold oldest first, and the remainder of a lot keeps its part of the cost', () => {
    const { lots, sold } = booked([
      buy('2025-01-06', 3, 33.33),
      buy('2025-02-03', 10, 40),
      sell('2025-05-05', 4, 50),
      sell('2025-05-06', 1, 50),
    ]);
    expect(sold).toMatchObject([
      { lot: 'XLK-1', shares: 3, proceeds: 150, basis: 99.99, gain: '50.01' },
      { lot: 'XLK-2', shares: 1, proceeds: 50, basis: 40, gain: '10.00' },
      { lot: 'XLK-2', shares: 1, proceeds: 50, basis: 40, gain: '10.00' },
    ]);
    expect(lots).toMatchObject([{ id: 'XLK-2', shares: 8, basis: 320 }]);
  });

  it('would be sold in order of highest cost under HIFO', () => {
    const facts = [
      buy('2025-01-06', 10, 30),
      buy('2025-02-03', 10, 45),
      buy('2025-03-03', 10, 40),
      sell('2025-06-10', 15, 50),
    ];
    expect(booked(facts, { method: 'HIFO' }).sold).toMatchObject([
      { lot: 'XLK-2', shares: 10, gain: '50.00' },
      { lot: 'XLK-3', shares: 5, gain: '50.00' },
    ]);
    expect(booked(facts).sold.map(({ lot }) => lot)).toEqual(['XLK-1', 'XLK-2']);
  });

  it('use the time of a fill, even if the journal recorded it late', () => {
    const { sold } = booked([
      buy('2025-03-03', 10, 40),
      sell('2025-06-10', 10, 50),
      buy('2025-01-06', 10, 30),
    ]);
    expect(sold).toMatchObject([{ lot: 'XLK-3', gain: '200.00' }]);
  });

  it('that are sold short are realised when covered, short term', () => {
    const { sold, lots } = booked([sell('2025-01-06', 10, 50), buy('2025-02-03', 15, 40)]);
    expect(sold).toMatchObject([{ shares: 10, proceeds: 500, basis: 400, gain: '100.00' }]);
    expect(lots).toMatchObject([{ id: 'XLK-2', shares: 5, basis: 200 }]);
  });
});

describe('A lot without a cost', () => {
  const moved = [change('moved', '2025-01-06', 10), sell('2025-05-05', 4, 50)];

  it('has no gain and no term until a person enters them', () => {
    expect(booked(moved).sold).toMatchObject([{ basis: undefined, gain: undefined }]);
    expect(booked(moved).sold[0]?.term).toBeUndefined();
  });

  it('has the cost and date that a person entered, also for shares already sold', () => {
    const costs = { 'XLK-1': { cost: dollars(300), acquired: sessionDate('2022-08-01') } };
    const { sold, lots } = booked(moved, { costs });
    expect(sold).toMatchObject([{ basis: 120, gain: '80.00', term: 'long' }]);
    expect(lots).toMatchObject([{ shares: 6, basis: 180 }]);
  });

  it('is one from the start whose cost the broker gives as 0; one with a cost lacks only its date', () => {
    const of = (cost: number) =>
      booked([opening('2025-01-06', 10, cost), sell('2025-05-05', 10, 50)]).sold[0];
    expect(of(0)?.gain).toBeUndefined();
    expect(of(300)).toMatchObject({ gain: '200.00', term: undefined });
  });

  it('is certainly long term once it has been held for more than a year', () => {
    const { sold } = booked([opening('2025-01-06', 10, 300), sell('2026-01-07', 10, 50)]);
    expect(sold).toMatchObject([{ gain: '200.00', term: 'long' }]);
  });

  it('is sold first if a person says that it is older than earlier purchases', () => {
    const facts = [
      buy('2024-01-08', 10, 40),
      change('moved', '2025-01-06', 10),
      sell('2025-05-05', 12, 50),
    ];
    const costs = { 'XLK-2': { cost: dollars(300), acquired: sessionDate('2022-08-01') } };
    expect(booked(facts, { costs }).sold).toMatchObject([
      { lot: 'XLK-2', shares: 10, gain: '200.00', term: 'long' },
      { lot: 'XLK-1', shares: 2, gain: '20.00', term: 'long' },
    ]);
    expect(booked(facts).sold.map(({ lot }) => lot)).toEqual(['XLK-1', 'XLK-2']);
  });

  it('is removed with its basis when it leaves without a sale', () => {
    const { sold, lots } = booked([buy('2025-01-06', 10, 30), change('moved', '2025-02-03', -4)]);
    expect(sold).toEqual([]);
    expect(lots).toMatchObject([{ shares: 6, basis: 180 }]);
  });
});

describe('A corporate action', () => {
  it('spreads the cost of every lot over its new shares, and keeps the holding period', () => {
    const { lots } = booked([
      buy('2025-01-06', 10, 30),
      buy('2025-02-03', 5, 40),
      change('action', '2025-03-03', 15),
    ]);
    expect(lots).toEqual([
      { id: 'XLK-1', shares: 20, basis: 300, heldSince: '2025-01-06' },
      { id: 'XLK-2', shares: 10, basis: 200, heldSince: '2025-02-03' },
    ]);
  });

  it('reported as old shares out and new ones in is one split', () => {
    const { lots, sold } = booked([
      buy('2025-01-06', 100, 3),
      change('action', '2025-03-03', -100),
      change('action', '2025-03-03', 10),
    ]);
    expect(sold).toEqual([]);
    expect(lots).toMatchObject([{ id: 'XLK-1', shares: 10, basis: 300 }]);
  });

  it('that renames a ticker takes its lots along', () => {
    const { lots } = booked([
      buy('2025-01-06', 10, 30),
      change('action', '2025-03-03', 5, { name: 'NEW' }),
      change('action', '2025-03-03', -10),
    ]);
    expect(lots).toEqual([{ id: 'XLK-1', shares: 5, basis: 300, heldSince: '2025-01-06' }]);
  });

  it('that pays cash for all shares is their sale', () => {
    const { sold, lots } = booked([
      buy('2024-01-08', 10, 30),
      change('action', '2025-03-03', -10, { cash: 450 }),
    ]);
    expect(sold).toMatchObject([{ proceeds: 450, gain: '150.00', term: 'long' }]);
    expect(lots).toEqual([]);
  });

  it('that pays cash for a fraction is a sale of unknown cost, until a person enters it', () => {
    const facts = [buy('2025-01-06', 15, 30), change('action', '2025-03-03', -8, { cash: 22.5 })];
    expect(booked(facts).sold).toMatchObject([{ shares: 0, proceeds: 22.5, gain: undefined }]);
    const entered = booked(facts, { costs: { 'XLK-2': { cost: cents(2_000) } } });
    expect(entered.sold).toMatchObject([{ gain: '2.50' }]);
  });

  it('that adds another ticker to the one held adds shares of unknown cost', () => {
    const { lots } = booked([
      buy('2025-01-06', 10, 30),
      change('action', '2025-03-03', 2, { name: 'NEW' }),
    ]);
    expect(lots).toMatchObject([
      { id: 'XLK-1', basis: 300 },
      { id: 'NEW-2', shares: 2, basis: undefined },
    ]);
  });
});

describe('The order of a day', () => {
  it('puts corporate actions before the trades of their day, those at midnight too', () => {
    const [old, split] = [buy('2025-01-06', 10, 30), change('action', '2025-03-03', 10)];
    for (const minute of [-60, -12 * 60]) {
      const { lots } = booked([old, split, buy('2025-03-03', 5, 20, { minute })]);
      expect(lots).toMatchObject([{ shares: 20 }, { shares: 5 }]);
    }
  });

  it('is the order of its executions, not the one in which the journal learned of them', () => {
    const { sold, lots } = booked([
      sell('2025-03-03', 10, 50, { minute: 20 }),
      buy('2025-03-03', 10, 40, { minute: 10 }),
    ]);
    expect(sold).toMatchObject([{ lot: 'XLK-2', gain: '100.00' }]);
    expect(lots).toEqual([]);
  });

  it('keeps its corporate actions apart from those of another day', () => {
    const { lots } = booked([
      ...[buy('2025-01-06', 10, 30), change('action', '2025-03-03', -10)],
      change('action', '2025-03-12', 10, { name: 'NEW' }),
    ]);
    expect(lots).toMatchObject([{ id: 'NEW-3', shares: 10, basis: undefined }]);
  });

  it('keeps sales of two tickers apart: each loss is replaced by shares of its own ticker', () => {
    const B = { name: 'XLF' };
    const { sold, lots } = booked([
      ...[buy('2025-01-06', 10, 30), buy('2025-01-06', 10, 30, B)],
      buy('2025-06-09', 20, 20),
      ...[
        sell('2025-06-10', 10, 29, { order: 'o' }),
        sell('2025-06-10', 10, 25, { ...B, order: 'p' }),
      ],
    ]);
    expect(sold).toMatchObject([{ disallowed: 10 }, { disallowed: 0 }]);
    expect(lots).toMatchObject([
      { shares: 10, basis: 210 },
      { shares: 10, basis: 200 },
    ]);
  });
});

it('Shares that are bought are a lot of their order’s purchase on that day', () => {
  const events = eventsOf(buy('2025-01-06', 10, 30, { order: 'o' }));
  expect(taxLots({ events, costs: new Map() }).lots).toEqual([
    {
      ...{ id: 'XLK-1', ticker: 'XLK', qty: 10e9, deferred: 0, isReplacement: false },
      ...{ acquired: '2025-01-06', heldSince: '2025-01-06', isDated: true, cost: 30_000 },
      purchase: 'o 2025-01-06',
    },
  ]);
});

describe('Shares that arrive', () => {
  const of = (costs: Parameters<typeof taxLots>[0]['costs'], shares = 10) =>
    taxLots({ events: eventsOf(change('moved', '2025-01-06', shares)), costs }).lots;
  const arrived = {
    ...{ id: 'XLK-1', ticker: 'XLK', qty: 10e9, deferred: 0, isReplacement: false },
    purchase: 'XLK-1',
  };

  it('are a lot without a cost, which is at the latest from that day', () => {
    expect(of(new Map())).toEqual([
      {
        ...{ ...arrived, acquired: undefined, heldSince: '2025-01-06' },
        ...{ isDated: false, cost: undefined },
      },
    ]);
    expect(of(new Map(), 1e-9)).toMatchObject([{ qty: 1, heldSince: '2025-01-06' }]);
  });

  it('have the date that a person enters', () => {
    const entered = { cost: dollars(300), acquired: sessionDate('2022-08-01') };
    expect(of(new Map([['XLK-1', entered]]))).toEqual([
      {
        ...{ ...arrived, acquired: '2022-08-01', heldSince: '2022-08-01' },
        ...{ isDated: true, cost: 30_000 },
      },
    ]);
  });
});
