import { DiscordAPIError, type Guild } from 'discord.js';

/** Discord's code for a person who left the server and so has no roles. */
const UNKNOWN_MEMBER = 10_007;

/** A person's current roles, bypassing the library's cache; undefined when Discord does not answer. */
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
