/** Where messages go when the channel does not take them, and the way back. */

import { afterEach, describe, expect, it } from 'vitest';
import { parseSubject } from '#core/domain/alert.ts';
import {
  driven,
  eventually,
  type HandHouse,
  handHouse,
  messagesIn,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { decided } from '#tests/support/deciding.ts';
import { alert, baseline, carriedOut, close, observation } from '#tests/support/desk.ts';

let open: HandHouse | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function started() {
  const house = await handHouse();
  open = house;
  house.journal.append(baseline());
  const { fallbackChannelId, ownerId } = house.discord;
  const bot = await house.open({ fallbackChannelId, ownerId });
  await eventually(house, () => titlesIn(house).length).toBe(3);
  await eventually(house, () => house.posts.told()).toBe(1);
  return { house, bot };
}

const say = ({ journal }: HandHouse, reason: string): void =>
  void journal.append({ kind: 'state', state: 'HALT', by: 'ines', reason });

const directOf = ({ discord }: HandHouse): string =>
  discord.store
    .all<{ readonly id: string; readonly kind: string }>('channel')
    .find(({ kind }) => kind === 'direct')?.id ?? '';

const textsIn = (house: HandHouse, channelId?: string): string =>
  JSON.stringify(messagesIn(house, channelId).map(({ embeds }) => embeds));

const STEPS = ['Decision', 'Orders'];

describe('A channel that does not accept messages', () => {
  it('is replaced by the second channel for news and dashboard, with a sentence that says why', async () => {
    const { house, bot } = await started();
    const { discord } = house;
    discord.act.deleteChannel(discord.channelId);
    say(house, 'first');
    await eventually(house, () => textsIn(house, discord.fallbackChannelId)).toContain('first');
    await eventually(house, () => titlesIn(house, discord.fallbackChannelId)).toContain('■ HALTED');
    const [message] = messagesIn(house, discord.fallbackChannelId);
    expect(message?.content).toContain('Rotor cannot post in its channel');
    expect(bot.health().missing).toContain('View Channel');
    expect(bot.health().problem).toContain('takes no messages');
  });

  it('is replaced by direct messages to the owner if the second channel is deleted, too', async () => {
    const { house } = await started();
    const { discord } = house;
    discord.act.deleteChannel(discord.channelId);
    discord.act.deleteChannel(discord.fallbackChannelId);
    say(house, 'for the owner');
    await eventually(house, () => textsIn(house, directOf(house))).toContain('for the owner');
    await eventually(house, () => house.posts.told()).toBe(house.journal.book().seq);
  });

  it('makes everything wait if nothing else works, and it is delivered in order later', async () => {
    const { house, bot } = await started();
    const { discord } = house;
    for (const id of [discord.channelId, discord.fallbackChannelId])
      discord.act.overwriteForBot(id, { deny: ['ViewChannel'] });
    discord.act.setDirectOpen('admin', false);
    say(house, 'one');
    say(house, 'two');
    await eventually(house, () => bot.health().problem).toBeDefined();
    expect(bot.health().owed).toBe(2);
    discord.act.overwriteForBot(discord.channelId, {});
    await eventually(house, () => house.posts.told()).toBe(house.journal.book().seq);
    const told = messagesIn(house)
      .filter(({ embeds }) => embeds[0]?.['title'] === '■ Trading HALT')
      .map(({ embeds }) => String(embeds[0]?.['description']));
    expect(told).toEqual([expect.stringContaining('one'), expect.stringContaining('two')]);
  });

  it('is used again by itself after a while, with one header and no copies elsewhere', async () => {
    const { house, bot } = await started();
    const { discord } = house;
    discord.act.overwriteForBot(discord.channelId, { deny: ['ViewChannel'] });
    say(house, 'away');
    const second = discord.fallbackChannelId;
    await eventually(house, () => titlesIn(house, second)).toContain('■ Trading HALT');
    await eventually(house, () => titlesIn(house, second).length).toBe(4);
    discord.act.overwriteForBot(discord.channelId, {});
    house.pace.advance(60_000);
    house.journal.append({ kind: 'state', state: 'RUN', by: 'ines', reason: 'home again' });
    await eventually(house, () => titlesIn(house)).toContain('● Trading RUN');
    await eventually(house, () => titlesIn(house, second)).toEqual(['■ Trading HALT']);
    const headers = messagesIn(house).filter(({ content }) => content.startsWith('ROTOR |'));
    expect(headers).toHaveLength(1);
    await eventually(house, () => bot.health().problem).toBeUndefined();
  });

  it('leaves no copy of the dashboard behind, also where both channels were closed in turn', async () => {
    const { house } = await started();
    const { discord } = house;
    const { channelId, fallbackChannelId: second } = discord;
    discord.act.overwriteForBot(channelId, { deny: ['ViewChannel'] });
    await eventually(house, () => titlesIn(house, second).length).toBe(3);
    discord.act.overwriteForBot(second, { deny: ['ViewChannel'] });
    await eventually(house, () => titlesIn(house, directOf(house)).length, 5_000).toBe(3);
    discord.act.overwriteForBot(channelId, {});
    const see = () => house.engine.see(observation());
    await eventually(house, () => [see(), titlesIn(house, directOf(house))][1]).toEqual([]);
    expect(titlesIn(house, second)).toHaveLength(3);
    discord.act.overwriteForBot(second, {});
    await eventually(house, () => titlesIn(house, second)).toEqual([]);
    expect(titlesIn(house)).toHaveLength(3);
  });

  it('and is not the desk any more after a restart keeps no dashboard', async () => {
    const { house, bot } = await started();
    const { channelId: old, fallbackChannelId: next } = house.discord;
    await driven(house.pace, bot.stop('moved'));
    await house.open({ channelId: next, fallbackChannelId: old });
    await eventually(house, () => titlesIn(house, next).length).toBe(3);
    await eventually(house, () => titlesIn(house, old)).toEqual([]);
  });

  it('is no problem any more once its permissions are back, before the next message', async () => {
    const { house, bot } = await started();
    const { discord } = house;
    discord.act.overwriteForBot(discord.channelId, { deny: ['SendMessages'] });
    say(house, 'away');
    await eventually(house, () => bot.health().problem).toContain('takes no messages');
    discord.act.overwriteForBot(discord.channelId, {});
    await eventually(house, () => bot.health().problem).toBeUndefined();
    expect(titlesIn(house)).toHaveLength(3);
  });

  it('does not affect an alert posted elsewhere, which is edited in place', async () => {
    const { house } = await started();
    const { discord } = house;
    discord.act.overwriteForBot(discord.channelId, { deny: ['SendMessages'] });
    house.journal.append({ kind: 'alert', alert: alert() });
    const second = discord.fallbackChannelId;
    await eventually(house, () => titlesIn(house, second)).toContain('✗ Error · broker away');
    discord.act.overwriteForBot(discord.channelId, {});
    house.journal.append({
      kind: 'resolved',
      subject: parseSubject('broker'),
      text: 'it answers again',
    });
    await eventually(house, () => titlesIn(house, second)).toContain('✓ Resolved · broker away');
    expect(titlesIn(house)).toHaveLength(3);
  });

  it('gets a deleted thread again with everything posted in it', async () => {
    const { house } = await started();
    const { discord } = house;
    const decision = decided();
    const [made, ...rest] = carriedOut(decision);
    if (made) house.journal.append(made);
    const summary = () =>
      messagesIn(house).find(({ embeds }) => String(embeds[0]?.['title']).includes(decision.id));
    await eventually(house, () => titlesIn(house, summary()?.id)).toEqual(STEPS);
    discord.act.deleteChannel(summary()?.id ?? '');
    house.journal.append(...rest);
    const threads = () =>
      discord.store
        .all<{ readonly id: string; readonly kind: string }>('channel')
        .filter(({ kind }) => kind === 'thread');
    await eventually(house, () => house.posts.told(), 600).toBe(house.journal.book().seq);
    expect(threads()).toHaveLength(1);
    expect(titlesIn(house, threads()[0]?.id)).toEqual(STEPS);
  });

  it('unarchives a thread, which then continues', async () => {
    const { house } = await started();
    const { discord } = house;
    const decision = decided();
    const [made, ...rest] = carriedOut(decision);
    if (made) house.journal.append(made);
    const summary = () =>
      messagesIn(house).find(({ embeds }) => String(embeds[0]?.['title']).includes(decision.id));
    await eventually(house, () => titlesIn(house, summary()?.id)).toEqual(STEPS);
    discord.act.archiveThread(summary()?.id ?? '');
    house.journal.append(...rest);
    await eventually(house, () => house.posts.told(), 600).toBe(house.journal.book().seq);
    expect(titlesIn(house, summary()?.id)).toEqual(STEPS);
    const orders = messagesIn(house, summary()?.id).at(-1);
    expect(JSON.stringify(orders?.embeds)).toContain('✓ ');
  });
});

describe('A channel that does not accept files', () => {
  it('gets the numbers as text, in order, and everything after them', async () => {
    const { house } = await started();
    const { channelId, fallbackChannelId } = house.discord;
    house.discord.act.overwriteForBot(channelId, { deny: ['AttachFiles'] });
    const week = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
    for (const [index, day] of week.entries())
      house.journal.append(close(day, 100_000 + index * 500, 600 + index));
    house.journal.append({ kind: 'alert', alert: alert({ title: 'Drawdown limit' }) });
    await eventually(house, () => house.posts.told(), 600).toBe(house.journal.book().seq);
    expect(titlesIn(house).some((title) => title.includes('Drawdown limit'))).toBe(true);
    expect(titlesIn(house, fallbackChannelId)).toEqual([]);
    const report = messagesIn(house).find(({ embeds }) =>
      `${embeds[0]?.['title']}`.includes('Week'),
    );
    expect(report?.attachments).toEqual([]);
    expect(JSON.stringify(report?.embeds)).toContain('Alpha');
  });
});
