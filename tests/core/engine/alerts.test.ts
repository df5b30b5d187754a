import { describe, expect, it } from 'vitest';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { type Alert, type AlertSubject, subjectKey } from '#core/domain/alert.ts';
import { exactly, isReported, isToldToday, resolvedEntries } from '#core/engine/alerts.ts';
import { ny } from '#tests/support/schedule.ts';

const AT = ny('2024-07-01', '12:00');

function alertOf(subject: AlertSubject, text = 'XLK at 101.50 is odd.'): Alert {
  return { subject, severity: 'warning', title: 'Odd', text, remedy: 'None.' };
}

function holding(...alerts: readonly Alert[]): AccountState {
  const open = alerts.map((alert) => {
    return [subjectKey(alert.subject), { alert, firstAt: AT, lastAt: AT }] as const;
  });
  return { ...EMPTY_ACCOUNT_STATE, alerts: new Map(open) } as unknown as AccountState;
}

const [IDLE, CLOCK] = [{ about: 'idle-cash' }, { about: 'clock' }] as const;

describe('open alerts', () => {
  it('end by their topic or by a rule, as solved or as lapsed', () => {
    const book = holding(alertOf(IDLE), alertOf(CLOCK));
    const over = { kind: 'resolved', subject: IDLE, text: 'Over.' };
    expect(resolvedEntries(book, ['idle-cash', 'stream'], 'Over.')).toEqual([over]);
    expect(resolvedEntries(book, ({ about }) => about === 'idle-cash', 'Over.')).toEqual([over]);
    expect(resolvedEntries(book, ['idle-cash'], 'Over.', 'lapsed')).toEqual([
      { ...over, lapsed: true },
    ]);
    expect(resolvedEntries(book, ['stream'], 'Over.')).toEqual([]);
  });

  it('end for one subject only', () => {
    const stuck = (clientOrderId: string) => ({ about: 'stuck-order', clientOrderId }) as const;
    const book = holding(alertOf(stuck('a')), alertOf(stuck('b')));
    expect(resolvedEntries(book, exactly(stuck('b')), 'Over.')).toMatchObject([
      { subject: { clientOrderId: 'b' } },
    ]);
  });

  it('report a sentence once, whatever they are about', () => {
    const book = holding(alertOf(CLOCK, 'No bars. Nothing trades.'));
    expect(isReported(book, 'No bars.', 'idle-cash')).toBe(true);
    expect(isReported(book, 'No bars.', 'clock')).toBe(false);
    expect(isReported(book, 'No prices.', 'idle-cash')).toBe(false);
  });

  it('are told again the next day, or with other words, but not with other numbers', () => {
    const book = holding(alertOf(IDLE));
    const isTold = (text: string, at = AT) => isToldToday(book, alertOf(IDLE, text), at);
    expect(isTold('XLK at 99 is odd.')).toBe(true);
    expect(isTold('XLK at 1,099.5 is odd.')).toBe(true);
    expect(isTold('XLF at 99 is odd.')).toBe(false);
    expect(isTold('XLK at 99 is odd.', ny('2024-07-02', '09:00'))).toBe(false);
    expect(isToldToday(book, alertOf(CLOCK), AT)).toBe(false);
  });
});
