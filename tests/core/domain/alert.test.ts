import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertSubject, hasHappened, parseSubject, subjectKey } from '#core/domain/alert.ts';

/** Every kind of subject as journals hold it. */
const STORED: readonly (readonly [string, AlertSubject])[] = [
  ['activity 2026::x', { about: 'unknown-activity', activityId: '2026::x' }],
  ['bars in doubt', { about: 'bars-in-doubt' }],
  ['broker', { about: 'broker' }],
  ['calendar', { about: 'calendar' }],
  ['clock', { about: 'clock' }],
  ['data late', { about: 'data-late' }],
  ['drawdown', { about: 'drawdown' }],
  ['drift XLK', { about: 'drift', ticker: 'XLK' }],
  ['error Alpaca said 500', { about: 'error', text: 'Alpaca said 500' }],
  ['external 2026::a b', { about: 'external-trade', fillId: '2026::a b' }],
  ['idle cash', { about: 'idle-cash' }],
  ['borrowed cash', { about: 'borrowed-cash' }],
  ['journal', { about: 'journal' }],
  ['late', { about: 'late-rebalance' }],
  ['late fill rotor-1', { about: 'late-fill', clientOrderId: 'rotor-1' }],
  ['left monthly-2024-08', { about: 'left-undone', decisionId: 'monthly-2024-08' }],
  ['limit price collar', { about: 'limit', limit: 'price collar' }],
  ['no-decision', { about: 'no-decision' }],
  ['open monthly-2024-08', { about: 'open-orders', decisionId: 'monthly-2024-08' }],
  ['owed monthly-2024-08', { about: 'owed-rebalance', decisionId: 'monthly-2024-08' }],
  ['reconciliation', { about: 'reconciliation' }],
  ['refused rotor-1', { about: 'refused-order', clientOrderId: 'rotor-1' }],
  ['regime 2024-08-01', { about: 'regime', asOf: '2024-08-01' }],
  ['split XLK', { about: 'suspected-split', ticker: 'XLK' }],
  ['stream', { about: 'stream' }],
  ['stuck rotor-1', { about: 'stuck-order', clientOrderId: 'rotor-1' }],
];

describe('the subject of an alert', () => {
  it.each(STORED)('%s is parsed and written back', (text, subject) => {
    expect(parseSubject(text)).toEqual(subject);
    expect(subjectKey(subject)).toBe(text);
  });

  it('differs from one whose text only begins the same', () => {
    expect(parseSubject('late again')).toEqual({ about: 'other', text: 'late again' });
    expect(parseSubject('clockwork')).toEqual({ about: 'other', text: 'clockwork' });
    expect(parseSubject('leftover')).toEqual({ about: 'other', text: 'leftover' });
  });

  it('keeps the text of another version to the byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(subjectKey(parseSubject(text))).toBe(text);
      }),
    );
  });

  it('treats a one-time event as one that does not continue', () => {
    const happened = STORED.filter(([, subject]) => hasHappened(subject)).map(([text]) => text);
    expect(happened).toEqual(['late fill rotor-1', 'left monthly-2024-08', 'refused rotor-1']);
  });
});
