/** The laws of a quiet evening, each held against what breaks it. */
import { describe, expect, it } from 'vitest';
import {
  type AccountState,
  type CashFlow,
  EMPTY_ACCOUNT_STATE,
} from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { cents, sessionDate } from '#core/domain/units.ts';
import { holding, NOON, parts } from './law-world.ts';
import { checkBooks, checkDone, checkFlows, checkMonth, checkStuck } from './years/quiet-laws.ts';

describe('the law that no month is forgotten', () => {
  const forgottenOn = (day: string, until?: string, sold?: string): readonly string[] => {
    const { world, broken } = parts({
      time: { now: () => newYorkInstant(sessionDate(day), 1200) },
    });
    const announced = until === undefined ? [] : [['monthly-2024-07', { until }] as const];
    const madeOn = (id: string, day: string) => {
      const decision = { id, cause: id.startsWith('monthly') ? 'monthly' : 'manual' };
      return [id, { decision, at: newYorkInstant(sessionDate(day), 600) }] as const;
    };
    checkMonth(world, {
      ...EMPTY_ACCOUNT_STATE,
      baseline: { at: newYorkInstant(sessionDate('2024-05-28'), 600) },
      rebalances: new Map([
        madeOn('monthly-2024-06', '2024-06-03'),
        ...(sold === undefined ? [] : [madeOn('flatten-1', sold)]),
      ]),
      announcements: new Map(announced),
    } as unknown as AccountState);
    return broken;
  };

  it('is broken in the evening of the session after the one that it is due on', () => {
    expect(forgottenOn('2024-07-02')).toEqual(['month forgotten']);
    expect(forgottenOn('2024-07-03', '2024-07-02')).toEqual(['month forgotten']);
  });

  it('is broken where a person sold everything instead, and nobody is asked', () => {
    expect(forgottenOn('2024-07-02', undefined, '2024-07-01')).toEqual(['month forgotten']);
  });

  it('says nothing before, wherever a person moved that session to', () => {
    expect(forgottenOn('2024-07-01')).toEqual([]);
    expect(forgottenOn('2024-07-02', '2024-07-02')).toEqual([]);
  });

  it('counts an account’s first one from the last resume or switching on, which may be late', () => {
    const first = (resumed: string, ...offs: readonly [string, string][]): readonly string[] => {
      const instant = (day: string) => newYorkInstant(sessionDate(day), 600);
      const begun = offs.map(([from, to]) => ({
        ...{ kind: 'switched-off', from: instant(from), to: instant(to) },
      }));
      const time = { now: () => newYorkInstant(sessionDate('2024-07-08'), 1200) };
      const { world, broken } = parts({ time, faults: { begun } });
      const baseline = { at: newYorkInstant(sessionDate('2024-06-27'), 600) };
      const state = { state: 'RUN', at: newYorkInstant(sessionDate(resumed), 600) };
      checkMonth(world, { ...EMPTY_ACCOUNT_STATE, baseline, state } as unknown as AccountState);
      return broken;
    };
    expect(first('2024-06-27')).toEqual(['month forgotten']);
    expect(first('2024-07-08')).toEqual([]);
    expect(first('2024-06-27', ['2024-06-27', '2024-07-08'])).toEqual([]);
    expect(first('2024-06-27', ['2024-07-09', '2024-07-10'])).toEqual(['month forgotten']);
  });

  it('is broken by one that is not done where nothing goes wrong, though people were called', () => {
    const called = new Map([['no-decision', { alert: { subject: { about: 'no-decision' } } }]]);
    const notDone = (
      over: object,
      faults: boolean | string = false,
      day = '2024-07-01',
    ): readonly string[] => {
      const since = (_: number, kinds: readonly string[]) =>
        typeof faults === 'string' ? kinds.includes(faults) : faults;
      const { world, broken } = parts({
        time: { now: () => newYorkInstant(sessionDate(day), 1200) },
        faults: { since },
      });
      const baseline = { at: newYorkInstant(sessionDate('2024-05-28'), 600) };
      const june = { at: baseline.at, decision: {}, finishedAt: baseline.at };
      const rebalances = new Map([['monthly-2024-06', june]]);
      const book = { ...EMPTY_ACCOUNT_STATE, baseline, rebalances, alerts: called, ...over };
      checkMonth(world, book as unknown as AccountState);
      checkDone(world, book as unknown as AccountState);
      return broken;
    };
    expect(notDone({})).toEqual(['month not done']);
    expect(notDone({}, false, '2024-07-03')).toEqual(['month not done']);
    const delayed = new Map([['monthly-2024-07', { until: '2024-07-02' }]]);
    expect(notDone({ announcements: delayed })).toEqual([]);
    expect(notDone({}, true)).toEqual([]);
    expect(notDone({}, 'crash')).toEqual([]);
    expect(notDone({}, 'crash', '2024-07-03')).toEqual(['month not done']);
    expect(notDone({}, 'dividend')).toEqual(['month not done']);
    expect(notDone({ paused: { by: 'ines' } })).toEqual([]);
    // One that began before it may take the whole day.
    const at = newYorkInstant(sessionDate('2024-06-03'), 600);
    const running = new Map([['manual-2024-06-28-1', { at, decision: {} }]]);
    expect(notDone({ rebalances: running })).toEqual([]);
    expect(notDone({ rebalances: running }, false, '2024-07-03')).toEqual(['month not done']);
  });
});

describe('the law that the books are the broker’s', () => {
  const booksOf = (cash: number, called: boolean) => {
    const alerts = new Map(
      called ? [['books', { alert: { subject: { about: 'reconciliation' } } }]] : [],
    );
    const { ledger } = EMPTY_ACCOUNT_STATE;
    return {
      ...{ ...EMPTY_ACCOUNT_STATE, alerts, baseline: { at: NOON } },
      ledger: { ...ledger, cash: cents(cash) },
    } as unknown as AccountState;
  };
  const brokenBy = (book: AccountState, kind?: string): readonly string[] => {
    const begun = kind === undefined ? [] : [{ kind, from: NOON, to: NOON + 1 }];
    const { world, broken } = holding(5_000, { faults: { begun } });
    checkBooks(world, book);
    return broken;
  };

  it('is broken by a cent, though people were called', () => {
    expect(brokenBy(booksOf(5_000, false))).toEqual([]);
    expect(brokenBy(booksOf(5_001, false))).toEqual(['books differ']);
    expect(brokenBy(booksOf(5_001, true))).toEqual(['books differ']);
  });

  it('leaves money that was unlisted at the first look to the people who were called', () => {
    expect(brokenBy(booksOf(5_001, true), 'late-deposit')).toEqual([]);
    expect(brokenBy(booksOf(5_001, false), 'late-deposit')).toEqual(['books differ']);
    expect(brokenBy(booksOf(5_001, true), 'late-transfer')).toEqual(['books differ']);
  });
});

describe('the law that people are called for an order that outlives its session', () => {
  const evening = (day: string) => newYorkInstant(sessionDate(day), 1200);
  const brokenBy = (
    over: object,
    alerts: object = new Map(),
    faults = false,
  ): readonly string[] => {
    const order = { clientOrderId: 'rotor-1', status: 'open', submittedAt: NOON, ...over };
    const { world, broken } = parts({
      time: { now: () => evening('2024-07-02') },
      faults: { since: () => faults },
      exchange: { fake: { accepted: [order] } },
    });
    const managedOrders = new Map([['rotor-1', over]]);
    checkStuck(world, { ...EMPTY_ACCOUNT_STATE, managedOrders, alerts } as never);
    return broken;
  };

  it('is broken a session later where nobody is', () => {
    expect(brokenBy({})).toEqual(['stuck order untold']);
    const subject = { about: 'stuck-order', clientOrderId: 'rotor-2' };
    expect(brokenBy({}, new Map([['', { alert: { subject } }]]))).toEqual(['stuck order untold']);
  });

  it('holds where somebody is, or set it aside, or where it ended or is of this session', () => {
    const subject = { about: 'stuck-order', clientOrderId: 'rotor-1' };
    expect(brokenBy({}, new Map([['', { alert: { subject } }]]))).toEqual([]);
    expect(brokenBy({ setAsideBy: 'ines' })).toEqual([]);
    expect(brokenBy({ status: 'canceled' })).toEqual([]);
    expect(brokenBy({ submittedAt: evening('2024-07-02') - 4 * 3_600_000 })).toEqual([]);
  });

  it('says nothing where the broker hid it', () => {
    expect(brokenBy({}, new Map(), true)).toEqual([]);
  });
});

describe('the law that what people bring stands in the books as that', () => {
  const flow = (kind: string, cash: number) =>
    ({ activity: { kind, cash, qty: 0 }, at: NOON, counted: NOON }) as unknown as CashFlow;
  const brokenBy = (cashFlows: readonly CashFlow[], isKnown = true): readonly string[] => {
    const flows = () => ({ cash: 5_000, shares: 0, isKnown });
    const { world, broken } = parts({ drawdown: { flows } });
    checkFlows(world, { ...EMPTY_ACCOUNT_STATE, cashFlows });
    return broken;
  };

  it('is broken by one that is missing, and by income that is taken for one', () => {
    expect(brokenBy([])).toEqual(['flows differ']);
    expect(brokenBy([flow('deposit', 9_000)])).toEqual(['flows differ']);
    expect(brokenBy([flow('deposit', 9_000), flow('withdrawal', -4_000)])).toEqual([]);
    expect(brokenBy([flow('deposit', 5_000), flow('dividend', 700)])).toEqual([]);
  });

  it('says nothing of books that were changed by hand', () => {
    expect(brokenBy([], false)).toEqual([]);
  });
});
