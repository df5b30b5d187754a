/** The little that Rotor needs of a Discord channel. */
import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from 'discord.js';

/** A text that is attached because it is too long for a message. */
export interface TextFile {
  /** `decision.json`; letters, digits, dots and hyphens. */
  readonly name: string;
  readonly text: string;
}

/** A post with its picture drawn: exactly what is sent. */
export interface Message {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIActionRowComponent<APIButtonComponent>[];
  readonly file:
    | { readonly name: string; readonly alt: string; readonly bytes: Uint8Array }
    | undefined;
  readonly documents?: readonly TextFile[];
  readonly mention: string | undefined;
  /** No phone rings for it. */
  readonly silent?: boolean;
}

/** Every call throws `ChannelClosed` when the channel is gone or does not let Rotor do it. */
export interface Channel {
  readonly id: string;
  /** Gives the message's id. A nonce that Discord saw within minutes gives the first one's. */
  send(message: Message, nonce: string): Promise<string>;
  /** @throws MessageGone when somebody deleted it. */
  edit(messageId: string, message: Message): Promise<void>;
  /** Our own messages from that instant on, oldest first; those that answer a command are none. */
  ownSince(at: number): Promise<readonly { readonly id: string; readonly head: string }[]>;
  pin(messageId: string): Promise<void>;
  /** Undefined when it is gone. */
  find(messageId: string): Promise<{ readonly pinned: boolean } | undefined>;
  /** One that is gone already is as good as deleted. */
  remove(messageId: string): Promise<void>;
  /** Begins a thread on the message and gives its id; the one that stands there already counts. */
  startThread(messageId: string, name: string): Promise<string>;
  /** Another channel, or a thread, by its id. */
  at(channelId: string): Channel;
}

/** The message that was to be edited is not there any more. */
export class MessageGone extends Error {
  constructor(messageId: string) {
    super(`message ${messageId}: expected to edit it, found it deleted`);
    this.name = 'MessageGone';
  }
}

/** The channel is gone, or Rotor may not do that in it; another one may be better. */
export class ChannelClosed extends Error {
  /** In a few words, for people: `Missing Access`. */
  readonly reason: string;

  constructor(channelId: string, reason: string) {
    super(`channel ${channelId}: ${reason}`);
    this.name = 'ChannelClosed';
    this.reason = reason;
  }
}

/** Discord will never take this message as it is; sending it again changes nothing. */
export class MessageRefused extends Error {
  constructor(reason: string) {
    super(`message refused: ${reason}`);
    this.name = 'MessageRefused';
  }
}

/** Passes `ChannelClosed` as undefined; throws every other error on. */
export function closedIsUndefined(error: unknown): undefined {
  if (error instanceof ChannelClosed) return undefined;
  throw error;
}

/** What a message is known by when it is looked for: its first title, or its words. */
export function headOf(
  content: string,
  embeds: readonly { readonly title?: string | null }[],
): string {
  return embeds[0]?.title ?? content;
}
