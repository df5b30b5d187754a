/** A message and its parts in the shapes of Discord's API. */
import { isJson, type Json, listOf } from './json.ts';
import type { PresenterParts } from './presenter-parts.ts';
import type { StoredAttachment, StoredMessage } from './records.ts';

/** Fields of every message. */
export function basics(
  message: StoredMessage,
  user: (id: string) => Json,
  parts: PresenterParts,
): Json {
  const urlOf = (attachment: StoredAttachment): string =>
    `${parts.baseUrl()}/attachments/${message.channelId}/${attachment.id}/${encodeURIComponent(attachment.filename)}`;
  return {
    id: message.id,
    channel_id: message.channelId,
    type: message.type,
    content: message.content,
    author: user(message.authorId),
    timestamp: message.timestamp,
    edited_timestamp: message.editedTimestamp ?? null,
    tts: false,
    mention_everyone: message.mentions.everyone,
    mentions: message.mentions.userIds.map(user),
    mention_roles: message.mentions.roleIds,
    mention_channels: undefined,
    attachments: message.attachments.map((each) => presentAttachment(each, urlOf(each))),
    embeds: message.embeds.map((embed) => presentEmbed(embed, message.attachments, urlOf)),
    components: presentComponents(message.components),
    pinned: message.pinnedTimestamp !== undefined,
    flags: message.flags,
    ...(message.nonce !== undefined && { nonce: message.nonce }),
    ...(message.authorId === parts.world.bot.id &&
      message.cause && {
        application_id: parts.world.applicationId,
        webhook_id: parts.world.applicationId,
      }),
  };
}

function presentAttachment(attachment: StoredAttachment, url: string): Json {
  const { id, filename, description, contentType, sizeBytes, widthPx, heightPx } = attachment;
  return {
    id,
    filename,
    size: sizeBytes,
    url,
    proxy_url: url,
    content_type: contentType,
    ...(description !== undefined && { description }),
    ...(widthPx !== undefined && { width: widthPx, height: heightPx }),
  };
}

function presentEmbed(
  embed: Json,
  attachments: readonly StoredAttachment[],
  urlOf: (attachment: StoredAttachment) => string,
): Json {
  const resolved = (media: unknown): unknown => {
    if (!isJson(media)) return undefined;
    const name = /^attachment:\/\/(.+)$/.exec(String(media['url']))?.[1];
    const file = attachments.find((each) => each.filename === name);
    if (!file) return media;
    return {
      ...media,
      url: urlOf(file),
      proxy_url: urlOf(file),
      width: file.widthPx,
      height: file.heightPx,
    };
  };
  const { image, thumbnail, ...rest } = embed;
  const fields = listOf(embed, 'fields').map((field) => ({ inline: false, ...field }));
  return {
    ...rest,
    ...(fields.length > 0 && { fields }),
    type: 'rich',
    ...(image !== undefined && { image: resolved(image) }),
    ...(thumbnail !== undefined && { thumbnail: resolved(thumbnail) }),
  };
}

/** Fields of the interaction that a message answers. */
export function causeOf({ cause }: StoredMessage, user: (id: string) => Json): Json {
  if (!cause) return {};
  const { interactionId, kind, commandName, userId, guildId } = cause;
  const owners = guildId === undefined ? { '1': userId } : { '0': guildId };
  return {
    interaction_metadata: {
      id: interactionId,
      type: kind,
      user: user(userId),
      authorizing_integration_owners: owners,
      ...(commandName !== undefined && { name: commandName, command_type: 1 }),
    },
    ...(commandName !== undefined && {
      interaction: { id: interactionId, type: kind, name: commandName, user: user(userId) },
    }),
  };
}

/** Fields of the message that one replies to. */
export function referenceOf(
  stored: StoredMessage,
  parts: PresenterParts,
  message: (stored: StoredMessage) => Json,
): Json {
  if (!stored.reference) return {};
  const { channelId, messageId } = stored.reference;
  const original = parts.store.message(messageId);
  return {
    message_reference: {
      type: 0,
      channel_id: channelId,
      message_id: messageId,
      guild_id: parts.world.guildId,
    },
    ...(stored.type === 19 && {
      referenced_message: original ? message({ ...original, reference: undefined }) : null,
    }),
  };
}

const SELECT_DEFAULTS = { min_values: 1, max_values: 1, disabled: false };
const BUTTON_DEFAULTS = { disabled: false };

/** Discord numbers components without an id, and fills in defaults. */
function presentComponents(rows: readonly Json[]): readonly Json[] {
  let next = 0;
  const number = (): number => {
    next += 1;
    return next;
  };
  return rows.map((row) => ({
    id: number(),
    ...row,
    components: listOf(row, 'components').map((part) => ({
      id: number(),
      ...(part['type'] === 2 ? BUTTON_DEFAULTS : SELECT_DEFAULTS),
      ...part,
    })),
  }));
}
