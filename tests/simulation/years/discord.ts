/** Discord as one process reaches it: what it took, and how often it does not answer. */
import { type Channel, headOf, type Message, MessageGone } from '#bot/discord/channel.ts';
import { chanceOf } from './chance.ts';
import type { Faults } from './faults.ts';
import type { Fuse } from './fuse.ts';

/** A message that people see. */
export interface Standing {
  readonly id: string;
  readonly head: string;
  /** Everything that it says. */
  readonly text: string;
  /** The ids of its buttons. */
  readonly buttons: readonly string[];
}

/** The messages that stand, by id. */
export interface Discord {
  /** Without those of a process whose journal was taken away again. */
  standing(): readonly Standing[];
  /** Undefined where it does not stand. */
  find(id: string): Standing | undefined;
  /** Others do not stand any more: no journal knows of them. */
  forgetAllBut(known: ReadonlySet<string>): void;
  /** Messages that were sent, edits left out. */
  sent(): number;
  /** The channel as a process knows it. */
  channelFor(fuse: Fuse): Channel;
}

/**
 * Nothing stands there yet. A known nonce is answered with its first message.
 * @param isForgotten whether no journal will know of what is sent now.
 */
export function createDiscord(
  seed: number,
  faults: Faults,
  isForgotten: () => boolean,
  now: () => number,
): Discord {
  const messages = new Map<string, Standing>();
  const sentAt = new Map<string, number>();
  const forgotten = new Set<string>();
  let count = 0;
  const put = (id: string, message: Message): void => {
    const { content, embeds } = message;
    const text = `${content} ${JSON.stringify(embeds)}`;
    messages.set(id, { id, head: headOf(content, embeds), text, buttons: buttonsOf(message) });
  };
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
      send: (message, nonce) =>
        ask(() => {
          if (messages.has(nonce)) return nonce;
          count += 1;
          sentAt.set(nonce, now());
          put(nonce, message);
          if (isForgotten()) forgotten.add(nonce);
          return nonce;
        }),
      edit: (messageId, message) =>
        ask(() => {
          if (!messages.has(messageId)) throw new MessageGone(messageId);
          put(messageId, message);
        }),
      startThread: (messageId) => ask(() => `thread on ${messageId}`),
      remove: (messageId) => ask(() => void messages.delete(messageId)),
      pin: () => ask(() => undefined),
      ownSince: (instant) =>
        ask(() => [...messages.values()].filter(({ id }) => (sentAt.get(id) ?? 0) >= instant)),
      find: () => ask(() => ({ pinned: true })),
    });
    return at('1');
  };
  return {
    standing: () => [...messages.values()].filter(({ id }) => !forgotten.has(id)),
    find: (id) => messages.get(id),
    forgetAllBut(known) {
      for (const id of [...messages.keys()]) if (!known.has(id)) messages.delete(id);
    },
    sent: () => count,
    channelFor,
  };
}

function buttonsOf({ components }: Message): readonly string[] {
  return [...JSON.stringify(components).matchAll(/"custom_id":"([^"]+)"/g)].flatMap(
    ([, id]) => id ?? [],
  );
}
