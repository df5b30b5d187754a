/** The acting person, and the place. */

import { directChannel } from './guild-routes.ts';
import { type Json, textOf } from './json.ts';
import type { DiscordParts } from './parts.ts';
import { allows, PERMISSIONS } from './permissions.ts';
import type { StoredChannel, TextChannel } from './records.ts';
import { foundingId } from './snowflake.ts';
import type { Person, PersonKey } from './world.ts';

/** Where a person acts: Rotor's channel by default. */
type Place = 'channel' | 'direct' | 'other-guild' | { readonly channelId: string };

/** A person, and where they act. */
export interface Actor {
  readonly user: PersonKey;
  readonly in?: Place;
}

/** A channel, with its guild unless it is direct. */
export interface ChannelRef {
  readonly channelId: string;
  readonly guildId: string | undefined;
}

interface Context {
  personOf(key: PersonKey): Person;
  placeOf(who: Actor): ChannelRef;
}

/** A guild that the bot was not invited to. */
const ELSEWHERE: TextChannel = {
  kind: 'text',
  id: foundingId(102),
  guildId: foundingId(101),
  name: 'elsewhere',
  topic: '',
};

/** Finds people and channels by their keys. */
export function createContext(parts: DiscordParts): Context {
  const { world, store } = parts;
  const personOf = parts.people.named;
  const channelRefOf = (channel: StoredChannel): ChannelRef => ({
    channelId: channel.id,
    guildId: channel.kind === 'direct' ? undefined : channel.guildId,
  });
  const placeOf = (who: Actor): ChannelRef => {
    const place = who.in ?? 'channel';
    if (place === 'channel') return { channelId: world.channelId, guildId: world.guildId };
    if (place === 'direct') return channelRefOf(directChannel(parts, personOf(who.user).id));
    if (place === 'other-guild') {
      store.put('channel', ELSEWHERE.id, ELSEWHERE);
      return channelRefOf(ELSEWHERE);
    }
    const channel = store.get<StoredChannel>('channel', place.channelId);
    if (!channel) throw new RangeError(`channel: there is no ${place.channelId}`);
    return channelRefOf(channel);
  };
  return { personOf, placeOf };
}

/** Commands that this person's client offers in a guild, or in direct messages without one. */
export function offeredCommands(
  { commands, rights, world }: DiscordParts,
  person: Person,
  guildId: string | undefined,
): readonly Json[] {
  const bits = rights.bitsOfUser(person);
  const mayUse = (command: Json): boolean => {
    const needed = textOf(command, 'default_member_permissions');
    if (needed === undefined) return true;
    return allows(bits, needed === '0' ? PERMISSIONS.Administrator : BigInt(needed));
  };
  const fits = ({ contexts }: Json): boolean =>
    !Array.isArray(contexts) || contexts.includes(guildId === undefined ? 1 : 0);
  const own = guildId === world.guildId ? commands.list(guildId) : [];
  return [...own, ...commands.list(undefined).filter(fits)].filter(mayUse);
}
