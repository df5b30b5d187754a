/** A Discord channel by hand: what it holds, what it was asked, and what it shall fail at. */
import { type Channel, type Message, MessageGone } from '#bot/channel.ts';

export interface HandChannel extends Channel {
  /** By id, oldest first. */
  readonly messages: Map<string, Message>;
  readonly pinned: Set<string>;
  /** `send`, `edit 1`, `pin 1`, in the order they were tried. */
  readonly calls: string[];
  /** The next calls fail with these, one each. */
  readonly failures: Error[];
  /** The next send is carried out and then fails: its answer was lost. */
  loseAnswer(error: Error): void;
}

export function handChannel(id = 'c1'): HandChannel {
  const messages = new Map<string, Message>();
  const nonces = new Map<string, string>();
  const pinned = new Set<string>();
  const calls: string[] = [];
  const failures: Error[] = [];
  let lost: Error | undefined;
  let next = 1;
  const tried = (call: string): void => {
    calls.push(call);
    const failure = failures.shift();
    if (failure) throw failure;
  };
  const place = (message: Message, nonce: string): string => {
    const known = nonces.get(nonce);
    if (known !== undefined) return known;
    const made = String(next++);
    nonces.set(nonce, made);
    messages.set(made, message);
    return made;
  };
  return {
    id,
    messages,
    pinned,
    calls,
    failures,
    loseAnswer: (error) => {
      lost = error;
    },
    send: async (message, nonce) => {
      tried('send');
      const made = place(message, nonce);
      const failure = lost;
      lost = undefined;
      if (failure) throw failure;
      return made;
    },
    edit: async (messageId, message) => {
      tried(`edit ${messageId}`);
      if (!messages.has(messageId)) throw new MessageGone(messageId);
      messages.set(messageId, message);
    },
    pin: async (messageId) => {
      tried(`pin ${messageId}`);
      pinned.add(messageId);
    },
    find: async (messageId) =>
      messages.has(messageId) ? { pinned: pinned.has(messageId) } : undefined,
  };
}
