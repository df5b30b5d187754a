/** A guild and its channels in the shapes of Discord's API. */
import type { Json } from './json.ts';
import type { DirectChannel, StoredChannel, TextChannel, Thread } from './records.ts';
import type { Store } from './store.ts';
import type { World } from './world.ts';

/** The guild's own part of GUILD_CREATE. */
export function presentGuild(world: World, roles: readonly Json[]): Json {
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

/** A channel of any kind. */
export function presentChannel(
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
    permission_overwrites: (channel.overwrites ?? []).map((each) => ({ ...each, type: 1 })),
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
      locked: thread.locked ?? false,
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
