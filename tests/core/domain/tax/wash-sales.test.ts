/**
 * The rules of IRS publication 550 on wash sales and holding periods, each in an example of our own
 * with numbers that are worked out by hand.
 */
import { describe, expect, it } from 'vitest';
import type { OpenDisposal } from '#core/domain/tax/open-lots.ts';
import { isInWashWindow, isLongTerm } from '#core/domain/tax/tax-dates.ts';
import { deferLosses, lossOf } from '#core/domain/tax/wash-sales.ts';
import { cents, epochMs, qty, sessionDate, ticker } from '#core/domain/units.ts';
import { booked, buy, change, lot, opening, plain, sell } from './lots-support.ts';

const long = (from: string, sold: string) => isLongTerm(sessionDate(from), sessionDate(sold));

describe('A holding period', () => {
  it.each([
    ['2025-02-05', '2026-02-05', false],
    ['2025-02-05', '2026-02-06', true],
    ['2024-02-29', '2025-02-28', false],
    ['2024-02-29', '2025-03-01', true],
    ['2023-02-28', '2024-02-28', false],
    ['2023-12-31', '2024-12-31', false],
    ['2023-12-31', '2025-01-01', true],
    ['2025-05-01', '2025-05-01', false],
  ])('from %s to %s: long term %s', (from, sold, expected) => {
    expect(long(from, sold)).toBe(expected);
  });

  it('determines the term of every lot of one sale separately', () => {
    const { sold } = booked([
      buy('2024-01-10', 100, 10),
      buy('2024-06-10', 100, 12),
      sell('2025-02-03', 150, 20),
    ]);
    expect(sold).toMatchObject([
      { lot: 'XLK-1', shares: 100, proceeds: 2000, gain: '1000.00', term: 'long' },
      { lot: 'XLK-2', shares: 50, proceeds: 1000, gain: '400.00', term: 'short' },
    ]);
  });
});

describe('The window of a wash sale', () => {
  it.each([
    ['2025-03-01', true],
    ['2025-02-28', false],
    ['2025-03-31', true],
    ['2025-04-30', true],
    ['2025-05-01', false],
  ])('of a sale on 2025-03-31 holds %s: %s', (bought, expected) => {
    expect(isInWashWindow(sessionDate(bought), sessionDate('2025-03-31'))).toBe(expected);
  });
});

describe('A wash sale', () => {
  it('adds the loss to the replacement shares, and carries over the holding period', () => {
    // 100 shares bought for 1,000 and sold for 750; within 30 days 100 more for 800.
    const { lots, sold } = booked([
      buy('2025-01-10', 100, 10),
      sell('2025-06-10', 100, 7.5),
      buy('2025-06-20', 100, 8),
    ]);
    expect(sold).toMatchObject([{ disallowed: 250, gain: '0.00', term: 'short' }]);
    // Held for 151 days: the new shares count from 151 days before they were bought.
    expect(lots).toEqual([{ id: 'XLK-3', shares: 100, basis: 1050, heldSince: '2025-01-20' }]);
  });

  it('is none of a sale at what the shares cost: what is bought again begins its own period', () => {
    const { lots, sold } = booked([
      buy('2025-01-10', 100, 10),
      sell('2025-06-10', 100, 10),
      buy('2025-06-20', 100, 8),
    ]);
    expect(sold).toMatchObject([{ gain: '0.00' }]);
    expect(lots).toEqual([{ id: 'XLK-3', shares: 100, basis: 800, heldSince: '2025-06-20' }]);
  });

  it('is partial if fewer shares are bought again than were sold', () => {
    const { lots, sold } = booked([
      buy('2025-01-10', 100, 10),
      sell('2025-06-10', 100, 7),
      buy('2025-07-01', 40, 8),
    ]);
    expect(sold).toMatchObject([{ basis: 1000, disallowed: 120, gain: '-180.00' }]);
    expect(lots).toMatchObject([{ shares: 40, basis: 440 }]);
  });

  it('defers into no more shares than were sold: the rest of the purchase keeps its basis', () => {
    const { lots } = booked([
      buy('2025-01-10', 50, 10),
      sell('2025-06-10', 50, 8),
      buy('2025-06-11', 80, 9),
    ]);
    expect(lots).toEqual([
      { id: 'XLK-3', shares: 50, basis: 550, heldSince: '2025-01-11' },
      { id: 'XLK-3', shares: 30, basis: 270, heldSince: '2025-06-11' },
    ]);
  });

  it('also applies if the replacement was bought before the sale', () => {
    const { lots, sold } = booked([
      buy('2024-09-20', 100, 50),
      buy('2024-12-20', 100, 45),
      sell('2025-01-17', 100, 42),
    ]);
    expect(sold).toMatchObject([{ lot: 'XLK-1', disallowed: 800, gain: '0.00' }]);
    expect(lots).toMatchObject([
      { id: 'XLK-2', shares: 100, basis: 5300, heldSince: '2024-08-23' },
    ]);
  });

  it('uses several replacements in the order of their purchase', () => {
    const { lots, sold } = booked([
      buy('2025-01-10', 100, 10),
      sell('2025-06-10', 100, 7),
      buy('2025-06-12', 60, 7),
      buy('2025-06-16', 60, 8),
      buy('2025-06-18', 60, 9),
    ]);
    expect(sold).toMatchObject([{ disallowed: 300, gain: '0.00' }]);
    expect(lots).toMatchObject([
      { id: 'XLK-3', shares: 60, basis: 600 },
      { id: 'XLK-4', shares: 40, basis: 440 },
      { id: 'XLK-4', shares: 20, basis: 160 },
      { id: 'XLK-5', shares: 60, basis: 540 },
    ]);
  });

  it('spreads one purchase over the losses of several lots, in the order of their sales', () => {
    const { lots, sold } = booked([
      buy('2025-01-10', 10, 100),
      buy('2025-02-10', 10, 120),
      sell('2025-06-10', 20, 80),
      buy('2025-06-12', 15, 85),
    ]);
    expect(sold).toMatchObject([
      { lot: 'XLK-1', disallowed: 200, gain: '0.00' },
      { lot: 'XLK-2', disallowed: 200, gain: '-200.00' },
    ]);
    expect(lots).toMatchObject([
      { shares: 10, basis: 1050, heldSince: '2025-01-12' },
      { shares: 5, basis: 625, heldSince: '2025-02-12' },
    ]);
  });

  it('may follow a wash sale: the deferred loss is lost again with the replacement', () => {
    const { lots, sold } = booked([
      buy('2025-01-10', 100, 10),
      sell('2025-02-10', 100, 9),
      buy('2025-02-20', 100, 8),
      sell('2025-03-03', 100, 7),
      buy('2025-03-10', 100, 6),
    ]);
    expect(sold).toMatchObject([
      { disallowed: 100, gain: '0.00' },
      { basis: 900, disallowed: 200, gain: '0.00' },
    ]);
    expect(lots).toMatchObject([{ shares: 100, basis: 800 }]);
  });

  it('needs a loss, a purchase within 30 days, and the same ticker', () => {
    const gains = [
      buy('2025-01-10', 10, 10),
      sell('2025-06-10', 10, 11),
      buy('2025-06-11', 10, 11),
    ];
    const later = [buy('2025-01-10', 10, 10), sell('2025-06-10', 10, 9), buy('2025-07-11', 10, 9)];
    const other = [
      buy('2025-01-10', 10, 10),
      sell('2025-06-10', 10, 9),
      buy('2025-06-11', 10, 9, { name: 'XLF' }),
    ];
    for (const facts of [gains, later, other]) expect(booked(facts).sold[0]?.disallowed).toBe(0);
  });

  it('does not apply if the shares bought within the window are those that were sold', () => {
    const whole = booked([buy('2025-06-02', 10, 10), sell('2025-06-10', 10, 9)]);
    const twoLots = booked([
      buy('2025-06-02', 10, 10),
      buy('2025-06-03', 10, 11),
      sell('2025-06-10', 8, 9, { order: 'out' }),
      sell('2025-06-10', 12, 9, { order: 'out' }),
    ]);
    const onePurchase = booked([
      buy('2025-06-02', 6, 10, { order: 'in' }),
      buy('2025-06-02', 4, 10, { order: 'in' }),
      sell('2025-06-10', 5, 9),
    ]);
    for (const { sold } of [whole, twoLots, onePurchase])
      expect(sold.every(({ disallowed }) => disallowed === 0)).toBe(true);
  });

  it('counts shares from before a split at their number after it', () => {
    const { sold, lots } = booked([
      buy('2025-01-10', 10, 100),
      buy('2025-02-03', 10, 100),
      sell('2025-06-10', 10, 80),
      change('action', '2025-06-12', 10),
      buy('2025-06-16', 10, 40),
    ]);
    // 10 sold are 20 of today; 10 of today replace half of them.
    expect(sold).toMatchObject([{ disallowed: 100, gain: '-100.00' }]);
    expect(lots).toMatchObject([
      { id: 'XLK-2', shares: 20, basis: 1000 },
      { id: 'XLK-5', shares: 10, basis: 500 },
    ]);
  });
});

describe('The replacement of shares sold at a loss', () => {
  const disposal = (cost: number | undefined, proceeds: number): OpenDisposal => ({
    ...{ lot: 'XLK-1', ticker: ticker('XLK'), qty: qty(1), acquired: undefined, orderId: 'o' },
    ...{ sold: sessionDate('2025-06-10'), at: epochMs(0), proceeds: cents(proceeds) },
    ...{ cost: cost === undefined ? undefined : cents(cost), disallowed: cents(0) },
    term: 'short',
  });

  it('is none without a loss: a cost that is unknown or no higher than the proceeds', () => {
    const of = (cost: number | undefined) => lossOf(disposal(cost, 100), lot())?.loss;
    expect([of(undefined), of(99), of(100), of(101)]).toEqual([undefined, undefined, undefined, 1]);
  });

  it('is the earliest purchase in the window, also for a billionth of a share', () => {
    const sold = disposal(102, 100);
    const loss = lossOf(sold, lot({ shares: 1e-9 }));
    const lots = [
      lot({ id: 'later', acquired: '2025-06-20', heldSince: '2025-06-01' }),
      lot({ id: 'earlier', acquired: '2025-06-12', shares: 1e-9, cost: 5 }),
    ];
    deferLosses(loss ? [loss] : [], lots);
    expect(lots.map(plain)).toMatchObject([
      { id: 'later', basis: 300 },
      { id: 'earlier', basis: 5.02 },
    ]);
    expect(sold.disallowed).toBe(2);
  });

  it('has an unknown holding period where the sold shares had one', () => {
    const { sold } = booked([
      ...[opening('2025-01-06', 10, 300), sell('2025-06-10', 10, 20)],
      ...[buy('2025-06-20', 10, 20), sell('2025-08-11', 10, 40)],
    ]);
    expect(sold).toMatchObject([
      { gain: '0.00', term: undefined },
      { gain: '100.00', term: undefined },
    ]);
  });

  it('keeps its own date where shares sold short replace others', () => {
    const { lots } = booked([
      ...[sell('2025-05-01', 10, 100), buy('2025-06-03', 10, 120), sell('2025-06-20', 10, 110)],
    ]);
    expect(lots).toEqual([{ id: 'XLK-3', shares: -10, basis: 1_300, heldSince: '2025-06-20' }]);
  });
});
