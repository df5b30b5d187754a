import { type Client, DiscordAPIError } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { ChannelClosed, type Message, MessageRefused } from '#bot/discord/channel.ts';
import { createChannels } from '#bot/discord/discord-channel.ts';
import { silentLog } from '#tests/support/log.ts';

const MESSAGE: Message = {
  content: 'the news',
  embeds: [],
  components: [],
  file: undefined,
  mention: undefined,
};

/** A client whose only channel answers every message with this error. */
function refusing(error: unknown): Client {
  return answering(() => Promise.reject(error));
}

function answering(send: () => Promise<unknown>): Client {
  const channel = { isSendable: () => true, isThread: () => false, send };
  return { channels: { fetch: async () => channel } } as unknown as Client;
}

function answered(status: number, code: number | string): DiscordAPIError {
  const body = { code: 0, message: 'Bad Request' };
  return new DiscordAPIError(body, code, status, 'POST', '/messages', {
    body: undefined,
    files: undefined,
  });
}

function sent(error: unknown): Promise<string> {
  return sentTo(refusing(error));
}

function sentTo(client: Client): Promise<string> {
  const parts = { client, log: silentLog, onUnauthorised: () => undefined };
  return createChannels(parts).at('7').send(MESSAGE, 'nonce');
}

describe('a message that was not accepted', () => {
  it.each([50_035, 200_000])('is rejected for its content, by code %d', async (code) => {
    await expect(sent(answered(400, code))).rejects.toThrow(MessageRefused);
  });

  it.each([
    ['no direct messages of this server', 403, 50_278],
    ['no access', 403, 50_001],
    ['a code that is new', 403, 50_999],
    ['no direct messages, as a bad request', 400, 50_007],
    ['no such channel', 404, 10_003],
  ])('is rejected for its place: %s', async (_name, status, code) => {
    await expect(sent(answered(status, code))).rejects.toThrow(ChannelClosed);
  });

  it.each([
    ['a 403 without a code of its own', answered(403, 0)],
    ['a 400 without a code of its own', answered(400, 0)],
    ['an answer that is none of Discord’s', answered(400, 'Bad Request')],
    ['a fault of Discord', answered(500, 50_035)],
  ])('after %s is sent again unchanged', async (_name, error) => {
    await expect(sent(error)).rejects.toBe(error);
  });

  it('is not taken for sent when the answer names no message', async () => {
    await expect(sentTo(answering(async () => ({ id: '9' })))).resolves.toBe('9');
    await expect(sentTo(answering(async () => ({})))).rejects.toThrow('expected a message');
  });
});
