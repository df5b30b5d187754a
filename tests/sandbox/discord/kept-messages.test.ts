import { expect, it } from 'vitest';
import { UNLIMITED } from '#sandbox/discord/rate-limits.ts';
import { call, startDiscord } from './support.ts';

/** How many of seven messages a channel still has. */
async function leftOfSeven(messagesKept: number | undefined): Promise<number> {
  const kept = messagesKept === undefined ? {} : { messagesKept };
  const discord = await startDiscord({ rateLimits: UNLIMITED, ...kept });
  for (let index = 0; index < 7; index++) {
    await call(discord, 'POST', `/channels/${discord.channelId}/messages`, { content: `${index}` });
  }
  const left = discord.store.messagesOf(discord.channelId, { limit: 100 }).length;
  await discord.close();
  return left;
}

it('A channel keeps as many of its latest messages as it is asked to, and everything when asked.', async () => {
  expect(await leftOfSeven(3)).toBe(3);
  expect(await leftOfSeven(Number.MAX_SAFE_INTEGER)).toBe(7);
});
