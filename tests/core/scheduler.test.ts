import { describe, expect, it } from 'vitest';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import type { Cause } from '#core/domain/decision.ts';
import { cents, type EpochMs, epochMs, sessionDate } from '#core/domain/units.ts';
import {
  barsThrough,
  dueTasks,
  nextRebalance,
  rebalanceDue,
  type ScheduleRules,
  tradableSession,
} from '#core/scheduler.ts';
import { announced, answered, bookOf, ny } from '#tests/support/schedule.ts';

const rebalances = (book: AccountState, now: EpochMs) =>
  dueTasks(book, now, RULES).filter(({ kind }) => kind !== 'equity' && kind !== 'missed');

const RULES = { maxCatchUpSessions: 5, rebalanceOnRegimeChange: false };

/** An account's first rebalance waits until it was announced on an earlier day. */
const TOLD_FIRST = {
  ...RULES,
  announce: { auto: 'announce', first: 'announced', evening: 20 * 60, morning: 9 * 60 },
} as const;

const started = bookOf(['initial-2026-11-10', ny('2026-11-10', '09:35')]);

describe('while trading is paused', () => {
  const paused = { by: 'ann', reason: 'holiday', at: epochMs(0) };

  it('no rebalance is due and none is asked about, however late', () => {
    expect(rebalances({ ...EMPTY_ACCOUNT_STATE, paused }, ny('2026-11-10', '09:35'))).toEqual([]);
    expect(rebalances({ ...started, paused }, ny('2026-12-01', '09:35'))).toEqual([]);
    expect(rebalances({ ...started, paused }, ny('2026-12-21', '09:35'))).toEqual([]);
  });

  it('a running rebalance continues, and the daily close is recorded', () => {
    const open = bookOf(['initial-2026-11-10', ny('2026-11-10', '09:35'), false]);
    expect(rebalances({ ...open, paused }, ny('2026-11-11', '09:40'))).toEqual([
      { kind: 'resume', id: 'initial-2026-11-10' },
    ]);
    expect(dueTasks({ ...started, paused }, ny('2026-11-10', '16:10'), RULES)).toEqual([
      { kind: 'equity', session: '2026-11-10' },
    ]);
  });
});

describe('whether orders may be sent', () => {
  it.each([
    ['2026-11-20', '09:34', false],
    ['2026-11-20', '09:35', true],
    ['2026-11-20', '15:44', true],
    ['2026-11-20', '15:45', false],
    ['2026-11-27', '12:44', true],
    ['2026-11-27', '12:45', false],
    ['2026-11-26', '11:00', false],
    ['2026-11-21', '11:00', false],
  ])('on %s at %s: %s', (date, time, may) => {
    expect(tradableSession(ny(date, time)) !== undefined).toBe(may);
  });
});

describe('the due rebalance', () => {
  it('is the account’s first at its first start, in the trading window', () => {
    expect(rebalances(EMPTY_ACCOUNT_STATE, ny('2026-11-10', '09:34'))).toEqual([]);
    expect(rebalances(EMPTY_ACCOUNT_STATE, ny('2026-11-10', '09:35'))).toMatchObject([
      { kind: 'rebalance', id: 'initial-2026-11-10', cause: 'initial' },
    ]);
  });

  it('is due from the first minute of the trading window, and not before', () => {
    expect(nextRebalance(EMPTY_ACCOUNT_STATE, ny('2026-11-10', '09:34'), RULES).owed).toBe(false);
    expect(nextRebalance(EMPTY_ACCOUNT_STATE, ny('2026-11-10', '09:35'), RULES).owed).toBe(true);
    expect(nextRebalance(EMPTY_ACCOUNT_STATE, ny('2026-11-21', '12:00'), RULES).owed).toBe(false);
    expect(nextRebalance(started, ny('2026-12-01', '09:34'), RULES).owed).toBe(false);
    expect(nextRebalance(started, ny('2026-12-05', '12:00'), RULES)).toMatchObject({
      session: '2026-12-01',
      owed: true,
    });
  });

  it('is shown as the next automatic one besides a missed one', () => {
    const missed = { id: 'monthly-2026-12', session: '2026-12-01' };
    expect(nextRebalance(started, ny('2026-12-08', '15:00'), RULES).missed).toBeUndefined();
    expect(nextRebalance(started, ny('2026-12-09', '15:00'), RULES)).toEqual({
      id: 'monthly-2027-01',
      cause: 'monthly',
      session: '2027-01-04',
      owed: false,
      missed,
    });
    expect(nextRebalance(started, ny('2027-01-04', '09:35'), RULES)).toMatchObject({
      id: 'monthly-2027-01',
      owed: true,
    });
  });

  it('keeps its session while the evening of its announcement is still to come', () => {
    const next = nextRebalance(EMPTY_ACCOUNT_STATE, ny('2026-11-21', '11:00'), TOLD_FIRST);
    expect(next).toMatchObject({ id: 'initial-2026-11-23', session: '2026-11-23', owed: false });
    expect(next.waits).toBeUndefined();
  });

  it('names the first start after the session in which it will be done', () => {
    expect(nextRebalance(EMPTY_ACCOUNT_STATE, ny('2026-11-10', '15:50'), RULES).id).toBe(
      'initial-2026-11-11',
    );
    expect(nextRebalance(EMPTY_ACCOUNT_STATE, ny('2026-11-21', '12:00'), RULES).id).toBe(
      'initial-2026-11-23',
    );
  });

  it('does nothing for the rest of the month', () => {
    for (const date of ['2026-11-10', '2026-11-11', '2026-11-30']) {
      expect(rebalances(started, ny(date, '11:00'))).toEqual([]);
    }
  });

  it('waits for the trading window of the next session once that of today has ended', () => {
    expect(nextRebalance(EMPTY_ACCOUNT_STATE, ny('2026-11-10', '15:44'), RULES).session).toBe(
      '2026-11-10',
    );
    expect(nextRebalance(EMPTY_ACCOUNT_STATE, ny('2026-11-10', '15:45'), RULES).session).toBe(
      '2026-11-11',
    );
    for (const time of ['09:34', '15:45', '17:00'])
      expect(rebalances(started, ny('2026-12-03', time))).toEqual([]);
  });

  it('runs in the session to which a person delayed it', () => {
    const until = { ...answered('delay'), until: sessionDate('2026-12-03') };
    const delayed = announced(started, 'monthly-2026-12', '2026-12-01', until);
    expect(nextRebalance(delayed, ny('2026-12-02', '11:00'), RULES)).toMatchObject({
      session: '2026-12-03',
      owed: false,
    });
  });

  it('is replaced neither by a new regime nor by raising cash or selling everything', () => {
    const beside = (id: string, cause: Cause = 'manual') =>
      bookOf(
        ['initial-2026-11-10', ny('2026-11-10', '09:35')],
        [id, ny('2026-12-01', '09:36'), true, { cause }],
      );
    const regime = beside('regime-2026-11-30', 'regime');
    expect(rebalances(regime, ny('2026-12-01', '11:00'))).toMatchObject([
      { kind: 'rebalance', id: 'monthly-2026-12' },
    ]);
    expect(rebalances(beside('raise-2026-12-01-1'), ny('2026-12-01', '11:00'))).toMatchObject([
      { kind: 'rebalance', id: 'monthly-2026-12' },
    ]);
    expect(rebalances(beside('flatten-2026-12-01-1'), ny('2026-12-02', '11:00'))).toMatchObject([
      { kind: 'ask', id: 'monthly-2026-12', why: 'flattened' },
    ]);
  });

  it('is due on the first session of the next month', () => {
    expect(nextRebalance(started, ny('2026-11-11', '11:00'), RULES)).toMatchObject({
      id: 'monthly-2026-12',
      session: '2026-12-01',
      owed: false,
    });
    expect(rebalances(started, ny('2026-12-01', '09:35'))).toMatchObject([
      { kind: 'rebalance', id: 'monthly-2026-12' },
    ]);
  });

  it('is still due when the first session was missed, and done once', () => {
    expect(rebalances(started, ny('2026-12-03', '11:00'))).toMatchObject([
      { id: 'monthly-2026-12' },
    ]);
    const done = bookOf(
      ['initial-2026-11-10', ny('2026-11-10', '09:35')],
      ['monthly-2026-12', ny('2026-12-03', '11:00')],
    );
    expect(rebalances(done, ny('2026-12-03', '11:05'))).toEqual([]);
    expect(nextRebalance(done, ny('2026-12-03', '11:05'), RULES).id).toBe('monthly-2027-01');
  });

  it('excludes a month that began before the account did', () => {
    const young = bookOf(['initial-2026-12-01', ny('2026-12-01', '09:35')]);
    expect(rebalances(young, ny('2026-12-01', '10:00'))).toEqual([]);
    expect(nextRebalance(young, ny('2026-12-01', '10:00'), RULES).id).toBe('monthly-2027-01');
  });

  it('continues with an unfinished one before anything else', () => {
    const cut = bookOf(['initial-2026-11-10', ny('2026-11-10', '09:35'), false]);
    expect(rebalances(cut, ny('2026-12-01', '09:36'))).toEqual([
      { kind: 'resume', id: 'initial-2026-11-10' },
    ]);
    expect(rebalances(cut, ny('2026-12-01', '16:30'))).toEqual([]);
  });

  it('is not replaced by a manual one of the month before', () => {
    const manual = bookOf(
      ['initial-2026-11-10', ny('2026-11-10', '09:35')],
      ['manual-2026-11-12-1', ny('2026-11-12', '11:00')],
    );
    expect(rebalances(manual, ny('2026-12-01', '09:35'))).toMatchObject([
      { id: 'monthly-2026-12' },
    ]);
  });

  it('asks an operator when it was missed more than five sessions ago', () => {
    expect(rebalances(started, ny('2026-12-08', '11:00'))).toMatchObject([{ kind: 'rebalance' }]);
    expect(rebalances(started, ny('2026-12-09', '11:00'))).toEqual([
      { kind: 'ask', id: 'monthly-2026-12', why: 'missed' },
    ]);
  });

  it.each([
    ['in the morning', '2026-12-09', '09:00'],
    ['at the close', '2026-12-09', '16:00'],
    ['in the evening', '2026-12-09', '20:59'],
    ['on a Saturday', '2026-12-12', '11:00'],
  ])('asks %s too, when no order may leave', (_, date, time) => {
    expect(rebalances(started, ny(date, time))).toEqual([
      { kind: 'ask', id: 'monthly-2026-12', why: 'missed' },
    ]);
    const paused = { ...started, paused: { by: 'ann', reason: 'holidays', at: ny(date, time) } };
    expect(rebalances(paused, ny(date, time))).toEqual([]);
  });

  it('wakes nobody at night to ask', () => {
    for (const time of ['21:00', '23:59', '00:00', '08:59'])
      expect(rebalances(started, ny('2026-12-10', time))).toEqual([]);
  });

  it('is replaced by a manual one if it was missed', () => {
    const manual = bookOf(
      ['initial-2026-11-10', ny('2026-11-10', '09:35')],
      ['manual-2026-12-15-1', ny('2026-12-15', '11:00')],
    );
    expect(rebalances(manual, ny('2026-12-15', '11:05'))).toEqual([]);
  });

  it('is replaced by a manual one on the very day that it is due', () => {
    const manual = bookOf(
      ['initial-2026-11-10', ny('2026-11-10', '09:35')],
      ['manual-2026-12-01-1', ny('2026-12-01', '09:36')],
    );
    expect(rebalances(manual, ny('2026-12-01', '09:40'))).toEqual([]);
    expect(rebalances(manual, ny('2026-12-02', '09:40'))).toEqual([]);
  });
});

describe('a change of regime within the month', () => {
  const bear = { ...started, regime: { kind: 'bear' as const, since: sessionDate('2026-11-12') } };
  const trading = { ...RULES, rebalanceOnRegimeChange: true };
  // Five closes: of the 12th, 13th, 16th, 17th and 18th.
  const at = ny('2026-11-19', '11:00');

  it('is not traded unless REBALANCE_ON_REGIME_CHANGE says so', () => {
    expect(dueTasks(bear, at, RULES).filter(({ kind }) => kind === 'rebalance')).toEqual([]);
    expect(dueTasks(bear, at, trading)).toContainEqual({
      kind: 'rebalance',
      id: 'regime-2026-11-12',
      cause: 'regime',
      session: '2026-11-12',
    });
  });

  it('is traded once, and not when the regime is the decided one', () => {
    const done = bookOf(
      ['initial-2026-11-10', ny('2026-11-10', '09:35')],
      ['regime-2026-11-12', ny('2026-11-19', '09:35')],
    );
    const again = dueTasks({ ...done, regime: bear.regime }, at, trading);
    expect(again.filter(({ kind }) => kind === 'rebalance')).toEqual([]);
    const bull = {
      ...started,
      regime: { kind: 'bull' as const, since: sessionDate('2026-11-12') },
    };
    expect(dueTasks(bull, at, trading).filter(({ kind }) => kind === 'rebalance')).toEqual([]);
  });

  it('is traded only after REGIME_HOLD_SESSIONS consecutive closes', () => {
    const due = (now: EpochMs, regimeHoldSessions?: number) =>
      dueTasks(bear, now, { ...trading, ...(regimeHoldSessions && { regimeHoldSessions }) }).filter(
        ({ kind }) => kind === 'rebalance',
      ).length;
    expect(due(ny('2026-11-18', '15:40'))).toBe(0);
    expect(due(ny('2026-11-19', '09:35'))).toBe(1);
    expect(due(ny('2026-11-13', '09:35'), 1)).toBe(1);
    expect(due(ny('2026-11-13', '09:35'), 2)).toBe(0);
    expect(due(ny('2026-11-16', '09:35'), 2)).toBe(1);
  });

  it('is traded at most once in as many sessions', () => {
    const done = bookOf(
      ['initial-2026-11-10', ny('2026-11-10', '09:35')],
      ['regime-2026-11-12', ny('2026-11-19', '09:35')],
    );
    const turned = {
      ...done,
      rebalances: new Map(
        [...done.rebalances].map(([id, each]) => [
          id,
          id.startsWith('regime')
            ? { ...each, decision: { ...each.decision, cause: 'regime' as const } }
            : each,
        ]),
      ),
      regime: { kind: 'bear' as const, since: sessionDate('2026-11-19') },
    };
    const quick = { ...trading, regimeHoldSessions: 3 };
    const due = (now: EpochMs) =>
      dueTasks(turned, now, quick).filter(({ kind }) => kind === 'rebalance').length;
    // It has held for three closes, but the last trade on a regime is two sessions ago.
    const early = {
      ...turned,
      regime: { kind: 'bear' as const, since: sessionDate('2026-11-17') },
    };
    const at = ny('2026-11-20', '10:00');
    expect(dueTasks(early, at, quick).filter(({ kind }) => kind === 'rebalance')).toEqual([]);
    expect(due(ny('2026-11-24', '10:00'))).toBe(1);
  });
});

it('An account’s first rebalance is not promised for a day on which it can no longer be told before', () => {
  const announce = { auto: 'announce', first: 'announced', evening: 1_200, morning: 540 } as const;
  const next = (book: AccountState, time: string) =>
    nextRebalance(book, ny('2026-11-19', time), { ...RULES, announce });
  for (const time of ['08:00', '09:20', '10:00']) {
    expect(next(EMPTY_ACCOUNT_STATE, time)).toMatchObject({
      ...{ session: '2026-11-20', owed: false, waits: 'announcement' },
    });
  }
  const told = { deliveredAt: ny('2026-11-18', '20:00') };
  const book = announced(EMPTY_ACCOUNT_STATE, 'initial-2026-11-19', '2026-11-19', told);
  expect(next(book, '08:00')).toMatchObject({ session: '2026-11-19', owed: false });
  expect(next(book, '10:00')).toMatchObject({ session: '2026-11-19', owed: true });
});

describe('a new regime', () => {
  const rules = { ...RULES, rebalanceOnRegimeChange: true, regimeHoldSessions: 3 };
  const regime = { kind: 'bear' as const, since: sessionDate('2026-11-16') };
  const FIRST = ['initial-2026-11-10', ny('2026-11-10', '09:35')] as const;
  const due = (book: AccountState, own: Partial<ScheduleRules> = {}) =>
    dueTasks({ ...book, regime }, ny('2026-11-19', '11:00'), { ...rules, ...own }).flatMap(
      (each) => ('id' in each ? [each.id] : []),
    );
  const announce = { auto: 'approve', first: 'announced', evening: 1_200, morning: 480 } as const;

  it('is traded although another kind of rebalance was yesterday', () => {
    const monthly = ['monthly-2026-11', ny('2026-11-18', '09:35')] as const;
    expect(due(bookOf(FIRST, monthly))).toEqual(['regime-2026-11-16']);
  });

  it('is traded as long after the last trade on a regime, not after the first', () => {
    const cause = { cause: 'regime' } as const;
    const early = ['regime-2026-11-02', ny('2026-11-09', '09:35'), true, cause] as const;
    const late = ['regime-2026-11-12', ny('2026-11-17', '09:35'), true, cause] as const;
    expect(due(bookOf(FIRST, early))).toEqual(['regime-2026-11-16']);
    expect(due(bookOf(FIRST, early, late))).toEqual([]);
  });

  it('is not traded when a person skipped it, or has not approved it', () => {
    const skipped = announced(started, 'regime-2026-11-16', '2026-11-19', answered('skip'));
    expect(due(skipped)).toEqual([]);
    expect(due(started, { announce })).toEqual([]);
  });

  it('is none before a regime is known, nor before the first rebalance', () => {
    const now = ny('2026-11-19', '11:00');
    expect(rebalanceDue(started, now, rules)).toEqual([]);
    const first = { ...rules, announce: { ...announce, auto: 'announce' } as const };
    expect(rebalanceDue({ ...EMPTY_ACCOUNT_STATE, regime }, now, first)).toEqual([]);
  });
});

describe('closes that were not recorded', () => {
  const [TUESDAY, WEDNESDAY, THURSDAY] = ['2026-11-10', '2026-11-11', '2026-11-12'];
  const closes = (book: AccountState, date: string, time: string) =>
    dueTasks(book, ny(date, time), RULES).filter(({ kind }) => kind !== 'rebalance');
  const closedOn = (date: string) => ({
    ...{ session: sessionDate(date), equity: cents(10_000_000), cash: cents(0), benchmark: 500 },
  });

  it('are missed once the market is open again, when nothing can be recorded', () => {
    expect(closes(started, WEDNESDAY, '10:00')).toEqual([{ kind: 'missed', sessions: [TUESDAY] }]);
    expect(closes({ ...started, equity: [closedOn(TUESDAY)] }, WEDNESDAY, '10:00')).toEqual([]);
  });

  it('are missed except the last one, which is recorded until the next session opens', () => {
    expect(closes(started, THURSDAY, '18:00')).toEqual([
      { kind: 'missed', sessions: [TUESDAY, WEDNESDAY] },
      { kind: 'equity', session: THURSDAY },
    ]);
    expect(closes({ ...started, equity: [closedOn(TUESDAY)] }, WEDNESDAY, '16:05')).toEqual([
      { kind: 'equity', session: WEDNESDAY },
    ]);
  });

  it('are not asked for again once they are known to be lost', () => {
    const lost = new Set([sessionDate(TUESDAY)]);
    expect(closes({ ...started, missed: lost }, WEDNESDAY, '10:00')).toEqual([]);
  });

  it('are none of a session at whose last instant the account began', () => {
    const baseline = { at: ny(TUESDAY, '16:00'), equity: cents(1), benchmark: 500 };
    expect(closes({ ...started, baseline }, TUESDAY, '16:05')).toEqual([]);
  });
});

describe('the daily close', () => {
  it('skips sessions that closed before the account began', () => {
    const evening = { ...started.baseline, at: ny('2026-11-20', '18:00') };
    const late = { ...started, baseline: { equity: cents(1), benchmark: 500, ...evening } };
    const closes = (now: EpochMs) =>
      dueTasks(late, now, RULES).filter(({ kind }) => kind === 'equity' || kind === 'missed');
    expect(closes(ny('2026-11-20', '18:05'))).toEqual([]);
    expect(closes(ny('2026-11-22', '12:00'))).toEqual([]);
    expect(closes(ny('2026-11-23', '10:00'))).toEqual([]);
    expect(closes(ny('2026-11-23', '16:01'))).toEqual([{ kind: 'equity', session: '2026-11-23' }]);
  });

  it('is due after each close, once a session, and never while a session is open', () => {
    const equity = (book: AccountState, now: EpochMs) =>
      dueTasks(book, now, RULES).filter((due) => due.kind === 'equity');
    expect(equity(started, ny('2026-11-10', '15:00'))).toEqual([]);
    expect(equity(started, ny('2026-11-10', '16:00'))).toEqual([
      { kind: 'equity', session: '2026-11-10' },
    ]);
    const point = {
      session: sessionDate('2026-11-10'),
      equity: cents(1),
      cash: cents(1),
      benchmark: 1,
    };
    expect(equity({ ...started, equity: [point] }, ny('2026-11-10', '16:05'))).toEqual([]);
    expect(equity({ ...started, equity: [point] }, ny('2026-11-11', '10:00'))).toEqual([]);
  });
});

describe('bars', () => {
  it('of a session are available 16 minutes after its close, half days included', () => {
    expect(barsThrough(ny('2026-11-20', '16:15'))).toBe('2026-11-19');
    expect(barsThrough(ny('2026-11-20', '16:16'))).toBe('2026-11-20');
    expect(barsThrough(ny('2026-11-27', '13:16'))).toBe('2026-11-27');
  });
});

describe('after a HALT by Rotor itself that a person ended', () => {
  const resumed = (date: string) => ({ ...started, resumedFromHalt: ny(date, '11:00') });
  const REGIME = { ...RULES, rebalanceOnRegimeChange: true, regimeHoldSessions: 1 };

  it('the scheduled rebalance of that day needs approval, but not on the days after', () => {
    const held = [{ kind: 'ask', id: 'monthly-2026-12', why: 'halted' }];
    expect(rebalances(resumed('2026-12-01'), ny('2026-12-01', '11:05'))).toEqual(held);
    expect(rebalances(resumed('2026-12-01'), ny('2026-12-03', '11:05'))).toEqual(held);
    expect(nextRebalance(resumed('2026-12-01'), ny('2026-12-01', '11:05'), RULES)).toMatchObject({
      owed: false,
      missed: { id: 'monthly-2026-12' },
    });
  });

  it('nobody is asked before orders could be sent', () => {
    const book = { ...EMPTY_ACCOUNT_STATE, resumedFromHalt: ny('2026-11-10', '08:00') };
    const next = (time: string) => nextRebalance(book, ny('2026-11-10', time), TOLD_FIRST);
    expect(next('09:10')).toMatchObject({ waits: 'announcement' });
    expect([next('09:10').missed, next('09:35').missed]).toEqual([
      undefined,
      { id: 'initial-2026-11-10', session: '2026-11-10' },
    ]);
  });

  it('one that is due in a later session runs automatically', () => {
    expect(rebalances(resumed('2026-11-20'), ny('2026-12-01', '11:05'))).toMatchObject([
      { kind: 'rebalance', id: 'monthly-2026-12' },
    ]);
  });

  it('the first rebalance of an account needs approval on any day', () => {
    const book = { ...EMPTY_ACCOUNT_STATE, resumedFromHalt: ny('2026-11-10', '11:00') };
    expect(rebalances(book, ny('2026-11-12', '11:00'))).toMatchObject([
      { kind: 'ask', why: 'halted' },
    ]);
  });

  it('a new regime of that day needs approval', () => {
    const regime = { kind: 'bear', since: sessionDate('2026-11-19') } as const;
    const due = dueTasks({ ...resumed('2026-11-20'), regime }, ny('2026-11-20', '11:05'), REGIME);
    expect(due).toContainEqual({ kind: 'ask', id: 'regime-2026-11-19', why: 'halted' });
  });
});
