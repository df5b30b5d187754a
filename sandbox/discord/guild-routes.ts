/** REST of the bot itself, its commands, its guild and members. */

import {
  unknownApplication,
  unknownCommand,
  unknownGuild,
  unknownMember,
  unknownUser,
} from './faults.ts';
import { textOf } from './json.ts';
import type { DiscordParts } from './parts.ts';
import type { DirectChannel, StoredChannel } from './records.ts';
import { type Call, ok, type Route, route } from './route.ts';
import type { User } from './world.ts';

/** REST of users, guild and members. */
export function guildRoutes(parts: DiscordParts): readonly Route[] {
  const { world, present, rights, store, people } = parts;
  const members = (): readonly User[] => [...people.all(), world.bot];
  const inGuild = ({ params }: Call): void => {
    if (params['guild'] !== world.guildId) throw unknownGuild();
  };
  const personOf = (id: string | undefined): User | undefined => people.find(id ?? '');
  return [
    route('GET /users/@me', 'other', () => ok(botUser(parts))),
    route('GET /users/{user}', 'other', ({ params }) => {
      const person = personOf(params['user']);
      if (!person) throw unknownUser();
      return ok(present.user(person.id));
    }),
    route('POST /users/@me/channels', 'other', ({ body }) => {
      const person = personOf(textOf(body, 'recipient_id'));
      if (!person || person.isBot) throw unknownUser();
      return ok(present.channel(directChannel(parts, person.id)));
    }),
    route('GET /guilds/{guild}', 'other', (call) => {
      inGuild(call);
      return ok(present.guild());
    }),
    route('GET /guilds/{guild}/roles', 'other', (call) => {
      inGuild(call);
      return ok(rights.roles().map(present.role));
    }),
    route('GET /guilds/{guild}/channels', 'other', (call) => {
      inGuild(call);
      const channels = store
        .all<StoredChannel>('channel')
        .filter((each) => each.kind === 'text' && each.guildId === world.guildId);
      return ok(channels.map(present.channel));
    }),
    route('GET /guilds/{guild}/threads/active', 'other', (call) => {
      inGuild(call);
      const threads = parts.threads.active().map(present.channel);
      return ok({ threads, members: threads.map((each) => each['member']), has_more: false });
    }),
    route('GET /guilds/{guild}/members/{user}', 'other', (call) => {
      inGuild(call);
      const person = personOf(call.params['user']);
      if (!person) throw unknownMember();
      return ok(present.member(person));
    }),
    route('GET /guilds/{guild}/members', 'other', (call) => {
      inGuild(call);
      const limit = Number(call.query.get('limit') ?? '1');
      return ok(members().slice(0, limit).map(present.member));
    }),
  ];
}

/** REST of the application and its commands. */
export function applicationRoutes(parts: DiscordParts): readonly Route[] {
  const { world, commands, present } = parts;
  const global = '/applications/{application}/commands';
  const guild = '/applications/{application}/guilds/{guild}/commands';
  const scopeOf = ({ params }: Call): string | undefined => {
    if (params['application'] !== world.applicationId) throw unknownApplication();
    if (params['guild'] !== undefined && params['guild'] !== world.guildId) throw unknownGuild();
    return params['guild'];
  };
  const both = (template: string): readonly Route[] => [
    route(`GET ${template}`, 'commands', (call) => ok(commands.list(scopeOf(call)))),
    route(`PUT ${template}`, 'commands', (call) => ok(commands.replace(scopeOf(call), call.json))),
    route(`GET ${template}/{command}`, 'commands', (call) => {
      const found = commands.list(scopeOf(call)).find(({ id }) => id === call.params['command']);
      if (!found) throw unknownCommand();
      return ok(found);
    }),
  ];
  return [
    ...both(global),
    ...both(guild),
    route('GET /applications/@me', 'other', () =>
      ok({
        id: world.applicationId,
        name: world.bot.username,
        icon: null,
        description: '',
        summary: '',
        bot_public: false,
        bot_require_code_grant: false,
        verify_key: '0'.repeat(64),
        flags: 0,
        team: null,
        owner: present.user(world.ownerId),
      }),
    ),
  ];
}

/** The channel between the bot and a person; the first message opens it. */
export function directChannel(
  parts: Pick<DiscordParts, 'store' | 'ids'>,
  recipientId: string,
): DirectChannel {
  const known = parts.store
    .all<StoredChannel>('channel')
    .find((each) => each.kind === 'direct' && each.recipientId === recipientId);
  if (known?.kind === 'direct') return known;
  const channel: DirectChannel = { kind: 'direct', id: parts.ids.next(), recipientId };
  parts.store.put('channel', channel.id, channel);
  return channel;
}

/** The bot about itself. */
export function botUser({ present, world }: Pick<DiscordParts, 'present' | 'world'>): object {
  return {
    ...present.user(world.bot.id),
    locale: 'en-US',
    mfa_enabled: false,
    verified: true,
    email: null,
    premium_type: 0,
  };
}
