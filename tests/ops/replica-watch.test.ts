import { describe, expect, it } from 'vitest';
import { openAlert } from '#core/domain/account-state.ts';
import { epochMs } from '#core/domain/units.ts';
import { startHealth } from '#ops/health.ts';
import { createReplicaWatch } from '#ops/replica-watch.ts';
import { memoryJournal } from '#tests/support/journal.ts';

const MINUTE_MS = 60_000;

function deskWith(isExpected: boolean, journal = memoryJournal(clock())) {
  let at = 0;
  const warnings: string[] = [];
  const log = { warn: (text: string): void => void warnings.push(text) };
  const watch = createReplicaWatch({ isExpected, journal, now: () => at, log });
  const pass = (minutes: number): void => {
    at += minutes * MINUTE_MS;
    watch.look();
  };
  const alert = () => openAlert(journal.book(), { about: 'replica' })?.alert;
  return { watch, pass, alert, journal, warnings };
}

function clock() {
  return { now: () => epochMs(0), sleep: async () => {} };
}

describe('the watch over the replica', () => {
  it('reports nothing while the replica reports each minute', () => {
    const { watch, pass, journal } = deskWith(true);
    for (let minute = 0; minute < 60; minute++) {
      watch.heard();
      pass(1);
    }
    expect(journal.since(0, 9)).toEqual([]);
  });

  it('reports once that a silent replica falls behind, and once that it has caught up', () => {
    const { watch, pass, alert, journal } = deskWith(true);
    watch.heard();
    pass(10);
    expect(alert()).toBeUndefined();
    pass(1);
    pass(60);
    expect(alert()).toMatchObject({ severity: 'warning', title: 'The replica falls behind' });
    watch.heard();
    pass(0);
    pass(1);
    expect(alert()).toBeUndefined();
    const kinds = journal.since(0, 9).map(({ entry }) => entry.kind);
    expect(kinds).toEqual(['alert', 'resolved']);
  });

  it('reports a replica that was silent since the start', () => {
    const { pass, alert } = deskWith(true);
    pass(11);
    expect(alert()?.text).toContain('10 minutes');
  });

  it('keeps the alert of an earlier start until the replica reports', () => {
    const { pass, journal } = deskWith(true);
    pass(11);
    const next = deskWith(true, journal);
    next.pass(1);
    expect(next.alert()).toBeDefined();
    next.watch.heard();
    next.pass(1);
    expect(next.alert()).toBeUndefined();
  });

  it('expects nothing if no replica is configured, and ends the alert of an earlier one', () => {
    const { pass, journal } = deskWith(true);
    pass(11);
    const next = deskWith(false, journal);
    next.pass(60);
    expect(next.alert()).toBeUndefined();
    expect(journal.verify().entries).toBe(2);
  });

  it('ends nothing when the journal accepts no entry', () => {
    const journal = memoryJournal(clock());
    const full = {
      ...journal,
      append: () => {
        throw new Error('the disk is full');
      },
    };
    const { pass, warnings } = deskWith(true, full);
    pass(11);
    expect(warnings).toEqual(['replica: Error: the disk is full']);
  });

  it('recognises Litestream, which uses the service’s name as host', async () => {
    let heard = 0;
    const lines: string[] = [];
    const say = (text: string): void => void lines.push(text);
    const health = await startHealth({
      config: { port: 0, host: '127.0.0.1', heartbeatUrl: undefined },
      onReplica: () => heard++,
      build: { version: '1.0.0', commit: '' },
      inputs: () => {
        throw new Error('nobody asks');
      },
      now: () => 0,
      scrub: (text) => text,
      log: { info: say, warn: say, error: say },
    });
    const [origin] = /http:\/\/[\d.:]+/.exec(lines[0] ?? '') ?? [];
    const answer = await fetch(`${origin}/replica`);
    await health.close();
    expect([answer.status, heard]).toEqual([200, 1]);
  });
});
