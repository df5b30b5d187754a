/** The subset of a Discord channel that Rotor needs. */
import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from 'discord.js';

/** A text attached as a file because it is too long for a message. */
export interface TextFile {
  /** `decision.json`; letters, digits, dots and hyphens. */
  readonly name: string;
  readonly text: string;
}

/** A post with its chart drawn: exactly what is sent. */
export interface Message {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIActionRowComponent<APIButtonComponent>[];
  readonly file:
    | { readonly name: string; readonly alt: string; readonly bytes: Uint8Array }
    | undefined;
  readonly documents?: readonly TextFile[];
  readonly mention: string | undefined;
  /** Sent without a notification sound. */
  readonly silent?: boolean;
}

/** A Discord channel. Every call throws `ChannelClosed` when the channel is gone or access is denied. */
export interface Channel {
  readonly id: string;
  /** Returns the message id. Repeating a nonce within minutes returns the id of the first message. */
  send(message: Message, nonce: string): Promise<string>;
  /** @throws MessageGone when the message was deleted. */
  edit(messageId: string, message: Message): Promise<void>;
  /** Rotor's own messages since that instant, oldest first, without answers to commands. */
  ownSince(at: number): Promise<readonly { readonly id: string; readonly head: string }[]>;
  pin(messageId: string): Promise<void>;
  /** Returns undefined when it is gone. */
  find(messageId: string): Promise<{ readonly pinned: boolean } | undefined>;
  /** Does nothing when the message is gone already. */
  remove(messageId: string): Promise<void>;
  /** Starts a thread on the message and returns its id; an existing one is reused. */
  startThread(messageId: string, name: string): Promise<string>;
  /** Another channel, or a thread, by its id. */
  at(channelId: string): Channel;
}

/** The message to edit no longer exists. */
export class MessageGone extends Error {
  constructor(messageId: string) {
    super(`message ${messageId}: expected to edit it, found it deleted`);
    this.name = 'MessageGone';
  }
}

/** The channel is gone or access is denied; another channel may work. */
export class ChannelClosed extends Error {
  /** Short reason for people: `Missing Access`. */
  readonly reason: string;

  constructor(channelId: string, reason: string) {
    super(`channel ${channelId}: ${reason}`);
    this.name = 'ChannelClosed';
    this.reason = reason;
  }
}

/** Discord will never accept this message; sending it again cannot help. */
export class MessageRefused extends Error {
  constructor(reason: string) {
    super(`message refused: ${reason}`);
    this.name = 'MessageRefused';
  }
}

/** Turns `ChannelClosed` into undefined; rethrows every other error. */
export function closedIsUndefined(error: unknown): undefined {
  if (error instanceof ChannelClosed) return undefined;
  throw error;
}

/** Text by which a message can be found again: its first title, or its content. */
export function headOf(
  content: string,
  embeds: readonly { readonly title?: string | null }[],
): string {
  return embeds[0]?.title ?? content;
}
