/** Discord's channels by hand: what they hold, what they were asked, and what they shall fail at. */
import {
  type Channel,
  ChannelClosed,
  headOf,
  type Message,
  MessageGone,
} from '#bot/discord/channel.ts';

export interface HandChannel extends Channel {
  /** Of every channel and thread, by id, oldest first. */
  readonly messages: Map<string, Message>;
  /** The channel or thread in which each of them stands. */
  readonly places: Map<string, string>;
  readonly pinned: Set<string>;
  /** `send`, `edit 1`, `pin 1`, `remove 1`, `thread 1`, in the order they were tried. */
  readonly calls: string[];
  /** The next calls fail with these, one each. */
  readonly failures: Error[];
  /** Channels that take nothing. */
  readonly closed: Set<string>;
  /** Whether threads may be begun. */
  threads: boolean;
  /** What stands in the channel or thread, oldest first. */
  in(channelId: string): readonly Message[];
  /** The next send is carried out and then fails: its answer was lost. */
  loseAnswer(error: Error): void;
}

export function handChannel(id = 'c1'): HandChannel {
  const messages = new Map<string, Message>();
  const places = new Map<string, string>();
  const nonces = new Map<string, string>();
  const pinned = new Set<string>();
  const closed = new Set<string>();
  const calls: string[] = [];
  const failures: Error[] = [];
  let lost: Error | undefined;
  let next = 1;
  const tried = (call: string, channelId: string): void => {
    calls.push(call);
    const failure = failures.shift();
    if (failure) throw failure;
    if (closed.has(channelId)) throw new ChannelClosed(channelId, 'Missing Access');
  };
  const place = (message: Message, nonce: string, channelId: string): string => {
    const known = nonces.get(nonce);
    if (known !== undefined) return known;
    const made = String(next++);
    nonces.set(nonce, made);
    messages.set(made, message);
    places.set(made, channelId);
    return made;
  };
  const at = (channelId: string): Channel => ({
    id: channelId,
    send: async (message, nonce) => {
      tried('send', channelId);
      const made = place(message, nonce, channelId);
      const failure = lost;
      lost = undefined;
      if (failure) throw failure;
      return made;
    },
    edit: async (messageId, message) => {
      tried(`edit ${messageId}`, channelId);
      if (!messages.has(messageId)) throw new MessageGone(messageId);
      messages.set(messageId, message);
    },
    ownSince: async () =>
      [...messages].flatMap(([key, { content, embeds }]) =>
        places.get(key) === channelId ? [{ id: key, head: headOf(content, embeds) }] : [],
      ),
    pin: async (messageId) => {
      tried(`pin ${messageId}`, channelId);
      pinned.add(messageId);
    },
    find: async (messageId) =>
      messages.has(messageId) ? { pinned: pinned.has(messageId) } : undefined,
    remove: async (messageId) => {
      tried(`remove ${messageId}`, channelId);
      messages.delete(messageId);
    },
    startThread: async (messageId) => {
      tried(`thread ${messageId}`, channelId);
      if (!hand.threads) throw new ChannelClosed(channelId, 'Missing Permissions');
      // One that was deleted is begun anew with the same id.
      closed.delete(`t${messageId}`);
      return `t${messageId}`;
    },
    at,
  });
  const hand: HandChannel = {
    ...at(id),
    messages,
    places,
    pinned,
    calls,
    failures,
    closed,
    threads: true,
    in: (channelId) =>
      [...messages].flatMap(([key, message]) => (places.get(key) === channelId ? [message] : [])),
    loseAnswer: (error) => {
      lost = error;
    },
  };
  return hand;
}
