/** The guild as one person sees it, in the page's words. */
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

/** The guild for one person after another. */
export interface View {
  state(me: Me): StateDto;
  message(message: StoredMessage): MessageDto;
  /** Whether this message is for this person's eyes, and in this guild. */
  shows(message: StoredMessage, me: Me): boolean;
  commands(me: Me): CommandsDto;
  market(): MarketDto;
  presence(): PresenceDto;
}

/** Reads the Discord that is shown; keeps nothing. */
export function createView(discord: SandboxDiscord, market: Market): View {
  const { world, store, act, pageView } = discord;
  // The presenter writes Discord's shapes; the wire's types are the part of them that the page reads.
  const message = (stored: StoredMessage): MessageDto =>
    pageView.message(stored) as unknown as MessageDto;
  const offered = (user: Me, place: 'channel' | 'direct'): readonly CommandDto[] =>
    act.commands({ user, in: place }) as unknown as readonly CommandDto[];
  const commands = (user: Me): CommandsDto => ({
    guild: offered(user, 'channel'),
    direct: offered(user, 'direct'),
  });
  const idOf = (me: Me): string => world.people.find(({ key }) => key === me)?.id ?? '';
  const directOf = (me: Me): string | undefined =>
    store
      .all<StoredChannel>('channel')
      .find((each) => each.kind === 'direct' && each.recipientId === idOf(me))?.id;
  const guildChannels = (): readonly string[] =>
    store
      .all<StoredChannel>('channel')
      .filter((each) => each.kind !== 'direct' && each.guildId === world.guildId)
      .map(({ id }) => id);
  const shows = ({ visibleTo, channelId }: StoredMessage, me: Me): boolean =>
    (visibleTo === undefined || visibleTo === idOf(me)) &&
    [...guildChannels(), directOf(me)].includes(channelId);

  const direct = (me: Me): ChannelDto => {
    const { channelId: id } = act.place({ user: me, in: 'direct' });
    const topic = `What ${world.bot.displayName} tells you alone`;
    return { id, kind: 'direct', name: world.bot.displayName, topic, threads: [] };
  };
  const marketDto = (): MarketDto => ({
    nowMs: market.now(),
    speed: market.speed(),
    reached: market.reached?.(),
    label: market.label,
    ...(market.levers && { levers: market.levers.shown() }),
  });
  const presence = (): PresenceDto => {
    const known = discord.presence();
    return { online: discord.gateway.connections() > 0, text: known?.text };
  };
  return {
    message,
    commands,
    shows,
    market: marketDto,
    presence,
    state: (me) => ({
      me,
      people: [...discord.users, world.bot].map((user) => personDto(user, discord)),
      roles: world.roles.map(({ id, name, color }) => ({ id, name, color: cssColour(color) })),
      guildName: world.guildName,
      channels: [...textChannels(discord), direct(me)],
      messages: [...guildChannels(), direct(me).id]
        .flatMap((channelId) => act.sees({ user: me, in: { channelId } }, 200))
        .map(message),
      commands: commands(me),
      market: marketDto(),
      presence: presence(),
    }),
  };
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
