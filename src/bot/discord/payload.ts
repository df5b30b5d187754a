import { AttachmentBuilder, MessageFlags } from 'discord.js';
import type { Message } from './channel.ts';

/**
 * A message in discord.js's words. `attachments: []` takes an older picture away, so that edits do
 * not pile pictures up; mentions are off but for the one role that the message names.
 */
export function payload({ content, embeds, components, file, document, mention }: Message) {
  return {
    content,
    embeds: [...embeds],
    components: [...components],
    attachments: [],
    files: [
      ...(file ? [attachment(file.name, file.bytes, file.alt)] : []),
      ...(document ? [attachment(document.name, document.text)] : []),
    ],
    allowedMentions: { parse: [], roles: mention === undefined ? [] : [mention] },
  };
}

/** Only a new message can be silent: an edit never makes a sound. */
export function flagsOf({ silent = false }: Message): {
  readonly flags?: MessageFlags.SuppressNotifications;
} {
  return silent ? { flags: MessageFlags.SuppressNotifications } : {};
}

function attachment(name: string, content: Uint8Array | string, description?: string) {
  const about = description === undefined ? { name } : { name, description };
  return new AttachmentBuilder(Buffer.from(content), about);
}
