import { describe, expect, it } from 'vitest';
import { createDashboard } from '#bot/dashboard.ts';
import { MessageRefused } from '#bot/discord/channel.ts';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs } from '#core/domain/units.ts';
import type { PostBook } from '#core/ports.ts';
import { MODELS } from '#models/list.ts';
import { type HandChannel, handChannel } from '#tests/support/channel.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  ACCOUNT_ENTRY,
  account,
  alert,
  baseline,
  carriedOut,
  close,
  handEngine,
  memoryPosts,
  NOW,
  observation,
} from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';
import { outboxOver } from '#tests/support/outbox.ts';

/** A desk and an outbox over a channel by hand; `reopen` is what a restart leaves. */
function house(channel: HandChannel = handChannel(), posts: PostBook = memoryPosts()) {
  const clock = leapingClock(NOW);
  const wall = leapingClock(epochMs(1_000_000));
  const journal = memoryJournal(clock);
  const engine = handEngine(journal, clock);
  const errors: string[] = [];
  const log = { ...silentLog, error: (text: string) => void errors.push(text) };
  const draw = async (): Promise<Uint8Array> => Uint8Array.of(1);
  const open = () => {
    const messageStore = createMessageStore({
      channel,
      posts,
      draw,
      log,
      journalCreatedAt: () => 'b',
    });
    const clocks = { market: clock, wall };
    const desk = createDashboard({ engine, models: MODELS, messageStore, clocks });
    const outbox = outboxOver({ engine, journal, posts, messageStore, wall, alertRoleId: '9' });
    return { desk, outbox };
  };
  const shown = () => [...channel.messages.values()];
  const titles = () => shown().map((message) => message.embeds[0]?.title ?? message.content);
  return { channel, posts, journal, engine, clock, wall, errors, open, shown, titles };
}

const worth = (usd: number) => observation({ account: account(usd) });
const away = new Error('socket hang up');

describe('the dashboard', () => {
  it('posts three messages and pins the first', async () => {
    const { channel, open, titles } = house();
    await open().desk.refresh();
    expect(titles()).toEqual(['● HEALTHY', 'Rankings · SectorRotationModel_v1', 'You against SPY']);
    expect([...channel.pinned]).toEqual(['1']);
  });

  it('edits nothing when nothing changed', async () => {
    const { channel, engine, wall, open } = house();
    const { desk } = open();
    await desk.refresh();
    const before = channel.calls.length;
    for (let look = 0; look < 100; look++) {
      wall.set(epochMs(wall.now() + 60_000));
      engine.see(observation());
      await desk.refresh();
    }
    expect(channel.calls).toHaveLength(before);
  });

  it('edits at most every 15 s, and the latest state wins', async () => {
    const { channel, engine, wall, open, shown } = house();
    const { desk } = open();
    await desk.refresh();
    channel.calls.length = 0;
    for (let step = 1; step <= 1_000; step++) {
      engine.see(worth(100_000 + step));
      wall.set(epochMs(wall.now() + 100));
      await desk.refresh();
    }
    expect(channel.calls.filter((call) => call === 'edit 1').length).toBeLessThanOrEqual(7);
    wall.set(epochMs(wall.now() + 15_000));
    await desk.refresh();
    expect(JSON.stringify(shown()[0])).toContain('$101,000.00');
    expect(shown()).toHaveLength(3);
  });

  it('shows what is so at once after the clock was set back by hours', async () => {
    const { channel, engine, wall, open, shown } = house();
    const { desk } = open();
    wall.set(epochMs(wall.now() + 7_200_000));
    await desk.refresh();
    wall.set(epochMs(wall.now() - 7_200_000));
    engine.see(worth(123_456));
    channel.pinned.clear();
    await desk.refresh();
    expect(JSON.stringify(shown()[0])).toContain('$123,456.00');
    expect([...channel.pinned]).toEqual(['1']);
  });

  it('says at a start that the broker was not asked yet, and the truth after the first refresh', async () => {
    const { engine, open, shown } = house();
    const broker = {
      connected: false,
      streaming: false,
      lastAnswer: undefined,
      problem: undefined,
    };
    engine.see(observation({ account: undefined, market: undefined, broker }));
    const { desk } = open();
    await desk.refresh();
    expect(shown()[0]?.content).toContain(
      '| HEALTHY | Market: unknown | Alpaca: ○ not asked yet |',
    );
    engine.see(observation());
    await desk.refresh();
    expect(shown()[0]?.content).toContain('| Market: ● OPEN');
    expect(shown()[0]?.content).toContain('| Alpaca: ● |');
  });

  it('does not count the time alone as a change', async () => {
    const { channel, clock, engine, wall, open } = house();
    const { desk } = open();
    await desk.refresh();
    channel.calls.length = 0;
    for (let minute = 1; minute <= 20; minute++) {
      clock.set(epochMs(NOW + minute * 60_000));
      wall.set(epochMs(wall.now() + 60_000));
      engine.see(observation());
      await desk.refresh();
    }
    expect(channel.calls).toHaveLength(0);
  });

  it('keeps its messages across a restart and pins unpinned ones', async () => {
    const { channel, open, shown } = house();
    for (let start = 0; start < 5; start++) {
      channel.pinned.clear();
      const { desk } = open();
      await desk.open();
      await desk.refresh();
      expect([...channel.pinned]).toEqual(['1']);
      await desk.offline('deploy');
      desk.close();
    }
    expect(shown()).toHaveLength(3);
    expect(shown()[0]?.content).toContain('OFFLINE');
  });

  it('posts and pins deleted messages again', async () => {
    const { channel, engine, wall, open } = house();
    const { desk } = open();
    await desk.refresh();
    channel.messages.delete('1');
    wall.set(epochMs(wall.now() + 15_000));
    engine.see(worth(1));
    await desk.refresh();
    expect([...channel.pinned]).toEqual(['1', '4']);
    expect(channel.messages.has('4')).toBe(true);
  });

  it('posts each message once, however often it is refreshed while Discord is slow', async () => {
    const { open, shown } = house();
    const { desk } = open();
    await Promise.all([desk.refresh(), desk.refresh(), desk.refresh()]);
    expect(shown()).toHaveLength(3);
    const end = [desk.refresh(), desk.offline('deploy')];
    await Promise.all(end);
    expect(shown()[0]?.content).toContain('OFFLINE');
  });

  it('retries after Discord failed', async () => {
    const { channel, open, shown } = house();
    const { desk } = open();
    channel.failures.push(away);
    await expect(desk.refresh()).rejects.toThrow('socket');
    await desk.refresh();
    expect(shown()).toHaveLength(3);
  });
});

describe('the outbox', () => {
  it('delivers in order and marks as delivered only what Discord accepted', async () => {
    const { channel, posts, journal, open, titles } = house();
    const { outbox } = open();
    journal.append(
      { kind: 'started', version: '1', mode: 'SANDBOX' },
      { kind: 'state', state: 'HALT', by: 'ines', reason: 'lunch' },
    );
    channel.failures.push(away);
    await expect(outbox.tell()).rejects.toThrow('socket');
    expect([posts.told(), titles()]).toEqual([0, []]);
    await outbox.tell();
    expect([posts.told(), titles()]).toEqual([2, ['● Started', '■ Trading HALT']]);
  });

  it('delivers nothing twice when called twice at once', async () => {
    const { channel, journal, open, titles } = house();
    const { outbox } = open();
    journal.append(
      { kind: 'started', version: '1', mode: 'SANDBOX' },
      { kind: 'stopped', reason: 'x' },
    );
    await Promise.all([outbox.tell(), outbox.tell()]);
    expect(titles()).toHaveLength(2);
    expect(channel.calls.filter((call) => call === 'send')).toHaveLength(2);
  });

  it('delivers nothing twice when it stops between two messages and restarts', async () => {
    const { channel, journal, open, titles } = house();
    journal.append(
      { kind: 'started', version: '1', mode: 'SANDBOX' },
      { kind: 'alert', alert: alert() },
      { kind: 'stopped', reason: 'power' },
    );
    const first = open().outbox;
    channel.calls.length = 0;
    const third = handFailureAt(channel, 3);
    await expect(first.tell()).rejects.toThrow('socket');
    third();
    await open().outbox.tell();
    expect(titles()).toEqual(['● Started', '✗ Error · broker away', '○ Stopped']);
  });

  it('reuses the nonce when the answer was lost', async () => {
    const { channel, journal, open, titles } = house();
    journal.append({ kind: 'started', version: '1', mode: 'SANDBOX' });
    channel.loseAnswer(away);
    await expect(open().outbox.tell()).rejects.toThrow('socket');
    await open().outbox.tell();
    expect(titles()).toEqual(['● Started']);
  });

  it('keeps one message per rebalance, with its orders in one more in the thread', async () => {
    const { channel, journal, open, shown } = house();
    const { outbox } = open();
    const decision = decided();
    for (const entry of [ACCOUNT_ENTRY, ...carriedOut(decision)]) {
      journal.append(entry);
      await outbox.tell();
    }
    const titlesIn = (id: string) => channel.in(id).map(({ embeds }) => embeds[0]?.title);
    expect(titlesIn('c1')).toEqual([`✓ Rebalanced · ${decision.id}`]);
    expect(titlesIn('t1')).toEqual(['Decision', 'Orders']);
    const orders = channel.in('t1').at(-1)?.embeds[0]?.description ?? '';
    for (const { side, ticker } of decision.plan.orders) {
      expect(orders).toMatch(new RegExp(`✓ ${side} +${ticker} +[\\d.]+ +100\\.00`));
    }
    const text = JSON.stringify(shown()[0]);
    for (const order of decision.plan.orders) expect(text).toContain(order.ticker);
  });

  it('makes one message of 500 equal errors, counts them, and closes it once', async () => {
    const { channel, journal, open, shown, titles } = house();
    const { outbox } = open();
    for (let count = 0; count < 500; count++) {
      journal.append({ kind: 'alert', alert: alert() });
      if (count % 10 === 0) await outbox.tell();
    }
    await outbox.tell();
    expect(shown()).toHaveLength(1);
    expect(JSON.stringify(shown()[0])).toContain('Seen 500 times');
    journal.append({ kind: 'resolved', subject: parseSubject('broker'), text: 'it answers again' });
    await outbox.tell();
    expect(titles()).toEqual(['✓ Resolved · broker away']);
    expect(channel.calls.filter((call) => call === 'send')).toHaveLength(1);
  });

  it('continues to count an open incident after a restart, and one that returns soon', async () => {
    const { journal, open, shown, titles } = house();
    const raise: Entry = { kind: 'alert', alert: alert() };
    journal.append(raise, raise);
    await open().outbox.tell();
    journal.append(raise);
    await open().outbox.tell();
    expect(JSON.stringify(shown()[0])).toContain('Seen 3 times');
    journal.append({ kind: 'resolved', subject: parseSubject('broker'), text: 'back' }, raise);
    await open().outbox.tell();
    expect(titles()).toEqual(['✗ Error · broker away']);
    expect(JSON.stringify(shown()[0])).toContain('Seen 4 times');
  });

  it('mentions the role only for a critical alert', async () => {
    const { journal, open, shown } = house();
    journal.append(
      { kind: 'alert', alert: alert({ subject: parseSubject('a'), severity: 'critical' }) },
      { kind: 'alert', alert: alert({ subject: parseSubject('b') }) },
    );
    await open().outbox.tell();
    expect(shown().map((message) => [message.content, message.mention])).toEqual([
      ['<@&9>', '9'],
      ['', undefined],
    ]);
  });

  it('does not let a message that Discord will never accept block the others', async () => {
    const { channel, journal, errors, open, titles } = house();
    journal.append(
      { kind: 'started', version: '1', mode: 'SANDBOX' },
      { kind: 'stopped', reason: 'deploy' },
    );
    const refused = new MessageRefused('50035 too long');
    channel.failures.push(refused, refused);
    await open().outbox.tell();
    expect(titles()).toEqual([expect.stringContaining('could not be shown'), '○ Stopped']);
    expect(errors).toEqual([expect.stringContaining('50035'), expect.stringContaining('50035')]);
  });

  it('delivers nothing that is not for people', async () => {
    const { posts, journal, open, shown } = house();
    journal.append(ACCOUNT_ENTRY, { kind: 'regime', asOf: decided().asOf, regime: 'bull' });
    await open().outbox.tell();
    expect([shown(), posts.told()]).toEqual([[], 2]);
  });

  it('reports each day, week and month once, across restarts, holidays and half days', async () => {
    const { journal, open, shown } = house();
    journal.append(ACCOUNT_ENTRY, baseline());
    // Thanksgiving is no session, the Friday after it is half a one and ends week and month alike.
    for (const day of ['2025-11-25', '2025-11-26', '2025-11-28', '2025-12-01']) {
      journal.append(close(day, 101_000, 601));
      for (const _ of [1, 2]) await open().outbox.tell();
    }
    const titles = shown().map(({ embeds }) => embeds[0]?.title);
    expect(titles).toEqual(['Week 2025-W48', 'Month 2025-11', 'Months', 'Close of Mon 2025-12-01']);
  });

  it('has one message for the days of a week, edited each evening, until the weekly report replaces it', async () => {
    const { journal, open, shown } = house();
    journal.append(ACCOUNT_ENTRY, baseline());
    const days = ['2025-11-17', '2025-11-18', '2025-11-19', '2025-11-20'];
    for (const [index, day] of days.entries()) {
      journal.append(close(day, 101_000 + index * 500, 601));
      await open().outbox.tell();
      expect(shown().map(({ embeds }) => embeds[0]?.title)).toEqual([
        expect.stringContaining(`Close of ${['Mon', 'Tue', 'Wed', 'Thu'][index]} ${day}`),
      ]);
    }
    const body = shown()[0]?.embeds[0]?.description ?? '';
    for (const day of days) expect(body).toContain(day);
    journal.append(close('2025-11-21', 103_000, 601));
    await open().outbox.tell();
    expect(shown().map(({ embeds }) => embeds[0]?.title)).toEqual(['Week 2025-W47']);
  });

  it('reports a week whose last close was missed after the next close', async () => {
    const { journal, open, shown } = house();
    journal.append(ACCOUNT_ENTRY, baseline());
    for (const day of ['2025-11-20', '2025-11-24']) {
      journal.append(close(day, 101_000, 601));
      await open().outbox.tell();
    }
    const titles = shown().map(({ embeds }) => embeds[0]?.title);
    expect(titles.filter((title) => title?.startsWith('Week'))).toEqual(['Week 2025-W47']);
  });
});

/** The n-th call from now fails; the returned function ends that. */
function handFailureAt(channel: HandChannel, n: number): () => void {
  const shift = channel.failures.shift.bind(channel.failures);
  channel.failures.shift = () => (channel.calls.length >= n ? away : shift());
  return () => {
    channel.failures.shift = shift;
  };
}
