import { describe, expect, it } from 'vitest';
import { createDashboard } from '#bot/dashboard.ts';
import { createMessageStore } from '#bot/messages/message-store.ts';
import { parseSubject } from '#core/domain/alert.ts';
import type { NoticePlaces } from '#core/domain/notices.ts';
import { sessionDate } from '#core/domain/units.ts';
import { MODELS } from '#models/list.ts';
import { handChannel } from '#tests/support/channel.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import {
  ACCOUNT_ENTRY,
  alert,
  baseline,
  carriedOut,
  close,
  handEngine,
  memoryPosts,
  NOW,
} from '#tests/support/desk.ts';
import { SAMPLES } from '#tests/support/entries.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';
import { outboxOver } from '#tests/support/outbox.ts';

/** A desk with its dashboard in the channel `c1`, under that setting. */
async function house(notify: NoticePlaces = {}) {
  const [channel, posts, clock] = [handChannel(), memoryPosts(), leapingClock(NOW)];
  const journal = memoryJournal(clock);
  const engine = handEngine(journal, clock);
  const draw = async (): Promise<Uint8Array> => Uint8Array.of(1);
  const log = silentLog;
  const messageStore = createMessageStore({
    channel,
    posts,
    draw,
    log,
    journalCreatedAt: () => 'b',
  });
  const wall = clock;
  const desk = createDashboard({
    engine,
    models: MODELS,
    messageStore,
    clocks: { market: clock, wall },
  });
  await desk.refresh();
  const outbox = outboxOver({
    ...{ engine, journal, posts, messageStore, wall, notify },
    alertRoleId: '9',
  });
  const titles = (place: string) => channel.in(place).map(({ embeds }) => embeds[0]?.title ?? '');
  const news = () => titles('c1').slice(3);
  return { channel, posts, journal, engine, desk, outbox, titles, news, aside: () => titles('t1') };
}

const drift = (severity: 'warning' | 'critical') =>
  ({
    kind: 'alert',
    alert: alert({ severity, subject: parseSubject('drift XLK'), title: 'drift' }),
  }) as const;

describe('the place of a message', () => {
  it('is the channel unless something else is set', async () => {
    const { journal, outbox, news, aside } = await house();
    journal.append(drift('warning'));
    await outbox.tell();
    expect([news(), aside()]).toEqual([['▲ Warning · drift'], []]);
  });

  it('is the dashboard’s thread, silently, if the setting says so', async () => {
    const { channel, journal, outbox, news, aside } = await house({ drift: 'thread' });
    journal.append(drift('warning'));
    await outbox.tell();
    expect([news(), aside()]).toEqual([[], ['▲ Warning · drift']]);
    expect(channel.in('t1')[0]?.silent).toBe(true);
    journal.append({ kind: 'resolved', subject: parseSubject('drift XLK'), text: 'back' });
    await outbox.tell();
    expect([news(), aside()]).toEqual([[], ['✓ Resolved · drift']]);
  });

  it('is the thread of the dashboard that is there now', async () => {
    const { channel, journal, desk, outbox, titles } = await house({ drift: 'thread' });
    journal.append(drift('warning'));
    await outbox.tell();
    channel.messages.delete('1');
    desk.touched();
    await desk.refresh();
    const header = [...channel.messages].find(([, { content }]) => content.startsWith('ROTOR'));
    const about = { subject: parseSubject('drift XLE'), title: 'another drift' };
    journal.append({ kind: 'alert', alert: alert({ severity: 'warning', ...about }) });
    await outbox.tell();
    expect(titles(`t${header?.[0]}`)).toEqual(['▲ Warning · another drift']);
  });

  it('is nowhere if it is off, but critical alerts are always reported', async () => {
    const { journal, outbox, news } = await house({ drift: 'off' });
    journal.append(drift('warning'));
    await outbox.tell();
    expect(news()).toEqual([]);
    journal.append(drift('critical'));
    await outbox.tell();
    expect(news()).toEqual(['■ CRITICAL · drift']);
  });

  it('is what an admin chose in Discord, before the setting', async () => {
    const { journal, engine, outbox, news, aside } = await house({ drift: 'off' });
    engine.placeNotice('drift', 'thread', 'ada');
    journal.append(drift('warning'));
    await outbox.tell();
    expect(news()).toEqual(['Messages of drift: in a thread, without a sound']);
    expect(aside()).toEqual(['▲ Warning · drift']);
  });

  it('is the channel if no thread can be started or the thread is gone', async () => {
    const { channel, journal, outbox, news } = await house({ drift: 'thread' });
    channel.threads = false;
    journal.append(drift('warning'));
    await outbox.tell();
    expect(news()).toEqual(['▲ Warning · drift']);
  });

  it('keeps the days of a week out of the channel, but posts the week’s report in it', async () => {
    const { journal, outbox, news } = await house({ daily: 'off' });
    journal.append(ACCOUNT_ENTRY, baseline(100_000), close('2026-11-19', 100_100, 500));
    await outbox.tell();
    expect(news().filter((title) => title.startsWith('Close'))).toEqual([]);
    journal.append(close('2026-11-20', 100_200, 501));
    await outbox.tell();
    expect(news().some((title) => title.startsWith('Week'))).toBe(true);
  });

  it('shows the latest close of a week, although an earlier one is checked later', async () => {
    const { journal, outbox, news } = await house();
    const isDay = (title: string): boolean => title.startsWith('Close of');
    journal.append(ACCOUNT_ENTRY, baseline(100_000), close('2026-11-27', 100_000, 500));
    journal.append(close('2026-11-30', 100_100, 501), close('2026-12-01', 100_200, 502));
    await outbox.tell();
    journal.append({ ...SAMPLES['month-checked'], session: sessionDate('2026-11-30') });
    await outbox.tell();
    expect(news().filter(isDay)).toEqual(['Close of Tue 2026-12-01']);
  });

  it('does not bring a day back whose week was reported, when its month is checked', async () => {
    const { channel, journal, outbox, news } = await house();
    journal.append(ACCOUNT_ENTRY, baseline(100_000), close('2026-11-27', 100_000, 500));
    journal.append(close('2026-11-30', 100_100, 501));
    await outbox.tell();
    journal.append(close('2026-12-04', 100_300, 503));
    await outbox.tell();
    expect(news().filter((title) => title.startsWith('Close of'))).toEqual([]);
    channel.calls.length = 0;
    journal.append({ ...SAMPLES['month-checked'], session: sessionDate('2026-11-30') });
    await outbox.tell();
    expect(channel.calls.filter((call) => call === 'send')).toEqual([]);
  });

  it('is for orders the thread of their rebalance, the channel, or nowhere', async () => {
    for (const [place, inThread, inChannel] of [
      ['thread', true, false],
      ['channel', true, true],
      ['off', false, false],
    ] as const) {
      const { channel, journal, engine, outbox } = await house();
      engine.placeNotice('fills', place, 'ada');
      journal.append(ACCOUNT_ENTRY, baseline(100_000), ...carriedOut(decided()));
      await outbox.tell();
      const where = [...channel.messages].flatMap(([id, { embeds }]) =>
        embeds[0]?.title === 'Orders' ? [channel.places.get(id)] : [],
      );
      expect([place, where.includes('c1'), where.some((each) => each !== 'c1')]).toEqual([
        place,
        inChannel,
        inThread,
      ]);
    }
  });
});
