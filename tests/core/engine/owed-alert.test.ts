import { describe, expect, it } from 'vitest';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { type Alert, subjectKey } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs } from '#core/domain/units.ts';
import { owedEntries, owedOver } from '#core/engine/owed-alert.ts';
import { decision } from '#tests/support/decision.ts';

const JULY = 'monthly-2024-07';

function alertIn(entries: readonly Entry[]): Alert | undefined {
  const [found] = entries.flatMap((entry) => (entry.kind === 'alert' ? [entry.alert] : []));
  return found;
}

function owing(...ids: readonly string[]): AccountState {
  const alerts = ids.flatMap((id) => {
    const alert = alertIn(owedEntries(EMPTY_ACCOUNT_STATE, { id, why: 'missed' }));
    const open = { alert, firstAt: epochMs(1), lastAt: epochMs(1) };
    return alert ? [[subjectKey(alert.subject), open] as const] : [];
  });
  return { ...EMPTY_ACCOUNT_STATE, alerts: new Map(alerts) } as unknown as AccountState;
}

describe('the alert about a rebalance that waits for a person', () => {
  const told = (why: 'missed' | 'flattened' | 'halted', auto?: 'announce' | 'approve') => {
    const alert = alertIn(owedEntries(EMPTY_ACCOUNT_STATE, { id: JULY, why }, auto));
    return [alert?.title, alert?.advice?.code, alert?.severity];
  };

  it('says why it waits', () => {
    expect(told('missed')).toEqual(['A rebalance was missed', 'owed-rebalance', 'warning']);
    expect(told('missed', 'announce')[0]).toBe('A rebalance was missed');
    expect(told('missed', 'approve')[0]).toBe('A rebalance was not approved');
    expect(told('flattened')[0]).toBe('A rebalance waits for an approver');
    expect(told('flattened', 'approve')[0]).toBe('A rebalance waits for an approver');
    expect(told('halted')).toEqual(['A plan needs an approval', 'owed-after-halt', 'warning']);
    const words = (why: 'missed' | 'halted', auto?: 'approve') => {
      const alert = alertIn(owedEntries(EMPTY_ACCOUNT_STATE, { id: JULY, why }, auto));
      return `${alert?.text} ${alert?.remedy}`;
    };
    expect(words('missed')).toMatch(/^monthly-2024-07 was missed.*the next one runs automatically/);
    expect(words('missed', 'approve')).toMatch(/not approved in time.*is announced as usual/);
    expect(words('halted')).toMatch(/first plan since Rotor halted.*has to check the plan/);
  });

  it('is raised once for each, and replaces that of an older one', () => {
    expect(owedEntries(owing(JULY), { id: JULY, why: 'missed' })).toEqual([]);
    const [over, next] = owedEntries(owing('monthly-2024-06'), { id: JULY, why: 'missed' });
    expect(over).toMatchObject({
      ...{ kind: 'resolved', lapsed: true, text: `It never ran; ${JULY} is due now.` },
      subject: { about: 'owed-rebalance', decisionId: 'monthly-2024-06' },
    });
    expect(next).toMatchObject({ kind: 'alert', alert: { subject: { decisionId: JULY } } });
  });

  it('is solved by that rebalance or a person’s, and lapses with a later one', () => {
    const made = (id: string, cause: 'monthly' | 'manual') =>
      owedOver(owing(JULY), decision({ id, cause }));
    const solved = { kind: 'resolved', text: 'A rebalance has begun.' };
    expect(made(JULY, 'monthly')).toEqual([expect.objectContaining(solved)]);
    expect(made('manual-2024-07-15-1', 'manual')).toEqual([expect.objectContaining(solved)]);
    expect(made(JULY, 'monthly')[0]).not.toHaveProperty('lapsed');
    expect(made('monthly-2024-08', 'monthly')).toEqual([
      expect.objectContaining({ lapsed: true, text: 'It never ran; monthly-2024-08 has begun.' }),
    ]);
  });

  it('is the only one that ends then', () => {
    const alert = { subject: { about: 'drift' }, text: '' };
    const alerts = new Map([['drift', { alert }]]);
    const book = { ...EMPTY_ACCOUNT_STATE, alerts } as unknown as AccountState;
    expect(owedOver(book, decision({ id: JULY, cause: 'monthly' }))).toEqual([]);
    expect(owedOver(book, decision({ id: JULY, cause: 'manual' }))).toEqual([]);
  });
});
