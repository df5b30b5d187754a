/** A message whose answer was lost: Discord may have it, and knows its nonce for minutes only. */
import { afterEach, describe, expect, it } from 'vitest';
import {
  driven,
  eventually,
  type HandHouse,
  handHouse,
  messagesIn,
  titleOf,
  titlesIn,
} from '#tests/support/bot-house.ts';
import { alert, baseline } from '#tests/support/desk.ts';

const MINUTE_MS = 60_000;

let house: HandHouse;
afterEach(() => house.close());

/** The answer to the next message is lost, and the bot is on the way to send it again. */
async function begun() {
  house = await handHouse();
  house.journal.append(baseline());
  const bot = await house.open();
  await eventually(house, () => titlesIn(house).length).toBe(3);
  await eventually(house, () => house.posts.told()).toBe(1);
  const { faults } = house.discord;
  const what = { kind: 'reset', after: true } as const;
  faults.inject({ on: 'http', method: 'POST', path: /\/messages$/, what });
  house.journal.append({ kind: 'state', state: 'HALT', by: 'ines', reason: 'once' });
  house.journal.append({ kind: 'alert', alert: alert({ title: 'Behind it' }) });
  await eventually(house, () => faults.met()).toHaveLength(1);
  return bot;
}

async function expectOnce(): Promise<void> {
  await eventually(house, () => house.posts.told(), 2_000).toBe(house.journal.book().seq);
  const titles = titlesIn(house);
  expect(titles.filter((title) => title.includes('Trading HALT'))).toHaveLength(1);
  expect(titles.filter((title) => title.includes('Behind it'))).toHaveLength(1);
}

describe('a message whose answer was lost', () => {
  it.each([2, 30])('exists once after %d minutes without Discord', async (minutes) => {
    await begun();
    const forMs = minutes * MINUTE_MS;
    house.discord.faults.inject({ on: 'everything', how: 'unavailable', forMs });
    await expectOnce();
  });

  it('exists once after a restart an hour later', async () => {
    const bot = await begun();
    house.discord.faults.inject({ on: 'everything', how: 'unavailable', forMs: 5 * MINUTE_MS });
    await driven(house.pace, bot.stop('restart'));
    house.pace.advance(60 * MINUTE_MS);
    await house.open();
    await expectOnce();
  });

  it('is sent again if somebody deleted it', async () => {
    await begun();
    const forMs = 30 * MINUTE_MS;
    const { act, faults } = house.discord;
    faults.inject({ on: 'everything', how: 'unavailable', forMs });
    const stray = () => messagesIn(house).find((each) => titleOf(each).includes('Trading HALT'));
    await eventually(house, stray).toBeDefined();
    act.deleteMessage({ messageId: stray()?.id ?? '' });
    await expectOnce();
  });
});
