/** The channel as one person sees it, in the page's words. */

import type { StoredChannel, StoredMessage } from '#sandbox/discord/records.ts';
import type { SandboxDiscord } from '#sandbox/discord/server.ts';
import type { User } from '#sandbox/discord/world.ts';
import type { Market } from './server.ts';
import type {
  Me,
  WireCommand,
  WireMarket,
  WireMessage,
  WirePerson,
  WirePresence,
  WireState,
} from './wire.ts';

export interface View {
  state(me: Me): WireState;
  message(message: StoredMessage): WireMessage;
  /** Whether this message is for this person's eyes, and in this guild. */
  shows(message: StoredMessage, me: Me): boolean;
  commands(me: Me): readonly WireCommand[];
  market(): WireMarket;
  presence(): WirePresence;
}

export function createView(discord: SandboxDiscord, market: Market): View {
  const { world, store, act, pageView } = discord;
  // The presenter writes Discord's shapes; the wire's types are the part of them that the page reads.
  const message = (stored: StoredMessage): WireMessage =>
    pageView.message(stored) as unknown as WireMessage;
  const commands = (user: Me): readonly WireCommand[] =>
    act.commands({ user }) as unknown as readonly WireCommand[];
  const idOf = (me: Me): string => world.people.find(({ key }) => key === me)?.id ?? '';
  const guildChannels = (): readonly string[] =>
    store
      .all<StoredChannel>('channel')
      .filter((each) => each.kind !== 'direct' && each.guildId === world.guildId)
      .map(({ id }) => id);
  const shows = ({ visibleTo, channelId }: StoredMessage, me: Me): boolean =>
    (visibleTo === undefined || visibleTo === idOf(me)) && guildChannels().includes(channelId);

  const wireMarket = (): WireMarket => ({
    nowMs: market.now(),
    speed: market.speed(),
    label: market.label,
  });
  const presence = (): WirePresence => {
    const known = discord.presence();
    return { online: discord.gateway.connections() > 0, text: known?.text };
  };
  return {
    message,
    commands,
    shows,
    market: wireMarket,
    presence,
    state: (me) => ({
      me,
      people: [...discord.users, world.bot].map((user) => wirePerson(user, discord)),
      roles: world.roles.map(({ id, name, color }) => ({ id, name, color: cssColour(color) })),
      guildName: world.guildName,
      channel: { id: world.channelId, name: world.channelName, topic: world.channelTopic },
      messages: guildChannels()
        .flatMap((channelId) => act.sees({ user: me, in: { channelId } }, 200))
        .map(message),
      commands: commands(me),
      market: wireMarket(),
      presence: presence(),
    }),
  };
}

function wirePerson(user: User & { readonly key?: Me }, { world }: SandboxDiscord): WirePerson {
  const coloured = world.roles
    .filter(({ id, color }) => color !== 0 && user.roles.includes(id))
    .sort((a, b) => b.position - a.position)[0];
  return {
    id: user.id,
    key: user.key,
    name: user.displayName,
    color: coloured && cssColour(coloured.color),
    roles: user.roles,
  };
}

function cssColour(color: number): string | undefined {
  return color === 0 ? undefined : `#${color.toString(16).padStart(6, '0')}`;
}
