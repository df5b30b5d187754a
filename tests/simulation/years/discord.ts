/** Discord as one process reaches it: what it took, and how often it does not answer. */
import type { Channel } from '#bot/discord/channel.ts';
import { chanceOf } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Fuse } from './fuse.ts';

/** The messages that stand, by id. */
export interface Discord {
  /** Messages that were sent, edits left out. */
  sent(): number;
  /** The channel as a process knows it. */
  channelFor(fuse: Fuse): Channel;
}

/** Nothing stands there yet. A known nonce is answered with its first message. */
export function createDiscord(seed: number, faults: Faults): Discord {
  const messages = new Set<string>();
  let calls = 0;

  async function carried<T>(act: () => T): Promise<T> {
    calls += 1;
    const [down, flaky, unheard] = (
      ['discord-down', 'discord-flaky', 'discord-unheard'] as const
    ).map((kind) => faults.on(kind));
    const lost = down ?? (chanceOf(seed, 'discord', calls) < 1 / 3 ? flaky : undefined);
    if (lost) {
      faults.met(lost);
      throw new Error('Discord does not answer');
    }
    const result = act();
    if (!unheard) return result;
    faults.met(unheard);
    throw new Error('the answer of Discord was lost');
  }

  const channelFor = (fuse: Fuse): Channel => {
    const ask = <T>(act: () => T): Promise<T> => fuse.later(() => carried(act));
    const at = (id: string): Channel => ({
      id,
      at,
      send: (_, nonce) =>
        ask(() => {
          messages.add(nonce);
          return nonce;
        }),
      edit: () => ask(() => undefined),
      startThread: (messageId) => ask(() => `thread on ${messageId}`),
      remove: (messageId) => ask(() => void messages.delete(messageId)),
      pin: () => ask(() => undefined),
      ownSince: () => ask(() => []),
      find: () => ask(() => ({ pinned: true })),
    });
    return at('1');
  };
  return { sent: () => messages.size, channelFor };
}
