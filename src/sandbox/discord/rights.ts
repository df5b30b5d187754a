/** What the bot may do where; a test can take a permission away while it runs. */
import { missingAccess, missingPermissions, unknownChannel } from './faults.ts';
import type { Feed } from './feed.ts';
import { allows, bitsOf, EVERYONE, INVITED, type PermissionName } from './permissions.ts';
import type { StoredChannel } from './records.ts';
import type { Store } from './store.ts';
import type { Role, User, World } from './world.ts';

export interface Rights {
  roles(): readonly Role[];
  bitsOfUser(user: User): bigint;
  /** Sets what the bot may do; what it lacks, everyone's role does not give it either. */
  setBotPermissions(names: readonly PermissionName[]): void;
  /**
   * The channel, if the bot may do all of that in it.
   * @throws ApiFault 10003, 50001 or 50013
   */
  channel(id: string | undefined, ...wanted: readonly PermissionName[]): StoredChannel;
}

export function createRights(world: World, store: Store, feed: Feed): Rights {
  let botBits = bitsOf(INVITED);
  let everyoneBits = bitsOf(EVERYONE);

  const roles = (): readonly Role[] =>
    world.roles.map((role) => {
      if (role.id === world.botRoleId) return { ...role, permissions: botBits };
      return role.id === world.guildId ? { ...role, permissions: everyoneBits } : role;
    });
  const bitsOfUser = (user: User): bigint =>
    roles()
      .filter(({ id }) => id === world.guildId || user.roles.includes(id))
      .reduce((bits, role) => bits | role.permissions, 0n);

  const may = (...wanted: readonly PermissionName[]): boolean =>
    allows(bitsOfUser(world.bot), bitsOf(wanted));

  return {
    roles,
    bitsOfUser,
    setBotPermissions: (names) => {
      botBits = bitsOf(names);
      const inherited: readonly PermissionName[] = ['ViewChannel', 'ReadMessageHistory'];
      everyoneBits = bitsOf(
        EVERYONE.filter((name) => names.includes(name) || !inherited.includes(name)),
      );
      for (const role of roles()) {
        const changed = role.id === world.botRoleId || role.id === world.guildId;
        if (changed) feed.publish({ kind: 'role', role });
      }
    },
    channel: (id, ...wanted) => {
      const channel = id === undefined ? undefined : store.get<StoredChannel>('channel', id);
      if (!channel) throw unknownChannel();
      if (channel.kind === 'direct') return channel;
      if (channel.guildId !== world.guildId || !may('ViewChannel')) throw missingAccess();
      if (!may(...wanted)) throw missingPermissions();
      return channel;
    },
  };
}
