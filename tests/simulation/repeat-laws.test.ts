import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import { sessionDate } from '#core/domain/units.ts';
import { alert } from '#tests/support/desk.ts';
import { at } from '../core/views/books.ts';
import type { FaultKind } from './years/kinds.ts';
import { createRepeats } from './years/repeat-laws.ts';

const HOUR_MS = 3_600_000;
const SUBJECT = { about: 'broker' } as const;

const raised = (text = 'No answer.'): Entry => ({
  kind: 'alert',
  alert: alert({ subject: SUBJECT, text }),
});
const RESOLVED: Entry = { kind: 'resolved', subject: SUBJECT, text: 'It answers again.' };
const REGIME: Entry = { kind: 'regime', asOf: sessionDate('2026-11-19'), regime: 'bull' };

/** The laws that were broken while that was written down, each entry an hour after the one before. */
function brokenBy(
  entries: readonly Entry[],
  everyMs = HOUR_MS,
  begun: readonly { readonly kind: FaultKind; readonly from: number }[] = [],
): readonly string[] {
  const broken: string[] = [];
  let now = at('2026-11-20T15:00:00Z');
  const report = (law: string): void => void broken.push(law);
  const repeats = createRepeats({
    time: { now: () => now } as never,
    faults: { begun } as never,
    report,
  });
  for (const [index, entry] of entries.entries()) {
    repeats({ seq: index + 1, at: now, entry });
    now = (now + everyMs) as typeof now;
  }
  return broken;
}

const times = (count: number, ...entries: readonly Entry[]): readonly Entry[] =>
  Array.from({ length: count }, () => entries).flat();

describe('the law that a message is not said again and again', () => {
  it('is broken by an alert that is open with these words', () => {
    expect(brokenBy([raised(), raised()])).toEqual(['message again and again']);
    expect(brokenBy([raised(), raised('Other words.')])).toEqual([]);
  });

  it('has one more word about late bars for each fault of bars that began within a day', () => {
    const late = Array.from({ length: 7 }, (_, index): Entry => {
      const text = `No bar for ${index} tickers.`;
      return { kind: 'alert', alert: alert({ subject: { about: 'data-late' }, text }) };
    });
    const from = at('2026-11-20T14:00:00Z');
    const kind = 'bar-missing';
    expect(brokenBy(late)).toEqual(['message again and again']);
    expect(brokenBy(late, HOUR_MS, [{ kind, from }])).toEqual([]);
    expect(brokenBy(late, HOUR_MS, [{ kind, from: from - 24 * HOUR_MS }])).toHaveLength(1);
    expect(brokenBy(late, HOUR_MS, [{ kind: 'crash', from }])).toHaveLength(1);
  });

  it('is broken by a problem that comes and goes seven times a day', () => {
    expect(brokenBy(times(6, raised(), RESOLVED))).toEqual([]);
    expect(brokenBy(times(7, raised(), RESOLVED))).toContain('message again and again');
    expect(brokenBy(times(7, raised(), RESOLVED), 3 * HOUR_MS)).toEqual([]);
  });

  it('is broken by other words about the same problem, and by what is no alert', () => {
    const texts = Array.from({ length: 7 }, (_, index) => raised(`Words ${index}.`));
    expect(brokenBy(texts)).toEqual(['message again and again']);
    expect(brokenBy(times(7, REGIME))).toEqual(['message again and again']);
  });

  it('allows a halt to be reported again after somebody changes the trading state', () => {
    const text = 'the broker has orders that are not recorded here';
    const halted: Entry = {
      kind: 'alert',
      alert: alert({ subject: { about: 'error', text }, title: 'Trading halted', text }),
    };
    const by = (who: string): Entry => ({ kind: 'state', state: 'HALT', by: who, reason: text });
    expect(brokenBy(times(9, halted, by('ines')))).toEqual([]);
    expect(brokenBy(times(2, halted, by('rotor')))).toEqual(['message again and again']);
  });

  it('says nothing of fills and of what people do', () => {
    const press: Entry = { kind: 'pause', paused: true, by: 'ines', reason: 'holidays' };
    expect(brokenBy(times(9, press))).toEqual([]);
  });
});
