import { describe, expect, it } from 'vitest';
import type { Account } from '#core/domain/account.ts';
import type { Observation } from '#core/domain/observation.ts';
import { dollars, epochMs, ticker } from '#core/domain/units.ts';
import { borrowedCashEntries } from '#core/engine/monitoring/borrowed-cash.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision } from '#tests/support/decision.ts';
import { account, NOW, observation } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';

const ID = 'monthly-2026-11';

/** After a rebalance that wanted that fraction of the equity invested. */
function desk(wanted = 1) {
  const journal = memoryJournal(leapingClock(epochMs(NOW - 3_600_000)));
  const weights = new Map([[ticker('XLK'), wanted]]);
  const verdict = { kind: 'approved', weights, breaches: [] } as const;
  journal.append(
    { kind: 'account', id: account().id, number: 'PA1', mode: 'PAPER' },
    { kind: 'decision', decision: decision({ id: ID, verdict }) },
  );
  const finish = () =>
    journal.append({ kind: 'finished', decisionId: ID, result: { kind: 'complete', left: [] } });
  const look = (cashUsd: number, rest: Partial<Account & Observation> = {}) => {
    const seen = { account: account(100_000, { cash: dollars(cashUsd), ...rest }), ...rest };
    const entries = borrowedCashEntries(journal.book(), observation(seen));
    journal.append(...entries);
    return entries.map((entry) => (entry.kind === 'alert' ? entry.alert.text : entry.kind));
  };
  return { finish, look };
}

describe('money that the account owes', () => {
  it('is told once with its amount, and the alert ends when it is paid back', () => {
    const { finish, look } = desk();
    finish();
    expect(look(-1_000)).toEqual([]);
    expect(look(-14_800)).toEqual([
      'Its cash is $14,800 below zero, 14.8 % of its equity. The broker charges interest for it.',
    ]);
    expect([look(-9_000), look(-900), look(-900)]).toEqual([[], ['resolved'], []]);
  });

  it('is no news as far as the plan wanted it, or while a rebalance runs', () => {
    const { finish, look } = desk(1.2);
    expect(look(-30_000)).toEqual([]);
    finish();
    expect(look(-20_500)).toEqual([]);
    expect(look(-21_500)).toHaveLength(1);
  });

  it('is not judged by numbers that contradict each other, or without an answer of the broker', () => {
    const { finish, look } = desk();
    finish();
    const broker = { ...observation().broker, connected: false };
    expect(look(-30_000, { broker })).toEqual([]);
    expect(look(-30_000, { isContradicted: true })).toEqual([]);
    expect(look(-30_000, { id: 'another' })).toEqual([]);
    expect(look(-30_000)).toHaveLength(1);
  });

  it('has no share of an equity of nothing, and is unknown before an account is', () => {
    const { finish, look } = desk();
    finish();
    expect(look(-30_000, { equity: dollars(0) })).toEqual([]);
    const unmet = memoryJournal(leapingClock(NOW)).book();
    expect(borrowedCashEntries(unmet, observation({ account: undefined }))).toEqual([]);
  });
});
