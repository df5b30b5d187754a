import { describe, expect, it } from 'vitest';
import { applyActions } from '#core/domain/tax/corporate-actions.ts';
import { lotsOf } from '#core/domain/tax/lot-books.ts';
import { cents, dollars, epochMs, qty, sessionDate, ticker } from '#core/domain/units.ts';
import { BILLIONTH, booked, booksWith, buy, change, lot, plain, sell } from './lots-support.ts';

const DAY = '2025-06-10';
const A = { name: 'AAA' };
const B = { name: 'BBB' };
const action = (name: string, shares: number, cash = 0, day = DAY) =>
  change('action', day, shares, { name, cash });
const bought = buy('2025-01-06', 10, 30, A);

describe('Cash from a corporate action', () => {
  it('for shares that are not held is a sale of unknown cost and term, and changes no other ticker', () => {
    const { sold, lots } = booked([action('AAA', 0, 0.01), action('BBB', 5)]);
    expect(sold).toEqual([
      {
        ...{ lot: 'AAA-1', shares: 0, proceeds: 0.01, basis: undefined },
        ...{ disallowed: 0, gain: undefined, term: undefined },
      },
    ]);
    expect(lots).toMatchObject([{ id: 'BBB-2', shares: 5 }]);
  });

  it('for a fraction of shares of unknown cost leaves their cost unknown', () => {
    const facts = [change('moved', '2025-01-06', 10, A), action('AAA', 0, 15)];
    const { sold, lots } = booked(facts, { costs: { 'AAA-2': { cost: dollars(10) } } });
    expect(sold).toMatchObject([{ basis: 10, gain: '5.00' }]);
    expect(lots).toMatchObject([{ shares: 10, basis: undefined }]);
  });

  it('besides the shares of a merger is for a fraction of them', () => {
    const { sold, lots } = booked([bought, action('AAA', -10, 12), action('BBB', 3)]);
    expect(sold).toMatchObject([{ shares: 0, proceeds: 12 }]);
    expect(lots).toMatchObject([{ id: 'AAA-1', shares: 3, basis: 300 }]);
  });

  it('of one cent is the sale of all shares that go, even of a billionth of one', () => {
    const crumb = buy('2025-01-06', BILLIONTH, 2e7, A);
    expect(booked([crumb, action('AAA', -BILLIONTH, 0.01)]).sold).toMatchObject([
      { shares: BILLIONTH, proceeds: 0.01, basis: 0.02, gain: '-0.01' },
    ]);
  });

  it('up to five days before the shares go is their sale; other sales stay what they are', () => {
    const { sold, lots } = booked(
      [
        ...[change('moved', '2024-01-08', 4, A), bought],
        ...[change('moved', '2024-01-08', 4, B), action('AAA', 0, 1, '2025-06-04')],
        ...[action('AAA', 0, 2, '2025-06-05'), action('BBB', 0, 3, '2025-06-06')],
        ...[action('AAA', 0, 4, '2025-06-07'), sell('2025-06-09', 4, 50, A)],
        action('AAA', -10),
      ],
      { costs: { 'AAA-7': { cost: dollars(3) } } },
    );
    expect(sold.map(({ lot: of, shares, proceeds }) => [of, shares, proceeds])).toEqual([
      ['AAA-4', 0, 1],
      ['BBB-6', 0, 3],
      ['AAA-7', 0, 4],
      ['AAA-1', 4, 200],
      ['AAA-2', 10, 2],
    ]);
    expect(lots).toMatchObject([{ id: 'BBB-3' }]);
  });

  it('up to sixty days after the shares went is their sale, if it is of their ticker', () => {
    const gone = action('AAA', -10, 0, '2025-04-11');
    const paid = (name: string, day: string) => booked([bought, gone, action(name, 0, 450, day)]);
    expect(paid('AAA', '2025-06-10')).toMatchObject({
      sold: [{ shares: 10, gain: '150.00' }],
      departed: [],
    });
    for (const other of [paid('AAA', '2025-06-11'), paid('BBB', '2025-04-14')])
      expect(other).toMatchObject({ sold: [{ shares: 0 }], departed: [{ shares: 10 }] });
  });
});

describe('Shares that a corporate action removes', () => {
  it('beyond those held leave a lot below zero', () => {
    const { lots, departed } = booked([bought, action('AAA', -15)]);
    expect(departed).toMatchObject([{ id: 'AAA-1', shares: 10, basis: 300 }]);
    expect(lots).toMatchObject([{ shares: -5, basis: undefined }]);
  });

  it('twice are gone once, and missing once', () => {
    const { lots, departed } = booked([
      ...[bought, action('AAA', -10)],
      action('AAA', -10, 0, '2025-06-11'),
    ]);
    expect(departed).toMatchObject([{ id: 'AAA-1', shares: 10, basis: 300 }]);
    expect(lots).toMatchObject([{ shares: -10, basis: undefined }]);
  });

  it('are replaced by a new ticker up to five days later, and only once', () => {
    const later = (day: string) => booked([bought, action('AAA', -10), action('BBB', 10, 0, day)]);
    expect(later('2025-06-15')).toMatchObject({
      lots: [{ id: 'AAA-1', shares: 10, basis: 300 }],
      departed: [],
    });
    expect(later('2025-06-16')).toMatchObject({
      lots: [{ id: 'BBB-3', basis: undefined }],
      departed: [{ id: 'AAA-1' }],
    });
    const twice = booked([
      ...[bought, action('AAA', -10), action('BBB', 10, 0, '2025-06-11')],
      action('CCC', 10, 0, '2025-06-12'),
    ]);
    expect(twice.lots).toMatchObject([{ id: 'AAA-1' }, { id: 'CCC-4', basis: undefined }]);
  });

  it('are replaced by a billionth of a share, if no more comes', () => {
    const { lots } = booked([
      bought,
      action('AAA', -10),
      action('BBB', BILLIONTH, 0, '2025-06-11'),
    ]);
    expect(lots).toMatchObject([{ id: 'AAA-1', shares: BILLIONTH, basis: 300 }]);
  });

  it('are not replaced where those of two tickers went, or where the new shares are a split', () => {
    const two = booked([
      ...[bought, buy('2025-01-06', 5, 40, { name: 'CCC' })],
      ...[action('AAA', -10), action('CCC', -5), action('BBB', 10, 0, '2025-06-11')],
    ]);
    expect(two.lots).toMatchObject([{ id: 'BBB-5', shares: 10, basis: undefined }]);
    expect(two.departed).toHaveLength(2);
    const split = booked([
      ...[bought, buy('2025-01-06', 10, 20, B)],
      ...[action('AAA', -10), action('BBB', 10, 0, '2025-06-11')],
    ]);
    expect(split.lots).toMatchObject([{ id: 'BBB-2', shares: 20, basis: 200 }]);
    expect(split.departed).toMatchObject([{ id: 'AAA-1' }]);
  });

  it('take their losses along to the new name, where shares bought again replace them', () => {
    const { sold, lots } = booked([
      ...[buy('2025-01-06', 20, 30, A), sell('2025-06-09', 10, 20, A)],
      ...[action('AAA', -10), action('BBB', 20), buy('2025-06-12', 10, 11, B)],
    ]);
    // Ten sold are twenty of today, and ten of today replace half of them.
    expect(sold).toMatchObject([{ disallowed: 50, gain: '-50.00' }]);
    expect(lots).toMatchObject([
      { id: 'AAA-1', shares: 20, basis: 300 },
      { id: 'BBB-5', shares: 10, basis: 160 },
    ]);
  });
});

describe('Shares that a corporate action brings', () => {
  it('close a short sale of theirs', () => {
    const { lots, sold } = booked([sell('2025-01-06', 10, 50, A), action('AAA', 10)]);
    expect(lots).toEqual([]);
    expect(sold).toMatchObject([{ shares: 10, proceeds: 500, basis: undefined }]);
  });

  it('in two rows on one day are one lot, named after the first', () => {
    const { lots } = booked([action('AAA', 3), action('AAA', 2)]);
    expect(lots).toMatchObject([{ id: 'AAA-1', shares: 5, basis: undefined }]);
  });

  it('replace no shares that go later once a person has entered their cost', () => {
    const facts = [bought, action('BBB', 10), action('AAA', -10, 0, '2025-06-11')];
    expect(booked(facts).lots).toMatchObject([{ id: 'AAA-1', shares: 10, basis: 300 }]);
    expect(booked(facts, { costs: { 'BBB-2': { cost: dollars(80) } } })).toMatchObject({
      lots: [{ id: 'BBB-2', shares: 10, basis: 80 }],
      departed: [{ id: 'AAA-1', shares: 10, basis: 220 }],
    });
  });
});

describe('A reverse split that leaves nothing of a lot', () => {
  /** All lots become one in ten, without a billionth of a share. */
  const splitTenfold = (...lots: Parameters<typeof booksWith>) => {
    const books = booksWith(...lots);
    const held = lots.reduce((sum, each) => sum + each.qty, 0);
    const at = epochMs(Date.UTC(2025, 5, 10, 16));
    const moved = qty(Math.round(held / 10) - held);
    const row = { kind: 'action', lot: 'XLK-9', ticker: ticker('XLK') } as const;
    applyActions(
      books,
      [{ ...row, qty: moved, cash: cents(0), at, recordedAt: at }],
      sessionDate(DAY),
      { unknownLot: () => lot(), entered: () => undefined },
    );
    return lotsOf(books, ticker('XLK')).map(plain);
  };
  const crumb = (given: Parameters<typeof lot>[0] = {}) =>
    lot({ id: 'crumb', shares: BILLIONTH, cost: 0.02, ...given });
  const small = lot({ id: 'small', shares: 10, cost: 100 });
  const large = lot({ id: 'large', shares: 90, cost: 900 });

  it('adds its basis to the largest one', () => {
    const of = (...lots: Parameters<typeof booksWith>) =>
      splitTenfold(...lots.map((each) => ({ ...each }))).map(({ id, basis }) => [id, basis]);
    const added = [
      ['small', 100],
      ['large', 900.05],
    ];
    expect(of(crumb({ deferred: 0.03 }), small, large)).toEqual(added);
    expect(of(crumb({ deferred: 0.03 }), large, small)).toEqual(added.toReversed());
  });

  it('adds its proceeds to the largest lot that was sold short', () => {
    const short = (each: typeof small) => ({ ...each, qty: qty(-each.qty) });
    const of = (...lots: Parameters<typeof booksWith>) =>
      splitTenfold(...lots.map(short)).map(({ id, shares, basis }) => [id, shares, basis]);
    const added = [
      ['small', -1, 100],
      ['large', -9, 900.02],
    ];
    expect(of(crumb(), small, large)).toEqual(added);
    expect(of(crumb(), large, small)).toEqual(added.toReversed());
  });

  it('changes no cost where one of the two is unknown', () => {
    const unknown = crumb({ cost: 'unknown' });
    expect(splitTenfold(unknown, { ...large })).toMatchObject([
      { id: 'large', shares: 9, basis: 900 },
    ]);
    expect(splitTenfold(crumb(), lot({ id: 'large', shares: 90, cost: 'unknown' }))).toMatchObject([
      { id: 'large', shares: 9, basis: undefined },
    ]);
  });
});
