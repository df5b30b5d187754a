/** Converts messages to discord.js payloads, with or without files. */
import { type APIEmbed, AttachmentBuilder, MessageFlags } from 'discord.js';
import { cut } from '../format.ts';
import type { Message } from './channel.ts';

/**
 * A message as a discord.js payload. `attachments: []` removes the old chart, so that edits do not pile up
 * charts; mentions are disabled except for the role that the message names.
 */
export function payload({ content, embeds, components, file, documents = [], mention }: Message) {
  return {
    content,
    embeds: [...embeds],
    components: [...components],
    attachments: [],
    files: [
      ...(file ? [attachment(file.name, file.bytes, file.alt)] : []),
      ...documents.map(({ name, text }) => attachment(name, text)),
    ],
    allowedMentions: { parse: [], roles: mention === undefined ? [] : [mention] },
  };
}

/** Only a new message can be silent; edits never make a sound. */
export function flagsOf({ silent = false }: Message): {
  readonly flags?: MessageFlags.SuppressNotifications;
} {
  return silent ? { flags: MessageFlags.SuppressNotifications } : {};
}

/** The same message for channels that refuse files: the chart's numbers as text. */
export function withoutFiles(message: Message): Message {
  const { embeds, file, documents = [] } = message;
  const bare = embeds.map(({ image: _picture, ...rest }) => rest);
  const lost = documents.map(({ name }) => `-# ${name} could not be attached here.`);
  const text = [file?.alt, ...lost].filter((part) => part !== undefined).join('\n');
  return { ...message, embeds: withText(bare, text), file: undefined, documents: [] };
}

/** The embeds with the text appended to the last one's description, cut to 4,096 characters. */
export function withText(embeds: readonly APIEmbed[], text: string): readonly APIEmbed[] {
  const last = embeds.at(-1) ?? {};
  const description = [last.description, text].filter((part) => part !== undefined).join('\n');
  return [...embeds.slice(0, -1), { ...last, description: cut(description, 4096) }];
}

function attachment(name: string, content: Uint8Array | string, description?: string) {
  const about = description === undefined ? { name } : { name, description };
  return new AttachmentBuilder(Buffer.from(content), about);
}
