/** Direct messages about what waits for approval, through the real discord.js. */
import { afterEach, describe, expect, it } from 'vitest';
import type { PersonKey } from '#sandbox/discord/world.ts';
import {
  commandCount,
  eventually,
  type HandHouse,
  handHouse,
  messagesIn,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { baseline } from '#tests/support/desk.ts';

let open: HandHouse | undefined;
afterEach(async () => {
  await open?.close();
  open = undefined;
});

async function started(): Promise<HandHouse> {
  const house = await handHouse();
  open = house;
  house.journal.append(baseline());
  await house.open({ approverRoleId: house.discord.roles.approver });
  await eventually(house, () => titlesIn(house).length).toBe(3);
  await eventually(house, () => commandCount(house)).toBeGreaterThan(0);
  return house;
}

/** Presses *Notify me* on the dashboard. */
async function pressNotify(house: HandHouse, user: PersonKey): Promise<void> {
  const [header] = messagesIn(house);
  const before = house.journal.book().notified.size;
  house.discord.act.press({
    user,
    messageId: header?.id ?? '',
    customId: 'notify-me',
  });
  await eventually(house, () => house.journal.book().notified.size).not.toBe(before);
}

/** A plan in the channel that waits for ten minutes. */
async function askForPlan(house: HandHouse): Promise<string> {
  const { final } = house.discord.act.slash({ user: 'operator', command: 'rebalance' });
  await final;
  await eventually(house, () => house.posts.find('proposal:p1') !== undefined).toBe(true);
  return house.posts.find('proposal:p1')?.messageId ?? '';
}

const directOf = ({ discord }: HandHouse): string =>
  discord.store
    .all<{ readonly id: string; readonly kind: string }>('channel')
    .find(({ kind }) => kind === 'direct')?.id ?? '';

const said = (house: HandHouse): readonly string[] => titlesIn(house, directOf(house));

describe('a person who pressed Notify me', () => {
  it('gets one direct message with a link, a reminder, and a note when it is over', async () => {
    const house = await started();
    await pressNotify(house, 'approver');
    const planId = await askForPlan(house);
    await eventually(house, () => said(house)).toEqual(['Waits for approval · Plan p1']);
    const { guildId, channelId } = house.discord;
    const [first] = messagesIn(house, directOf(house));
    expect(JSON.stringify(first?.embeds)).toContain(
      `(https://discord.com/channels/${guildId}/${channelId}/${planId})`,
    );
    expect(first?.components).toEqual([]);
    await eventually(house, () => said(house), 5_000).toEqual([
      'Waits for approval · Plan p1',
      '▲ Still waits for approval · Plan p1',
    ]);
    await house.engine.answer('p1', 'rejected', { id: '1', name: 'omar' });
    await eventually(house, () => said(house)).toEqual(['No longer waiting', 'No longer waiting']);
  });

  it('gets nothing after a second press', async () => {
    const house = await started();
    await pressNotify(house, 'approver');
    await pressNotify(house, 'approver');
    await askForPlan(house);
    house.pace.advance(60_000);
    expect(directOf(house)).toBe('');
  });

  it('gets nothing once the role is gone', async () => {
    const house = await started();
    await pressNotify(house, 'approver');
    house.discord.act.takeRole('approver', 'approver');
    await askForPlan(house);
    const asked = () => house.posts.find(`dm:proposal:p1:${approverId(house)}:first`)?.contentHash;
    await eventually(house, asked).toBe('no role');
    expect(directOf(house)).toBe('');
  });

  it('is notified by a role mention if direct messages are closed', async () => {
    const house = await started();
    await pressNotify(house, 'approver');
    house.discord.act.setDirectOpen('approver', false);
    await askForPlan(house);
    const { roles } = house.discord;
    const mention = () => messagesIn(house).find(({ content }) => content.includes('<@&'));
    await eventually(house, () => mention()?.content).toBe(`<@&${roles.approver}>`);
    await house.engine.answer('p1', 'rejected', { id: '1', name: 'omar' });
    await eventually(house, () => mention()).toBeUndefined();
  });
});

const approverId = ({ journal }: HandHouse): string => [...journal.book().notified.keys()][0] ?? '';
