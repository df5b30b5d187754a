/** The little that Rotor needs of a Discord channel. */
import type { APIActionRowComponent, APIButtonComponent, APIEmbed } from 'discord.js';
import type { Log } from '#core/ports.ts';
import type { Draw } from '../charts/draw.ts';
import { cut } from '../format.ts';
import type { Post, TextFile } from '../post.ts';

/** A post with its picture drawn: exactly what is sent. */
export interface Message {
  readonly content: string;
  readonly embeds: readonly APIEmbed[];
  readonly components: readonly APIActionRowComponent<APIButtonComponent>[];
  readonly file:
    | { readonly name: string; readonly alt: string; readonly bytes: Uint8Array }
    | undefined;
  readonly document?: TextFile | undefined;
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

/** What a message is known by when it is looked for: its first title, or its words. */
export function headOf(
  content: string,
  embeds: readonly { readonly title?: string | null }[],
): string {
  return embeds[0]?.title ?? content;
}

/** Draws the picture into the last embed. One that cannot be drawn leaves the numbers as text. */
export async function toMessage(post: Post, draw: Draw, log: Log): Promise<Message> {
  const { content = '', embeds, components = [], chart, file: document, mention } = post;
  const plain = { content, embeds, components, file: undefined, document, mention };
  if (!chart) return plain;
  const bytes = await draw(chart).catch((error: unknown) => {
    log.warn(`chart ${chart.name} was not drawn; its numbers go out as text`, {
      error: String(error),
    });
    return undefined;
  });
  if (!bytes) return { ...plain, embeds: withText(embeds, chart.alt) };
  const last = embeds.at(-1) ?? {};
  const pictured = { ...last, image: { url: `attachment://${chart.name}` } };
  return {
    ...plain,
    embeds: [...embeds.slice(0, -1), pictured],
    file: { name: chart.name, alt: chart.alt, bytes },
  };
}

/** What Discord takes where files are not taken: the picture's numbers as text. */
export function withoutFiles(message: Message): Message {
  const { embeds, file, document } = message;
  const bare = embeds.map(({ image: _picture, ...rest }) => rest);
  const lost = document && `-# ${document.name} could not be attached here.`;
  const text = [file?.alt, lost].filter((part) => part !== undefined).join('\n');
  return { ...message, embeds: withText(bare, text), file: undefined, document: undefined };
}

function withText(embeds: readonly APIEmbed[], text: string): readonly APIEmbed[] {
  const last = embeds.at(-1) ?? {};
  const description = [last.description, text].filter((part) => part !== undefined).join('\n');
  return [...embeds.slice(0, -1), { ...last, description: cut(description, 4096) }];
}
