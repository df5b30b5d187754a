/** The sandbox's records in the shapes of Discord's API. */
import type { Json } from './json.ts';
import { presentChannel, presentGuild } from './present-guild.ts';
import { basics, causeOf, referenceOf } from './present-message.ts';
import type { PresenterParts } from './presenter-parts.ts';
import { FLAGS, type StoredChannel, type StoredMessage, type Thread } from './records.ts';
import type { Role, User } from './world.ts';

/** Converts records to Discord's JSON. */
export interface Presenter {
  user(id: string): Json;
  member(user: User): Json;
  role(role: Role): Json;
  guild(): Json;
  /** GUILD_CREATE: the guild with everything that a client needs at its start. */
  guildCreate(): Json;
  channel(channel: StoredChannel): Json;
  message(message: StoredMessage): Json;
}

const JOINED = '2024-01-02T00:00:00.000000+00:00';

/** Reads the store at each call. */
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
        .filter(({ guildId }) => guildId === world.guildId)
        .map(channel),
      threads: store
        .all<StoredChannel>('channel')
        .filter((each) => each.kind === 'thread')
        .filter(({ archived }) => !archived)
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

function presentUser({ id, username, displayName, isBot }: User): Json {
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
