/** What rings a phone, when, and when no more. */

import { describe, expect, it } from 'vitest';
import { createEscalation } from '#bot/alerts/escalation.ts';
import { createIncidents } from '#bot/alerts/incidents.ts';
import { createQuietHoursDigest, isQuietAt } from '#bot/alerts/quiet-hours-digest.ts';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { createLateness } from '#bot/messages/outbox.ts';
import { parseSubject } from '#core/domain/alert.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs, sessionDate } from '#core/domain/units.ts';
import { handChannel } from '#tests/support/channel.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import { alert, carriedOut, handEngine, memoryPosts, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';
import { outboxOver } from '#tests/support/outbox.ts';

const MINUTE_MS = 60_000;
const CRITICAL = alert({
  subject: parseSubject('drawdown'),
  severity: 'critical',
  title: 'Drawdown',
});
const at = (time: string): EpochMs => {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return newYorkInstant(sessionDate('2026-11-23'), hour * 60 + minute);
};

function house(quietHours?: { readonly from: number; readonly to: number }) {
  const channel = handChannel();
  const posts = memoryPosts();
  const clock = leapingClock(NOW);
  const wall = leapingClock(at('12:00'));
  const journal = memoryJournal(clock);
  const engine = handEngine(journal, clock);
  const draw = async (): Promise<Uint8Array> => Uint8Array.of(1);
  const isQuiet = (): boolean => isQuietAt(quietHours, wall.now());
  const open = (before = 0) => {
    const messageStore = createMessageStore({
      channel,
      posts,
      draw,
      log: silentLog,
      journalCreatedAt: () => 'b',
      isQuiet,
    });
    const incidents = createIncidents();
    const lateness = createLateness(wall, before);
    const shared = { posts, messageStore, wall, incidents, alertRoleId: '9' };
    const outbox = outboxOver({ ...shared, engine, journal, lateness });
    const escalation = createEscalation({ ...shared, mode: () => 'SANDBOX' });
    const look = async (): Promise<void> => {
      await outbox.tell();
      await escalation.run();
    };
    /** Looks once a minute; the minutes at which something new was sent. */
    const rings = async (minutes: number): Promise<readonly number[]> => {
      const found: number[] = [];
      for (let minute = 0; minute < minutes; minute++) {
        const before = channel.calls.filter((call) => call === 'send').length;
        await look();
        if (channel.calls.filter((call) => call === 'send').length > before) found.push(minute);
        wall.set(epochMs(wall.now() + MINUTE_MS));
      }
      return found;
    };
    const quietHoursDigest = createQuietHoursDigest({ ...shared, mode: () => 'SANDBOX', isQuiet });
    return { look, rings, lateness, outbox, escalation, quietHoursDigest };
  };
  const shown = () => [...channel.messages.values()];
  const titles = () => shown().map(({ embeds }) => embeds[0]?.title ?? '');
  return { channel, posts, journal, wall, open, shown, titles };
}

describe('a critical alert', () => {
  it('is repeated after 5, 10, 20, 40 and 60 minutes and then every hour', async () => {
    const { journal, open, shown } = house();
    journal.append({ kind: 'alert', alert: CRITICAL });
    expect(await open().rings(260)).toEqual([0, 5, 15, 35, 75, 135, 195, 255]);
    expect(shown()).toHaveLength(2);
    expect(shown().every(({ mention, silent }) => mention === '9' && !silent)).toBe(true);
  });

  it('is repeated at once after the clock was set back, and then at its pace again', async () => {
    const { journal, wall, open } = house();
    const { rings } = open();
    wall.set(epochMs(wall.now() + 180 * MINUTE_MS));
    journal.append({ kind: 'alert', alert: CRITICAL });
    expect(await rings(1)).toEqual([0]);
    wall.set(epochMs(wall.now() - 120 * MINUTE_MS));
    expect(await rings(12)).toEqual([0, 10]);
  });

  it('continues at the same step after a restart, and never twice in one minute', async () => {
    const { journal, open } = house();
    journal.append({ kind: 'alert', alert: CRITICAL });
    expect(await open().rings(16)).toEqual([0, 5, 15]);
    expect(await open().rings(25)).toEqual([19]);
  });

  it('keeps its reminder and its count when it runs before anything was reported', async () => {
    const { journal, open, shown, titles, wall } = house();
    journal.append({ kind: 'alert', alert: CRITICAL });
    await open().rings(16);
    wall.set(epochMs(wall.now() + MINUTE_MS));
    // As the loops of a new start begin: in one tick.
    const { look, escalation, outbox } = open();
    await Promise.all([outbox.tell(), escalation.run()]);
    expect(titles().filter((title) => title.includes('still open'))).toHaveLength(1);
    wall.set(epochMs(wall.now() + 18 * MINUTE_MS));
    await look();
    expect(JSON.stringify(shown())).toContain('Reminder 3');
  });

  it('stops when it is acknowledged: the reminder is deleted, and the alert names the person', async () => {
    const { journal, open, shown, titles } = house();
    const { rings } = open();
    journal.append({ kind: 'alert', alert: CRITICAL });
    await rings(6);
    expect(JSON.stringify(shown()[1]?.components)).toContain('alert:ack:');
    journal.append({ kind: 'acknowledged', subject: parseSubject('drawdown'), by: 'ines' });
    expect(await rings(300)).toEqual([]);
    expect(titles()).toEqual(['■ CRITICAL · Drawdown']);
    expect(shown()[0]?.embeds[0]?.description).toContain('Acknowledged by ines');
    expect(shown()[0]?.components).toEqual([]);
  });

  it('stops when it is resolved, also by a process that never sent a reminder', async () => {
    const { journal, open, titles } = house();
    journal.append({ kind: 'alert', alert: CRITICAL });
    await open().rings(20);
    journal.append({ kind: 'resolved', subject: parseSubject('drawdown'), text: 'over' });
    expect(await open().rings(300)).toEqual([]);
    expect(titles()).toEqual(['✓ Resolved · Drawdown']);
  });

  it('sends a reminder at once if it was not critical at first', async () => {
    const { journal, open } = house();
    const { rings } = open();
    journal.append({ kind: 'alert', alert: { ...CRITICAL, severity: 'error' } });
    expect(await rings(30)).toEqual([0]);
    journal.append({ kind: 'alert', alert: CRITICAL });
    expect(await rings(2)).toEqual([0]);
  });

  it('leaves exactly one reminder wherever Discord failed', async () => {
    for (const failing of [1, 2, 3]) {
      const { channel, journal, open, wall, titles } = house();
      journal.append({ kind: 'alert', alert: CRITICAL });
      await open().rings(6);
      wall.set(epochMs(wall.now() + 30 * MINUTE_MS));
      channel.failures.push(...Array(failing - 1).fill(undefined), new Error('socket hang up'));
      await open()
        .look()
        .catch((error: Error) => expect(error.message).toContain('socket'));
      await open().look();
      expect(titles().filter((title) => title.includes('still open'))).toHaveLength(1);
    }
  });
});

describe('quiet hours', () => {
  const morning = '▲ Still open after the quiet hours';

  /** One trouble before the quiet hours, three in them; the process is another in the morning. */
  async function night() {
    const made = house({ from: 22 * 60, to: 7 * 60 });
    const { journal, open, wall } = made;
    const before = open();
    const look = async (time: string, { look, quietHoursDigest } = before): Promise<void> => {
      wall.set(at(time));
      await look();
      await quietHoursDigest.run();
    };
    journal.append({
      kind: 'alert',
      alert: alert({ subject: parseSubject('evening'), title: 'Evening' }),
    });
    await look('21:58');
    await look('22:00');
    for (const title of ['Over', 'Seen', 'Open']) {
      const subject = title.toLowerCase();
      journal.append({ kind: 'alert', alert: alert({ subject: parseSubject(subject), title }) });
    }
    await look('23:30');
    journal.append({ kind: 'resolved', subject: parseSubject('over'), text: 'it went away' });
    journal.append({ kind: 'acknowledged', subject: parseSubject('seen'), by: 'ines' });
    await look('06:59');
    return { ...made, look };
  }

  it('send one message with sound when they end, for everything that began in them and is still open', async () => {
    const { look, open, shown, titles } = await night();
    expect(titles()).not.toContain(morning);
    const next = open();
    await look('07:00', next);
    await look('07:01', next);
    await look('07:02', open());
    expect(titles().filter((title) => title === morning)).toHaveLength(1);
    const told = shown().at(-1);
    expect(told?.silent).toBe(false);
    expect(told?.embeds[0]?.description).toMatch(/Open, since Mon 2026-11-23/);
    expect(told?.embeds[0]?.description).not.toMatch(/Evening|Over|Seen/);
  });

  it('send nothing in the morning when nothing is open', async () => {
    const { journal, look, titles } = await night();
    journal.append({ kind: 'resolved', subject: parseSubject('open'), text: 'over' });
    await look('07:00');
    expect(titles()).not.toContain(morning);
  });

  it('mute everything except critical messages', async () => {
    const { journal, open, wall, shown } = house({ from: 22 * 60, to: 7 * 60 });
    const { look } = open();
    wall.set(at('23:30'));
    journal.append({ kind: 'alert', alert: alert() }, { kind: 'alert', alert: CRITICAL });
    await look();
    wall.set(epochMs(at('07:00') + 24 * 60 * MINUTE_MS));
    journal.append({ kind: 'alert', alert: alert({ subject: parseSubject('later') }) });
    await look();
    // The last one reminds of the critical one.
    expect(shown().map(({ silent }) => silent)).toEqual([true, false, false, false]);
  });

  it.each([
    ['22:00', true],
    ['03:00', true],
    ['06:59', true],
    ['07:00', false],
    ['21:59', false],
  ])('across midnight: %s is quiet: %s', (time, quiet) => {
    expect(isQuietAt({ from: 22 * 60, to: 7 * 60 }, at(time))).toBe(quiet);
  });

  it('work within one day, and can be disabled', () => {
    expect(isQuietAt({ from: 60, to: 120 }, at('01:30'))).toBe(true);
    expect(isQuietAt({ from: 60, to: 120 }, at('02:00'))).toBe(false);
    expect(isQuietAt(undefined, at('01:30'))).toBe(false);
  });
});

describe('a late message', () => {
  const footers = ({ shown }: ReturnType<typeof house>) =>
    shown().map(({ embeds }) => embeds.at(-1)?.footer?.text ?? '');

  it('says so with its original instant, and still says so after edits', async () => {
    const made = house();
    const { look, lateness } = made.open();
    made.journal.append({ kind: 'alert', alert: alert() });
    lateness.note(1);
    made.wall.set(epochMs(made.wall.now() + 2 * MINUTE_MS + 1));
    await look();
    expect(footers(made)[0]).toContain('late, from Mon 2026-11-23 09:41 ET');
    made.journal.append({ kind: 'resolved', subject: parseSubject('broker'), text: 'over' });
    lateness.note(2);
    await look();
    expect(footers(made)[0]).toContain('late, from');
  });

  it('is late after two minutes, or when an earlier run left it undelivered', async () => {
    const made = house();
    const { look, lateness } = made.open();
    made.journal.append({ kind: 'alert', alert: alert() });
    lateness.note(1);
    made.wall.set(epochMs(made.wall.now() + 2 * MINUTE_MS));
    await look();
    made.journal.append({ kind: 'alert', alert: alert({ subject: parseSubject('second') }) });
    await made.open(2).look();
    const [first, second] = footers(made);
    expect([first?.includes('late'), second?.includes('late')]).toEqual([false, true]);
  });

  it('is not a recent step of a rebalance, whatever is queued before it', async () => {
    const made = house();
    const { look, lateness } = made.open();
    const [decision, ...rest] = carriedOut(decided());
    if (!decision) throw new Error('expected a decision');
    made.journal.append(decision);
    lateness.note(1);
    made.wall.set(epochMs(made.wall.now() + 10 * MINUTE_MS));
    made.journal.append(...rest);
    for (const seq of rest.keys()) lateness.note(seq + 2);
    await look();
    const isLate = footers(made).map((footer) => footer.includes('late, from'));
    const late = made.titles().filter((_title, index) => isLate[index]);
    expect(late).toEqual([expect.stringMatching(/^✓ Rebalanced/), 'Decision']);
    expect(made.titles().at(-1)).toBe('Orders');
  });
});
