/** The laws of simulated years, each held against something that breaks it. */
import { describe, expect, it } from 'vitest';
import { EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { cents, qty, sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import type { Life } from './years/life.ts';
import type { Market } from './years/market.ts';
import type { LawParts } from './years/order-laws.ts';
import { checkOnce, checkSellsFirst } from './years/rebalance-laws.ts';
import { checkMessages } from './years/shown-laws.ts';
import { createTrueAccount } from './years/true-account.ts';
import { createTrueDrawdown } from './years/true-drawdown.ts';

const XLK = ticker('XLK');
const NOON = newYorkInstant(sessionDate('2024-07-01'), 12 * 60);

/** Parts of a world in which nothing goes wrong, and the laws that were broken. */
function parts(over: object = {}) {
  const broken: string[] = [];
  const world = {
    time: { now: () => NOON },
    faults: { since: () => false },
    exchange: { fake: { accepted: [] } },
    report: (law: string) => void broken.push(law),
    ...over,
  } as unknown as LawParts;
  return { world, broken };
}

const BUY = { side: 'buy', ticker: ticker('XLE'), clientOrderId: 'rotor-1' } as const;
const PLAN = {
  at: NOON,
  decision: { id: 'monthly-2024-07', plan: { orders: [{ side: 'sell', ticker: XLK }] } },
} as unknown as Parameters<typeof checkSellsFirst>[2];

describe('the law that sells leave first', () => {
  const posted = (id: string, at: number) => ({
    exchange: {
      fake: { accepted: [{ side: 'sell', ticker: XLK, clientOrderId: id, submittedAt: at }] },
    },
  });
  const brokenWith = (over: object): readonly string[] => {
    const { world, broken } = parts(over);
    checkSellsFirst(world, BUY as unknown as Parameters<typeof checkSellsFirst>[1], PLAN);
    return broken;
  };

  it('is broken by a buy while a planned sell never left', () => {
    expect(brokenWith({})).toEqual(['buy before sells']);
  });

  it('is broken where only somebody else sold it, or an earlier rebalance did', () => {
    expect(brokenWith(posted('by-hand', NOON))).toEqual(['buy before sells']);
    expect(brokenWith(posted('rotor-0', NOON - 1))).toEqual(['buy before sells']);
  });

  it('holds where the sell left', () => {
    expect(brokenWith(posted('rotor-0', NOON))).toEqual([]);
  });

  it('says nothing while something keeps sells from leaving', () => {
    expect(brokenWith({ faults: { since: () => true } })).toEqual([]);
  });
});

describe('the law that a month is traded once', () => {
  const made = (id: string, day: string) => ({
    decision: { id, cause: id.split('-')[0] },
    at: newYorkInstant(sessionDate(day), 600),
  });
  const brokenBy = (...all: readonly ReturnType<typeof made>[]): readonly string[] => {
    const { world, broken } = parts();
    const rebalances = new Map(all.map((each) => [each.decision.id, each]));
    const book = { ...EMPTY_ACCOUNT_STATE, rebalances } as unknown as Parameters<
      typeof checkOnce
    >[1];
    const last = all.at(-1)?.decision as unknown as Parameters<typeof checkOnce>[2];
    checkOnce(world, book, last);
    return broken;
  };

  it('is broken by a second rebalance of the month and by one after its end', () => {
    expect(
      brokenBy(made('initial-2024-07-01', '2024-07-01'), made('monthly-2024-07', '2024-07-10')),
    ).toEqual(['month twice']);
    expect(brokenBy(made('monthly-2024-06', '2024-07-02'))).toEqual(['month twice']);
  });

  it('holds for one a month, and for what a person asked for besides', () => {
    expect(
      brokenBy(
        made('monthly-2024-06', '2024-06-03'),
        made('manual-1', '2024-07-01'),
        made('monthly-2024-07', '2024-07-02'),
      ),
    ).toEqual([]);
  });
});

describe('the law that a message stands once', () => {
  const known = (ids: readonly string[]) => ({ messages: () => new Set(ids) }) as unknown as Life;
  const standing = () => ['a', 'b'].map((id) => ({ id, head: id, text: id }));

  it('is broken by one that no journal knows of', () => {
    const { world, broken } = parts({ discord: { standing } });
    checkMessages(world, known(['a']));
    expect(broken).toEqual(['message twice']);
    checkMessages(world, known(['a', 'b']));
    expect(broken).toHaveLength(1);
  });
});

describe('the truth of a simulated account', () => {
  it('counts each fill and each movement once, to the cent', () => {
    const account = createTrueAccount(cents(1_000_000));
    account.filled({ ticker: XLK, side: 'buy', qty: wholeShares(10), price: 100.01 });
    account.filled({ ticker: XLK, side: 'sell', qty: wholeShares(4), price: 110 });
    account.moved({ ticker: undefined, qty: qty(0), cash: cents(-500) });
    expect(account.now().cash).toBe(1_000_000 - 100_010 + 44_000 - 500);
    expect(account.now().shares).toEqual(new Map([[XLK, wholeShares(6)]]));
    account.filled({ ticker: XLK, side: 'sell', qty: wholeShares(6), price: 1 });
    expect(account.now().shares).toEqual(new Map());
  });

  it('takes no money that was brought for a gain, and none that was taken for a fall', () => {
    const market = { price: () => ({ price: 50, at: NOON }) } as unknown as Market;
    const path = createTrueDrawdown(market);
    const moved = (kind: 'deposit' | 'withdrawal', cash: number) =>
      path.moved({ id: kind, kind, ticker: undefined, qty: qty(0), cash: cents(cash), at: NOON });
    path.below(100_000, 0);
    moved('deposit', 50_000);
    path.below(151_000, 0);
    expect(path.today()).toBeCloseTo(0.01);
    moved('withdrawal', -75_500);
    expect(path.present(75_500)).toBeCloseTo(0);
    expect(path.below(60_400, 0)).toBeCloseTo(0.1);
  });
});
