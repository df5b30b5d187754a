/** The guild as one person sees it, in the page's format. */
import type { StoredChannel, StoredMessage } from '#sandbox/discord/records.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import type { User } from '#sandbox/discord/world.ts';
import type {
  ChannelDto,
  CommandDto,
  CommandsDto,
  MarketDto,
  Me,
  MessageDto,
  PersonDto,
  PresenceDto,
  StateDto,
} from './dto.ts';
import type { Market } from './market.ts';

/** The guild as seen by any person. */
export interface View {
  state(me: Me): StateDto;
  message(message: StoredMessage): MessageDto;
  /** Whether this person may see the message, and it is in this guild. */
  shows(message: StoredMessage, me: Me): boolean;
  commands(me: Me): CommandsDto;
  market(): MarketDto;
  presence(): PresenceDto;
}

/** Reads from Discord at each call; stores nothing. */
export function createView(discord: SandboxDiscord, market: Market): View {
  const { world, act, pageView } = discord;
  // The presenter returns Discord's format; the page's types are the part of it that it reads.
  const message = (stored: StoredMessage): MessageDto =>
    pageView.message(stored) as unknown as MessageDto;
  const commands = (user: Me): CommandsDto => ({
    guild: offered(user, 'channel', discord),
    direct: offered(user, 'direct', discord),
  });
  const presence = (): PresenceDto => {
    const known = discord.presence();
    return { online: discord.gateway.connections() > 0, text: known?.text };
  };
  return {
    message,
    commands,
    shows: ({ visibleTo, channelId }, me) =>
      (visibleTo === undefined || visibleTo === idOf(me, discord)) &&
      [...guildChannels(discord), directOf(me, discord)].includes(channelId),
    market: () => marketDto(market),
    presence,
    state: (me) => {
      const direct = directChannel(me, discord);
      return {
        me,
        people: [...discord.users, world.bot].map((user) => personDto(user, discord)),
        roles: world.roles.map(({ id, name, color }) => ({ id, name, color: cssColour(color) })),
        guildName: world.guildName,
        channels: [...textChannels(discord), direct],
        messages: [...guildChannels(discord), direct.id]
          .flatMap((channelId) => act.sees({ user: me, in: { channelId } }, 200))
          .map(message),
        commands: commands(me),
        market: marketDto(market),
        presence: presence(),
      };
    },
  };
}

function offered(
  user: Me,
  place: 'channel' | 'direct',
  { act }: SandboxDiscord,
): readonly CommandDto[] {
  return act.commands({ user, in: place }) as unknown as readonly CommandDto[];
}

function marketDto(market: Market): MarketDto {
  return {
    nowMs: market.now(),
    speed: market.speed(),
    reached: market.reached?.(),
    label: market.label,
    ...(market.levers && { levers: market.levers.shown() }),
  };
}

function idOf(me: Me, { world }: SandboxDiscord): string {
  return world.people.find(({ key }) => key === me)?.id ?? '';
}

function directOf(me: Me, discord: SandboxDiscord): string | undefined {
  const id = idOf(me, discord);
  return discord.store
    .all<StoredChannel>('channel')
    .find((each) => each.kind === 'direct' && each.recipientId === id)?.id;
}

/** The direct channel; opened if there is none. */
function directChannel(me: Me, { act, world }: SandboxDiscord): ChannelDto {
  const { channelId: id } = act.place({ user: me, in: 'direct' });
  const { displayName: name } = world.bot;
  return { id, kind: 'direct', name, topic: `What ${name} tells you alone`, threads: [] };
}

function guildChannels({ store, world }: SandboxDiscord): readonly string[] {
  return store
    .all<StoredChannel>('channel')
    .filter((each) => each.kind !== 'direct' && each.guildId === world.guildId)
    .map(({ id }) => id);
}

function textChannels({ store, world }: SandboxDiscord): readonly ChannelDto[] {
  const all = store.all<StoredChannel>('channel');
  const threads = all.filter((each) => each.kind === 'thread');
  return all
    .filter((each) => each.kind === 'text')
    .filter(({ guildId }) => guildId === world.guildId)
    .map(({ id, name, topic }) => ({
      id,
      kind: 'text',
      name,
      topic,
      threads: threads
        .filter(({ parentId }) => parentId === id)
        .map((thread) => ({ id: thread.id, name: thread.name, archived: thread.archived })),
    }));
}

function personDto(user: User & { readonly key?: Me }, { world }: SandboxDiscord): PersonDto {
  const coloured = world.roles
    .filter(({ id, color }) => color !== 0 && user.roles.includes(id))
    .sort((a, b) => b.position - a.position)[0];
  return {
    id: user.id,
    key: user.key,
    name: user.displayName,
    color: coloured && cssColour(coloured.color),
    roles: user.roles,
    isBot: user.isBot,
  };
}

function cssColour(color: number): string | undefined {
  return color === 0 ? undefined : `#${color.toString(16).padStart(6, '0')}`;
}
