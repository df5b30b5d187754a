import { AttachmentBuilder } from 'discord.js';
import type { Message } from './channel.ts';

/**
 * A message in discord.js's words. `attachments: []` takes an older picture away, so that edits do
 * not pile pictures up; mentions are off but for the one role that the message names.
 */
export function payload({ content, embeds, components, file, mention }: Message) {
  return {
    content,
    embeds: [...embeds],
    components: [...components],
    attachments: [],
    files: file
      ? [new AttachmentBuilder(Buffer.from(file.bytes), { name: file.name, description: file.alt })]
      : [],
    allowedMentions: { parse: [], roles: mention === undefined ? [] : [mention] },
  };
}
