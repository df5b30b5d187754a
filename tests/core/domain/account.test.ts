/** The broker’s account, and what its numbers mean. */
import { describe, expect, it } from 'vitest';
import {
  holdingsOf,
  isFunded,
  marketBy,
  owedForShorts,
  type Position,
  positionValue,
} from '#core/domain/account.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { cents, dollars, epochMs, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { position } from '#tests/support/desk.ts';

const stated = (changes: Partial<Position>): Position => ({
  ...position('XLK', 10),
  ...{ marketValue: dollars(900), currentPrice: 80, averagePrice: 70, ...changes },
});

describe('the value of a position', () => {
  it('is the broker’s, else that at its price, else what was paid', () => {
    const none = { marketValue: undefined };
    for (const valueOf of [
      positionValue,
      (each: Position) => holdingsOf([each]).get(ticker('XLK'))?.value,
    ]) {
      expect(valueOf(stated({}))).toBe(dollars(900));
      expect(valueOf(stated(none))).toBe(dollars(800));
      expect(valueOf(stated({ ...none, currentPrice: undefined }))).toBe(dollars(700));
    }
    expect(holdingsOf([stated({})]).get(ticker('XLK'))?.qty).toBe(wholeShares(10));
  });
});

describe('what it costs to buy back what is short', () => {
  it('is the value of every short holding, and nothing of the others', () => {
    const short = stated({ qty: wholeShares(-10), marketValue: dollars(-900) });
    const option = { name: 'P', assetClass: 'us_option' };
    expect(owedForShorts([stated({}), short])).toBe(dollars(900));
    expect(owedForShorts([short], [{ ...option, value: dollars(-50) }])).toBe(dollars(950));
    const others = [
      { ...option, value: dollars(50) },
      { ...option, value: undefined },
    ];
    expect(owedForShorts([], others)).toBe(0);
    expect(owedForShorts([])).toBe(0);
  });
});

describe('the market', () => {
  const at = (time: number) => newYorkInstant(sessionDate('2026-11-10'), time * 60);
  const next = newYorkInstant(sessionDate('2026-11-11'), 9 * 60 + 30);
  const open = { at: at(10), open: true, nextOpen: next, nextClose: at(16) };
  const closed = { at: at(8), open: false, nextOpen: at(9.5), nextClose: at(16) };

  it('is as the broker said until the close or the open that it named', () => {
    expect(marketBy(undefined, at(10))).toBeUndefined();
    expect(marketBy(open, epochMs(at(16) - 1))).toBe(open);
    expect(marketBy(closed, epochMs(at(9.5) - 1))).toBe(closed);
  });

  it('is that of our calendar from then on', () => {
    expect(marketBy(open, at(16))).toMatchObject({ at: at(16), open: false, nextOpen: next });
    const opened = { at: at(9.5), open: true, nextOpen: next, nextClose: at(16) };
    expect(marketBy(closed, at(9.5))).toEqual(opened);
    const night = marketBy(open, at(20));
    expect(night?.nextClose).toBe(newYorkInstant(sessionDate('2026-11-11'), 16 * 60));
  });
});

describe('an account', () => {
  it('has money while its equity or its cash is not 0', () => {
    const funded = (equity: number, cash: number) =>
      isFunded({ equity: cents(equity), cash: cents(cash) });
    expect([funded(0, 0), funded(1, 0), funded(0, 1), funded(0, -1)]).toEqual([
      ...[false, true, true, true],
    ]);
  });
});
