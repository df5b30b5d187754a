/** Months and weeks together, and what people skip, delay, stop or do themselves. */
import { describe, expect, it } from 'vitest';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import type { Decision } from '#core/domain/decision.ts';
import { sessionDate } from '#core/domain/units.ts';
import { dueTasks, nextRebalance, nextWindow, type ScheduleRules } from '#core/scheduler.ts';
import { announced, answered, bookOf, ny } from '#tests/support/schedule.ts';

const [CORE, QUICK] = [{ id: 'core' }, { id: 'quick', cadence: 'weekly' as const }];
const RULES: ScheduleRules = { maxCatchUpSessions: 5, rebalanceOnRegimeChange: false };
const BOTH = { ...RULES, models: [CORE, QUICK] };

/** A Tuesday; the weeks after it begin on 16, 23 and 30 November, the next month on Tuesday, 1 December. */
const FIRST = ['initial-2026-11-10', ny('2026-11-10', '09:35')] as const;
const started = bookOf(FIRST);

const next = (book: AccountState, date: string, time = '11:00', rules: ScheduleRules = BOTH) =>
  nextRebalance(book, ny(date, time), rules);
const ids = (book: AccountState, date: string, rules: ScheduleRules = BOTH) =>
  dueTasks(book, ny(date, '11:00'), rules).flatMap((due) => ('id' in due ? [due.id] : []));

interface Vote {
  readonly id: string;
  readonly carriedFrom?: string;
}
const votesOf = (...models: readonly Vote[]): Partial<Decision> => ({
  votes: models.map(({ id, carriedFrom }) => ({
    ...{ id, active: true, budget: 1, share: 1, leverage: 1, weights: new Map() },
    ...(carriedFrom !== undefined && { carriedFrom: sessionDate(carriedFrom) }),
  })),
});
const rebalanced = (id: string, date: string, own: Partial<Decision>): AccountState =>
  bookOf(FIRST, [id, ny(date, '09:36'), true, own]);

describe('a weekly model beside a monthly one', () => {
  it('rebalances alone on the first session of each week', () => {
    expect(next(started, '2026-11-11')).toStrictEqual({
      ...{ id: 'weekly-2026-11-16', cause: 'weekly', session: '2026-11-16', owed: false },
      cadences: ['weekly'],
    });
    expect(next(started, '2026-11-16', '09:34').owed).toBe(false);
    expect(next(started, '2026-11-16', '09:35')).toMatchObject({
      ...{ id: 'weekly-2026-11-16', owed: true, cadences: ['weekly'] },
    });
  });

  it('does not rebalance in the week in which the account began, also if that was its Monday', () => {
    const monday = bookOf(['initial-2026-11-16', ny('2026-11-16', '09:35')]);
    expect(next(monday, '2026-11-16').id).toBe('weekly-2026-11-23');
  });

  it('waits while only the month begins', () => {
    const done = rebalanced('weekly-2026-11-30', '2026-11-30', votesOf(QUICK));
    const month = { id: 'monthly-2026-12', session: '2026-12-01', cadences: ['monthly'] };
    expect(next(done, '2026-11-30')).toMatchObject({ ...month, owed: false });
    expect(next(done, '2026-12-01')).toMatchObject({ ...month, owed: true });
  });

  it('rebalances together with it where month and week begin in the same session', () => {
    const january = bookOf(['initial-2027-01-26', ny('2027-01-26', '09:35')]);
    expect(next(january, '2027-01-28')).toStrictEqual({
      ...{ id: 'monthly-2027-02', cause: 'monthly', session: '2027-02-01', owed: false },
    });
  });

  it('rebalances together with it where the week was missed until the month began', () => {
    const month = next(started, '2026-12-01');
    expect(month).toMatchObject({ id: 'monthly-2026-12', owed: true });
    expect(month.cadences).toBeUndefined();
  });

  it('rebalances while the missed month waits for a person', () => {
    expect(next(started, '2026-12-09')).toStrictEqual({
      ...{ id: 'weekly-2026-12-07', cause: 'weekly', session: '2026-12-07', owed: true },
      cadences: ['weekly'],
      missed: { id: 'monthly-2026-12', session: '2026-12-01' },
    });
    expect(ids(started, '2026-12-09')).toEqual(['weekly-2026-12-07', 'monthly-2026-12']);
  });
});

describe('models of one cadence', () => {
  it('never rebalance in the other one', () => {
    const weekly = { ...RULES, models: [QUICK] };
    expect(next(started, '2026-11-11', '11:00', weekly)).toStrictEqual({
      ...{ id: 'weekly-2026-11-16', cause: 'weekly', session: '2026-11-16', owed: false },
    });
    expect(next(started, '2026-12-01', '11:00', weekly).id).toBe('weekly-2026-11-30');
    const monthly = { ...RULES, models: [CORE] };
    expect(next(started, '2026-11-16', '11:00', monthly).id).toBe('monthly-2026-12');
  });
});

describe('a week', () => {
  const weekly = { ...RULES, models: [QUICK], maxCatchUpSessions: 2 };
  const weekOf = (book: AccountState, date: string) => next(book, date, '11:00', weekly).id;

  it('missed for more sessions than are caught up is dropped without asking', () => {
    expect(weekOf(started, '2026-11-18')).toBe('weekly-2026-11-16');
    expect(weekOf(started, '2026-11-19')).toBe('weekly-2026-11-23');
    expect(ids(started, '2026-11-19', weekly)).toEqual([]);
  });

  it('that a person skipped is over', () => {
    const skipped = announced(started, 'weekly-2026-11-16', '2026-11-16', answered('skip'));
    expect(weekOf(skipped, '2026-11-17')).toBe('weekly-2026-11-23');
    expect(weekOf(skipped, '2026-11-13')).toBe('weekly-2026-11-23');
  });

  it('is over once a person rebalanced in it', () => {
    expect(weekOf(rebalanced('manual-1', '2026-11-16', {}), '2026-11-16')).toBe(
      'weekly-2026-11-23',
    );
  });

  it('is over once the weekly model took part in another rebalance since its first session', () => {
    const once = (date: string, ...models: readonly Vote[]) =>
      weekOf(rebalanced('regime-1', date, votesOf(...models)), '2026-11-17');
    expect(once('2026-11-16', CORE, QUICK)).toBe('weekly-2026-11-23');
    expect(once('2026-11-13', CORE, QUICK)).toBe('weekly-2026-11-16');
    expect(once('2026-11-16', CORE)).toBe('weekly-2026-11-16');
    const carried = { id: 'quick', carriedFrom: '2026-11-10' };
    expect(once('2026-11-16', CORE, carried)).toBe('weekly-2026-11-16');
  });
});

describe('a month', () => {
  const monthly = { ...RULES, models: [CORE] };
  const monthOf = (book: AccountState, date: string) => next(book, date, '11:00', monthly);

  it('that a person skipped is over', () => {
    const skipped = announced(started, 'monthly-2026-12', '2026-12-01', answered('skip'));
    expect(monthOf(skipped, '2026-12-02')).toMatchObject({ id: 'monthly-2027-01', owed: false });
    // Also on the evening before, when it was skipped.
    expect(monthOf(skipped, '2026-11-30')).toMatchObject({ id: 'monthly-2027-01', owed: false });
  });

  it('is not replaced by a trade on a regime, by selling everything or by raising cash', () => {
    const december = { id: 'monthly-2026-12', session: '2026-12-01' };
    const once = (id: string, cause: Decision['cause']) =>
      monthOf(rebalanced(id, '2026-12-01', { cause }), '2026-12-02');
    expect(once('regime-2026-11-24', 'regime')).toMatchObject({ ...december, owed: true });
    expect(once('raise-1', 'manual')).toMatchObject({ ...december, owed: true });
    expect(once('flatten-1', 'manual').missed).toEqual(december);
  });

  it('in which a person sold everything waits for a person', () => {
    const sold = rebalanced('flatten-1', '2026-12-01', { cause: 'manual' });
    expect(dueTasks(sold, ny('2026-12-02', '11:00'), monthly)).toContainEqual({
      ...{ kind: 'ask', id: 'monthly-2026-12', why: 'flattened' },
    });
  });

  it('that was delayed starts in the chosen session, under its own name', () => {
    const until = { until: sessionDate('2026-12-03') };
    const delayed = announced(started, 'monthly-2026-12', '2026-12-01', until);
    const december = { id: 'monthly-2026-12', session: '2026-12-03' };
    expect(monthOf(delayed, '2026-12-02')).toMatchObject({ ...december, owed: false });
    expect(monthOf(delayed, '2026-12-03')).toMatchObject({ ...december, owed: true });
  });

  it('delayed to a day on which the exchange is closed after all starts in the session after it', () => {
    const until = { until: sessionDate('2026-12-25') };
    const delayed = announced(started, 'monthly-2026-12', '2026-12-01', until);
    const patient = { ...monthly, maxCatchUpSessions: 30 };
    expect(next(delayed, '2026-12-24', '11:00', patient).owed).toBe(false);
    expect(next(delayed, '2026-12-26', '11:00', patient).owed).toBe(false);
    expect(next(delayed, '2026-12-28', '09:35', patient).owed).toBe(true);
  });
});

describe('a session that a person stopped', () => {
  it('has no other automatic rebalance: it moves to the next session', () => {
    const stopped = announced(started, 'weekly-2026-11-30', '2026-12-01', answered('delay'));
    const moved = { id: 'monthly-2026-12', session: '2026-12-02', owed: false };
    const monthly = { ...RULES, models: [CORE] };
    expect(next(stopped, '2026-11-20', '11:00', monthly)).toMatchObject(moved);
    expect(next(stopped, '2026-12-01', '11:00', monthly)).toMatchObject(moved);
    expect(next(stopped, '2026-12-02', '11:00', monthly)).toMatchObject({
      ...{ id: 'monthly-2026-12', session: '2026-12-01', owed: true },
    });
    const again = announced(stopped, 'weekly-2026-11-30', '2026-12-02', answered('delay'));
    expect(next(again, '2026-12-02', '11:00', monthly).session).toBe('2026-12-03');
  });
});

describe('a session that was stopped, and for which the exchange then closed', () => {
  it('passes its rebalance on to the session after it', () => {
    const christmas = announced(started, 'regime-2026-12-14', '2026-12-25', answered('skip'));
    const patient = { ...RULES, models: [CORE], maxCatchUpSessions: 30 };
    expect(next(christmas, '2026-12-25', '11:00', patient)).toMatchObject({
      ...{ id: 'monthly-2026-12', session: '2026-12-28', owed: false },
    });
  });
});

describe('an announced rebalance', () => {
  const approve = { auto: 'approve', first: 'now', evening: 1_200, morning: 480 } as const;

  it('that needs approval waits in its own session', () => {
    const rules = { ...RULES, models: [CORE], announce: approve };
    expect(next(started, '2026-12-01', '11:00', rules)).toMatchObject({
      ...{ id: 'monthly-2026-12', session: '2026-12-01', owed: false, waits: 'approval' },
    });
    expect(ids(started, '2026-12-01', rules)).toEqual([]);
  });

  it('that was not announced yet waits for the next session', () => {
    const announce = { ...approve, auto: 'announce', first: 'announced' } as const;
    const rules = { ...RULES, announce };
    expect(next(EMPTY_ACCOUNT_STATE, '2026-11-10', '11:00', rules)).toMatchObject({
      ...{ id: 'initial-2026-11-10', session: '2026-11-11', owed: false, waits: 'announcement' },
    });
  });

  it('is none where automatic rebalances are off', () => {
    const off = { ...RULES, models: [CORE], announce: { ...approve, auto: 'off' } as const };
    expect(ids(started, '2026-12-01', off)).toEqual([]);
  });
});

describe('orders may next be sent', () => {
  it('today before the window, else in the next session', () => {
    const open = ny('2026-11-20', '09:35');
    const monday = ny('2026-11-23', '09:35');
    expect(nextWindow(ny('2026-11-20', '08:00'))).toBe(open);
    expect(nextWindow(ny('2026-11-20', '09:32'))).toBe(open);
    expect(nextWindow(open)).toBe(monday);
    expect(nextWindow(ny('2026-11-20', '15:50'))).toBe(monday);
    expect(nextWindow(ny('2026-11-21', '12:00'))).toBe(monday);
  });

  it('not from 15:45 on, so a first rebalance belongs to the next session then', () => {
    expect(next(EMPTY_ACCOUNT_STATE, '2026-11-10', '15:44').id).toBe('initial-2026-11-10');
    expect(next(EMPTY_ACCOUNT_STATE, '2026-11-10', '15:45').id).toBe('initial-2026-11-11');
  });
});
