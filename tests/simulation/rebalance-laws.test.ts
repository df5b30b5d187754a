/** The laws between the orders of a rebalance and between rebalances, each held against what breaks it. */
import { describe, expect, it } from 'vitest';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { NOON, parts, XLK } from './law-world.ts';
import { checkMonth } from './years/quiet-laws.ts';
import { checkInTime, checkOnce, checkSellsFirst } from './years/rebalance-laws.ts';
import { SETTINGS } from './years/settings.ts';

const BUY = { side: 'buy', ticker: ticker('XLE'), clientOrderId: 'rotor-1' } as const;
const PLAN = {
  at: NOON,
  decision: {
    id: 'monthly-2024-07',
    plan: { orders: [{ side: 'sell', ticker: XLK, estimated: 5_000 }] },
  },
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

  it('says nothing of a sell that Rotor’s own limit refuses', () => {
    const { world, broken } = parts({});
    const estimated = SETTINGS.limits.maxOrder;
    const plan = { orders: [{ side: 'sell', ticker: XLK, estimated }] };
    const large = { ...PLAN, decision: { ...PLAN.decision, plan } } as unknown as typeof PLAN;
    checkSellsFirst(world, BUY as unknown as Parameters<typeof checkSellsFirst>[1], large);
    expect(broken).toEqual([]);
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
    expect(SETTINGS.maxCatchUpSessions).toBe(5);
    expect(decidedOn('2024-07-10')).toEqual(['month late']);
  });

  it('holds within them, counted from the session to which it was delayed', () => {
    expect(decidedOn('2024-07-09')).toEqual([]);
    expect(decidedOn('2024-07-10', '2024-07-03')).toEqual([]);
  });
});

describe('the law that no month is forgotten', () => {
  const forgottenOn = (day: string, until?: string): readonly string[] => {
    const { world, broken } = parts({
      time: { now: () => newYorkInstant(sessionDate(day), 1200) },
    });
    const announced = until === undefined ? [] : [['monthly-2024-07', { until }] as const];
    const june = { at: newYorkInstant(sessionDate('2024-06-03'), 600) };
    checkMonth(world, {
      ...EMPTY_ACCOUNT_STATE,
      baseline: { at: newYorkInstant(sessionDate('2024-05-28'), 600) },
      rebalances: new Map([['monthly-2024-06', june]]),
      announcements: new Map(announced),
    } as unknown as AccountState);
    return broken;
  };

  it('is broken in the evening of the session after the one that it is due on', () => {
    expect(forgottenOn('2024-07-02')).toEqual(['month forgotten']);
    expect(forgottenOn('2024-07-03', '2024-07-02')).toEqual(['month forgotten']);
  });

  it('says nothing before, wherever a person moved that session to', () => {
    expect(forgottenOn('2024-07-01')).toEqual([]);
    expect(forgottenOn('2024-07-02', '2024-07-02')).toEqual([]);
  });
});
