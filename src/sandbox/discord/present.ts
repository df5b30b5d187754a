/** The sandbox's records in the shapes of Discord's API. */
import { isJson, type Json } from './json.ts';
import {
  type DirectChannel,
  FLAGS,
  type StoredAttachment,
  type StoredChannel,
  type StoredMessage,
  type TextChannel,
  type Thread,
} from './records.ts';
import type { Store } from './store.ts';
import type { Role, User, World } from './world.ts';

export interface Presenter {
  user(id: string): Json;
  member(user: User): Json;
  role(role: Role): Json;
  guild(): Json;
  /** GUILD_CREATE: the guild with what a client needs to begin. */
  guildCreate(): Json;
  channel(channel: StoredChannel): Json;
  message(message: StoredMessage): Json;
}

export interface PresenterParts {
  readonly world: World;
  readonly store: Store;
  readonly roles: () => readonly Role[];
  readonly userOf: (id: string) => User | undefined;
  /** Where this server answers; empty gives paths, as a page of this server needs them. */
  readonly baseUrl: () => string;
}

const JOINED = '2024-01-02T00:00:00.000000+00:00';

export function createPresenter(parts: PresenterParts): Presenter {
  const { world, store } = parts;
  const user = (id: string): Json => presentUser(parts.userOf(id) ?? departed(id));
  const message = (stored: StoredMessage): Json => ({
    ...basics(stored, user, parts),
    ...(stored.cause && causeOf(stored, user)),
    ...(stored.reference && referenceOf(stored, parts, message)),
    ...((stored.flags & FLAGS.hasThread) !== 0 && threadOf(stored)),
  });
  const threadOf = (stored: StoredMessage): Json => {
    const thread = store.get<Thread>('channel', stored.id);
    return thread ? { thread: channel(thread) } : {};
  };
  const channel = (stored: StoredChannel): Json => presentChannel(stored, store, world, user);
  const guild = (): Json => presentGuild(world, parts.roles().map(presentRole));
  return {
    user,
    member: presentMember,
    role: presentRole,
    guild,
    guildCreate: () => ({
      ...guild(),
      joined_at: JOINED,
      large: false,
      unavailable: false,
      member_count: world.people.length + 1,
      voice_states: [],
      members: [{ ...presentMember(world.bot), user: user(world.bot.id) }],
      channels: store
        .all<StoredChannel>('channel')
        .filter((each) => each.kind === 'text')
        .map(channel),
      threads: store
        .all<StoredChannel>('channel')
        .filter((each) => each.kind === 'thread')
        .map(channel),
      presences: [],
      stage_instances: [],
      guild_scheduled_events: [],
      soundboard_sounds: [],
    }),
    channel,
    message,
  };
}

function departed(id: string): User {
  return { id, username: 'deleted_user', displayName: 'Deleted User', isBot: false, roles: [] };
}

export function presentUser({ id, username, displayName, isBot }: User): Json {
  return {
    id,
    username,
    discriminator: isBot ? '0001' : '0',
    global_name: isBot ? null : displayName,
    avatar: null,
    avatar_decoration_data: null,
    banner: null,
    accent_color: null,
    collectibles: null,
    primary_guild: null,
    public_flags: 0,
    flags: 0,
    bot: isBot,
    system: false,
  };
}

function presentMember(user: User): Json {
  return {
    user: presentUser(user),
    nick: null,
    avatar: null,
    avatar_decoration_data: null,
    banner: null,
    collectibles: null,
    roles: user.roles,
    joined_at: JOINED,
    premium_since: null,
    deaf: false,
    mute: false,
    flags: 0,
    pending: false,
    communication_disabled_until: null,
  };
}

function presentRole(role: Role): Json {
  const { id, name, color, position, permissions, mentionable, botId } = role;
  return {
    id,
    name,
    description: null,
    color,
    colors: { primary_color: color, secondary_color: null, tertiary_color: null },
    hoist: false,
    icon: null,
    unicode_emoji: null,
    position,
    permissions: String(permissions),
    managed: botId !== undefined,
    mentionable,
    flags: 0,
    ...(botId !== undefined && { tags: { bot_id: botId } }),
  };
}

function presentGuild(world: World, roles: readonly Json[]): Json {
  return {
    id: world.guildId,
    name: world.guildName,
    icon: null,
    description: null,
    home_header: null,
    splash: null,
    discovery_splash: null,
    features: [],
    banner: null,
    owner_id: world.ownerId,
    application_id: null,
    region: 'deprecated',
    afk_channel_id: null,
    afk_timeout: 300,
    system_channel_id: null,
    system_channel_flags: 0,
    widget_enabled: false,
    widget_channel_id: null,
    verification_level: 1,
    roles,
    default_message_notifications: 1,
    mfa_level: 0,
    explicit_content_filter: 0,
    max_presences: null,
    max_members: 500_000,
    max_stage_video_channel_users: 50,
    max_video_channel_users: 25,
    vanity_url_code: null,
    premium_tier: 0,
    premium_subscription_count: 0,
    preferred_locale: 'en-US',
    rules_channel_id: null,
    safety_alerts_channel_id: null,
    public_updates_channel_id: null,
    premium_progress_bar_enabled: false,
    nsfw: false,
    nsfw_level: 0,
    incidents_data: null,
    emojis: [],
    stickers: [],
  };
}

function presentChannel(
  channel: StoredChannel,
  store: Store,
  world: World,
  user: (id: string) => Json,
): Json {
  const last = store.messagesOf(channel.id, { limit: 1 })[0]?.id ?? null;
  switch (channel.kind) {
    case 'text':
      return textChannel(channel, store, last);
    case 'direct':
      return directChannel(channel, last, user);
    case 'thread':
      return threadChannel(channel, store, world, last);
    default:
      return channel satisfies never;
  }
}

function textChannel(channel: TextChannel, store: Store, last: string | null): Json {
  return {
    id: channel.id,
    type: 0,
    guild_id: channel.guildId,
    name: channel.name,
    topic: channel.topic,
    position: 0,
    parent_id: null,
    nsfw: false,
    rate_limit_per_user: 0,
    permission_overwrites: [],
    last_message_id: last,
    last_pin_timestamp: store.pinnedIn(channel.id)[0]?.pinnedTimestamp ?? null,
    flags: 0,
  };
}

function directChannel(
  channel: DirectChannel,
  last: string | null,
  user: (id: string) => Json,
): Json {
  const recipients = [user(channel.recipientId)];
  return { id: channel.id, type: 1, last_message_id: last, recipients, flags: 0 };
}

function threadChannel(thread: Thread, store: Store, world: World, last: string | null): Json {
  const count = store.messagesOf(thread.id, { limit: 100 }).length;
  return {
    id: thread.id,
    type: thread.isPrivate ? 12 : 11,
    guild_id: thread.guildId,
    parent_id: thread.parentId,
    owner_id: thread.ownerId,
    name: thread.name,
    last_message_id: last,
    message_count: count,
    total_message_sent: count,
    member_count: 1,
    rate_limit_per_user: 0,
    flags: 0,
    thread_metadata: {
      archived: thread.archived,
      auto_archive_duration: thread.autoArchiveMinutes,
      archive_timestamp: thread.createdTimestamp,
      create_timestamp: thread.createdTimestamp,
      locked: false,
      ...(thread.isPrivate && { invitable: true }),
    },
    member: {
      id: thread.id,
      user_id: world.bot.id,
      join_timestamp: thread.createdTimestamp,
      flags: 1,
    },
  };
}

function basics(message: StoredMessage, user: (id: string) => Json, parts: PresenterParts): Json {
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
    components: message.components,
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
  return {
    ...rest,
    type: 'rich',
    ...(image !== undefined && { image: resolved(image) }),
    ...(thumbnail !== undefined && { thumbnail: resolved(thumbnail) }),
  };
}

function causeOf({ cause }: StoredMessage, user: (id: string) => Json): Json {
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

function referenceOf(
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
