/** The bot's permissions by place; a test can revoke one at run time. */
import { closedDirect, missingAccess, missingPermissions, unknownChannel } from './faults.ts';
import type { Feed } from './feed.ts';
import { allows, bitsOf, EVERYONE, INVITED, type PermissionName } from './permissions.ts';
import type { Overwrite, StoredChannel, TextChannel } from './records.ts';
import type { Store } from './store.ts';
import type { Role, User, World } from './world.ts';

/** Roles, and permissions by place. */
export interface Rights {
  roles(): readonly Role[];
  /** In the whole guild. */
  bitsOfUser(user: User): bigint;
  /** In a channel, including its overwrites; a thread has those of its parent channel. */
  bitsIn(channel: StoredChannel, user: User): bigint;
  /** Sets the bot's permissions; a missing one is removed from everyone's role too. */
  setBotPermissions(names: readonly PermissionName[]): void;
  /** Permissions that this channel grants or denies only the bot; empty lists clear them. */
  overwriteForBot(
    channelId: string,
    change: {
      readonly allow?: readonly PermissionName[];
      readonly deny?: readonly PermissionName[];
    },
  ): void;
  /**
   * The channel, if the bot has all of these permissions in it.
   * @throws ApiFault 10003, 50001, 50013, or 50007 when a person accepts no direct messages
   */
  channel(id: string | undefined, ...wanted: readonly PermissionName[]): StoredChannel;
}

/** Roles of the world, with the changes in the store. */
export function createRights(world: World, store: Store, feed: Feed): Rights {
  const { roles, setBotPermissions } = createRoles(world, feed);
  const bitsOfUser = (user: User): bigint =>
    roles()
      .filter(({ id }) => id === world.guildId || user.roles.includes(id))
      .reduce((bits, role) => bits | role.permissions, 0n);
  const bitsIn = (channel: StoredChannel, user: User): bigint => {
    const text = textAbove(channel, store);
    return (text?.overwrites ?? []).reduce(
      (bits, { id, allow, deny }) =>
        id === user.id ? (bits & ~BigInt(deny)) | BigInt(allow) : bits,
      bitsOfUser(user),
    );
  };
  return {
    roles,
    bitsOfUser,
    bitsIn,
    setBotPermissions,
    overwriteForBot: (channelId, change) => {
      const channel = overwritten(store, channelId, world.bot.id, change);
      store.put('channel', channelId, channel);
      feed.publish({ kind: 'channel-updated', channel });
    },
    channel: (id, ...wanted) => {
      const channel = id === undefined ? undefined : store.get<StoredChannel>('channel', id);
      if (!channel) throw unknownChannel();
      if (channel.kind === 'direct') {
        const closed = store.get('closed-direct', channel.recipientId) !== undefined;
        if (closed && wanted.includes('SendMessages')) throw closedDirect();
        return channel;
      }
      const bits = bitsIn(channel, world.bot);
      const seen = channel.guildId === world.guildId && allows(bits, bitsOf(['ViewChannel']));
      if (!seen) throw missingAccess();
      if (!allows(bits, bitsOf(wanted))) throw missingPermissions();
      return channel;
    },
  };
}

/** The roles, with the current permissions of the bot and everyone. */
function createRoles(world: World, feed: Feed): Pick<Rights, 'roles' | 'setBotPermissions'> {
  const given = new Map([
    [world.botRoleId, bitsOf(INVITED)],
    [world.guildId, bitsOf(EVERYONE)],
  ]);
  const roles = (): readonly Role[] =>
    world.roles.map((role) => ({ ...role, permissions: given.get(role.id) ?? role.permissions }));
  return {
    roles,
    setBotPermissions: (names) => {
      const inherited: readonly PermissionName[] = ['ViewChannel', 'ReadMessageHistory'];
      const left = EVERYONE.filter((name) => names.includes(name) || !inherited.includes(name));
      given.set(world.botRoleId, bitsOf(names));
      given.set(world.guildId, bitsOf(left));
      for (const role of roles()) if (given.has(role.id)) feed.publish({ kind: 'role', role });
    },
  };
}

/** @throws RangeError unless it is a text channel */
function overwritten(
  store: Store,
  channelId: string,
  botId: string,
  { allow = [], deny = [] }: Parameters<Rights['overwriteForBot']>[1],
): TextChannel {
  const known = store.get<StoredChannel>('channel', channelId);
  if (known?.kind !== 'text') throw new RangeError(`channel: no text channel ${channelId}`);
  const one: Overwrite = { id: botId, allow: String(bitsOf(allow)), deny: String(bitsOf(deny)) };
  return { ...known, overwrites: allow.length === 0 && deny.length === 0 ? [] : [one] };
}

function textAbove(channel: StoredChannel, store: Store): TextChannel | undefined {
  if (channel.kind === 'text') return channel;
  if (channel.kind === 'direct') return undefined;
  const parent = store.get<StoredChannel>('channel', channel.parentId);
  return parent?.kind === 'text' ? parent : undefined;
}
