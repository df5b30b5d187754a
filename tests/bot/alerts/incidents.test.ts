/** What counts as one trouble, and so as one message. */

import { describe, expect, it } from 'vitest';
import { createIncidents } from '#bot/alerts/incidents.ts';
import { alertPost } from '#bot/posts/alert.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs } from '#core/domain/units.ts';
import { alert, NOW } from '#tests/support/desk.ts';

const MINUTE_MS = 60_000;

/** Entries a minute apart; the message of each. */
function told(entries: readonly Entry[], minutes = 1) {
  const incidents = createIncidents();
  const keys = entries.map((entry, index) => {
    const at = epochMs(NOW + index * minutes * MINUTE_MS);
    return incidents.take({ seq: index + 1, at, entry });
  });
  return { incidents, keys };
}

const raised = (parts: Parameters<typeof alert>[0] = {}): Entry => {
  return {
    kind: 'alert',
    alert: alert({ subject: parseSubject('broker'), severity: 'error', ...parts }),
  };
};
const over: Entry = {
  kind: 'resolved',
  subject: parseSubject('broker'),
  text: 'It answers again.',
};

describe('a resolved alert', () => {
  it('has a green tick only if it was solved', () => {
    const incidents = createIncidents();
    const subject = parseSubject('left monthly-2026-11');
    const titleAfter = (seq: number, lapsed?: true): string => {
      const at = epochMs(seq * 86_400_000);
      incidents.take({ seq, at, entry: { kind: 'alert', alert: alert({ subject }) } });
      const entry = { kind: 'resolved', subject, text: 'over', lapsed } as const;
      const key = incidents.take({ seq: seq + 1, at, entry }) ?? '';
      const incident = incidents.find(key);
      return (incident && alertPost(incident, 'PAPER', undefined).embeds[0]?.title) ?? '';
    };
    expect(titleAfter(1)).toMatch(/^✓ Resolved · /);
    expect(titleAfter(3, true)).toMatch(/^○ Closed: not done · /);
  });
});

describe('an incident', () => {
  it('that comes and goes within minutes is one message', () => {
    const { incidents, keys } = told([raised(), over, raised(), over, raised()]);
    expect(new Set(keys).size).toBe(1);
    expect(incidents.find(keys[0] ?? '')).toMatchObject({ count: 3, resolved: undefined });
  });

  it('that returns later is a new one', () => {
    const { keys } = told([raised(), over, raised()], 15);
    expect(new Set(keys).size).toBe(2);
  });

  it('that is critical always notifies again', () => {
    const critical = raised({ severity: 'critical' });
    expect(new Set(told([critical, over, critical]).keys).size).toBe(2);
  });

  it('that was acknowledged is reported again when its text changes', () => {
    const seen: Entry = { kind: 'acknowledged', subject: parseSubject('broker'), by: 'ines' };
    const first = raised({ severity: 'critical', text: 'XLU: broker 3' });
    const same = told([first, seen, first]);
    expect(same.incidents.open()[0]?.incident.acknowledged?.by).toBe('ines');
    const other = told([first, seen, raised({ severity: 'critical', text: 'XLV: broker 500' })]);
    expect(other.incidents.open()).toMatchObject([
      { incident: { acknowledged: undefined }, startedCritical: false },
    ]);
  });
});
