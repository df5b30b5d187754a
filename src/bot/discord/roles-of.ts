import { DiscordAPIError, type Guild } from 'discord.js';

/** A person who left the server has no roles. */
const UNKNOWN_MEMBER = 10_007;

/** A person's roles as Discord has them now, past the library's cache; undefined when it does not say. */
export async function rolesOf(
  guild: Pick<Guild, 'members'> | null,
  user: string,
): Promise<readonly string[] | undefined> {
  const member = await guild?.members
    .fetch({ user, force: true, cache: false })
    .catch((error: unknown) => {
      if (error instanceof DiscordAPIError && error.code === UNKNOWN_MEMBER) return 'gone';
      return undefined;
    });
  if (member === 'gone') return [];
  return member === undefined ? undefined : [...member.roles.cache.keys()];
}
