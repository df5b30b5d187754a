/** The laws between the orders of a rebalance and between rebalances, each held against what breaks it. */
import { describe, expect, it } from 'vitest';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { sessionDate, ticker, wholeShares } from '#core/domain/units.ts';
import { NOON, parts, XLK } from './law-world.ts';
import {
  checkHalted,
  checkInTime,
  checkOnce,
  checkResult,
  checkSellsFirst,
  createOwnHalts,
} from './years/rebalance-laws.ts';
import { settingsWith } from './years/settings.ts';

const BUY = { side: 'buy', ticker: ticker('XLE'), clientOrderId: 'rotor-1' } as const;
const PLAN = {
  at: NOON,
  decision: {
    id: 'monthly-2024-07',
    plan: { orders: [{ side: 'sell', ticker: XLK, estimated: 5_000 }] },
  },
} as unknown as Parameters<typeof checkSellsFirst>[2];

describe('the law that sells leave first', () => {
  /** An account of $10,000 in cash, whose order of 100 shares at $50 the exchange has accepted. */
  const posted = (id: string, at: number, side = 'sell') => ({
    exchange: {
      fake: {
        accepted: [
          {
            ...{ side, ticker: XLK, clientOrderId: id, submittedAt: at },
            ...{ qty: wholeShares(100), filledQty: 0, status: 'open' },
          },
        ],
      },
      holdings: () => ({ cash: 1_000_000, shares: new Map() }),
      due: new Map(),
    },
  });
  const market = { price: () => ({ price: 50, at: NOON }) };
  const brokenWith = (over: object): readonly string[] => {
    const none = { ...posted('', 0).exchange, fake: { accepted: [] } };
    const { world, broken } = parts({ market, exchange: none, ...over });
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

  it('says nothing of a sell that Rotor’s own limit refuses', () => {
    const { world, broken } = parts({ market, exchange: posted('', 0).exchange });
    const estimated = settingsWith().limits.maxOrder;
    const plan = { orders: [{ side: 'sell', ticker: XLK, estimated }] };
    const large = { ...PLAN, decision: { ...PLAN.decision, plan } } as unknown as typeof PLAN;
    checkSellsFirst(world, BUY as unknown as Parameters<typeof checkSellsFirst>[1], large);
    expect(broken).toEqual([]);
  });

  it('says nothing of a sell for which the day’s turnover leaves no room', () => {
    const settings = settingsWith({ MAX_TURNOVER_PER_DAY: '0.5' });
    const bought = posted('rotor-0', NOON, 'buy');
    expect(brokenWith({ ...bought, settings })).toEqual([]);
    expect(brokenWith({ ...posted('rotor-0', NOON - 86_400_000, 'buy'), settings })).toEqual([
      'buy before sells',
    ]);
    expect(brokenWith({ ...posted('by-hand', NOON, 'buy'), settings })).toEqual([
      'buy before sells',
    ]);
    expect(brokenWith(bought)).toEqual(['buy before sells']);
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

describe('the law that a month is not caught up late', () => {
  const decidedOn = (day: string, until?: string): readonly string[] => {
    const { world, broken } = parts({
      time: { now: () => newYorkInstant(sessionDate(day), 600) },
    });
    const announced = until === undefined ? [] : [['monthly-2024-07', { until }] as const];
    const book = { announcements: new Map(announced) } as unknown as AccountState;
    checkInTime(world, book, { id: 'monthly-2024-07', cause: 'monthly' });
    return broken;
  };

  it('is broken by one that nobody asked for after the sessions of grace', () => {
    expect(settingsWith().maxCatchUpSessions).toBe(5);
    expect(decidedOn('2024-07-10')).toEqual(['month late']);
  });

  it('holds within them, counted from the session to which it was delayed', () => {
    expect(decidedOn('2024-07-09')).toEqual([]);
    expect(decidedOn('2024-07-10', '2024-07-03')).toEqual([]);
  });
});

describe('the law that Rotor halts itself only on a journal that is not its own', () => {
  const brokenBy = (by: string, isDamaged: boolean, isRestored = false): readonly string[] => {
    const { world, broken } = parts({
      disk: { isDamaged: () => isDamaged },
      faults: { since: () => isRestored },
    });
    checkHalted(world, { kind: 'state', state: 'HALT', by, reason: 'so' });
    return broken;
  };

  it('is broken by any other HALT of its own', () => {
    expect(brokenBy('rotor', false)).toEqual(['halted for nothing']);
    expect(brokenBy('rotor', true)).toEqual([]);
    expect(brokenBy('rotor', false, true)).toEqual([]);
    expect(brokenBy('ines', false)).toEqual([]);
  });
});

describe('the law that after a HALT of its own Rotor asks', () => {
  const state = (to: 'HALT' | 'RUN', by: string) => ({ kind: 'state', state: to, by, reason: '' });
  const decided = (cause: string, id = 'monthly-2024-07') => ({
    kind: 'decision',
    decision: { id, cause },
  });
  const OWN = [state('HALT', 'rotor'), state('RUN', 'ines')];
  const brokenBy = (entries: readonly object[], until?: string): readonly string[] => {
    const { world, broken } = parts({});
    const follow = createOwnHalts(world);
    const announcements = new Map(until === undefined ? [] : [['monthly-2024-07', { until }]]);
    const book = { ...EMPTY_ACCOUNT_STATE, announcements } as unknown as AccountState;
    for (const entry of entries) follow({ entry, at: NOON, seq: 1 } as never, book);
    return broken;
  };

  it('is broken by a rebalance that was due before a person resumed', () => {
    expect(brokenBy([...OWN, decided('monthly')])).toEqual(['started against people']);
    const first = decided('initial', 'initial-2024-07-01');
    expect(brokenBy([...OWN, first])).toEqual(['started against people']);
  });

  it('holds after one that a person approved, or where it is due later', () => {
    expect(brokenBy([...OWN, decided('manual', 'manual-1'), decided('monthly')])).toEqual([]);
    expect(brokenBy([...OWN, decided('monthly')], '2024-07-02')).toEqual([]);
  });

  it('says nothing of a HALT that a person set', () => {
    const halts = [state('HALT', 'rotor'), state('HALT', 'ines'), state('RUN', 'ines')];
    expect(brokenBy([...halts, decided('monthly')])).toEqual([]);
  });
});

describe('the law that what an order leaves is sent again', () => {
  const filled = (count: number, ...left: readonly string[]): readonly string[] =>
    filledAgo(60_000, count, ...left);
  const filledAgo = (ms: number, count: number, ...left: readonly string[]) => {
    const order = {
      ...{ clientOrderId: 'rotor-1', side: 'buy', ticker: XLK },
      ...{ filledQty: wholeShares(1), updatedAt: NOON - ms },
    };
    const accepted = Array.from({ length: count }, () => order);
    const { world, broken } = parts({ exchange: { fake: { accepted } } });
    const plan = { orders: [{ side: 'buy', ticker: XLK, qty: wholeShares(9) }] };
    const intent = { clientOrderId: 'rotor-1', decisionId: 'm', side: 'buy', ticker: XLK };
    checkResult(
      world,
      {
        managedOrders: new Map([['rotor-1', { intent }]]),
        rebalances: new Map([['m', { decision: { id: 'm', plan }, result: { left } }]]),
      } as unknown as AccountState,
      'm',
    );
    return broken;
  };

  it('is broken where a part is left after fewer than four orders and nothing is named', () => {
    expect(filled(3, 'buy XLK: 3 of 9 filled, then expired')).toEqual(['given up early']);
    expect(filled(1, 'buy XLK: 1 of 9 filled, then cancelled')).toEqual(['given up early']);
  });

  it('is broken by an order called undone that filled, but for a fill of the last seconds', () => {
    const undone = 'buy XLK: not filled: cancelled by ines';
    expect(filledAgo(6_000, 9, undone)).toEqual(['result untrue']);
    expect(filledAgo(4_000, 9, undone)).toEqual([]);
  });

  it('holds after four of them, and where a person or a limit ended it', () => {
    expect(filled(4, 'buy XLK: 4 of 9 filled, then expired')).toEqual([]);
    expect(filled(1, 'buy XLK: 1 of 9 filled, then cancelled by ines')).toEqual([]);
    const ended = ['ended by ines', 'buy XLK: 1 of 9 filled, then cancelled'];
    expect(filled(1, ...ended)).toEqual([]);
  });
});
