/** Creates the parts that the routes share. */
import type { Timers } from '#core/market-time/real-timers.ts';
import { createCommands } from './commands.ts';
import { createFeed } from './feed.ts';
import { createInteractionBook } from './interaction-book.ts';
import { createInteractions } from './interactions.ts';
import { createMessages } from './messages.ts';
import type { DiscordParts } from './parts.ts';
import { createPeople } from './people.ts';
import { createPresenter } from './present.ts';
import type { PresenterParts } from './presenter-parts.ts';
import { createRateLimiter, type RateLimits } from './rate-limits.ts';
import type { TextChannel } from './records.ts';
import { createRights } from './rights.ts';
import { createSnowflakes } from './snowflake.ts';
import type { Store } from './store.ts';
import { createThreads } from './threads.ts';
import type { World } from './world.ts';

interface Foundation {
  readonly world: World;
  readonly store: Store;
  readonly baseUrl: string;
  readonly timers: Timers;
  readonly realNow: () => number;
  readonly shownNow: () => number;
  readonly rateLimits: RateLimits;
}

/** Creates the parts; restores channels that were deleted. */
export function createParts(foundation: Foundation): DiscordParts {
  const { world, store, timers, realNow, shownNow } = foundation;
  const { applicationId, guildId, bot } = world;
  const feed = createFeed();
  const ids = createSnowflakes(realNow, store.lastId());
  const rights = createRights(world, store, feed);
  const people = createPeople(world, store, feed);
  const userOf: DiscordParts['userOf'] = people.find;
  found(world, store);
  const mentionable = new Set(world.roles.filter((role) => role.mentionable).map(({ id }) => id));
  const messages = createMessages({ store, feed, ids, mentionable, realNow, shownNow });
  const present = createPresenter({
    world,
    store,
    userOf,
    roles: rights.roles,
    baseUrl: () => foundation.baseUrl,
  });
  return {
    world,
    store,
    feed,
    ids,
    people,
    rights,
    userOf,
    messages,
    present,
    realNow,
    threads: createThreads({
      store,
      feed,
      messages,
      ids,
      realNow,
      shownNow,
      guildId,
      botId: bot.id,
    }),
    commands: createCommands({ store, feed, ids, realNow, applicationId }),
    interactions: createInteractions({
      book: createInteractionBook({ timers, realNow }),
      store,
      messages,
      botId: bot.id,
    }),
    limiter: createRateLimiter(foundation.rateLimits, realNow),
  };
}

/** Channels that exist at every start, even after they were deleted. */
function found(world: World, store: Store): void {
  const channel = (id: string, name: string, topic: string): void => {
    const known = store.get<TextChannel>('channel', id);
    const fresh: TextChannel = { kind: 'text', id, guildId: world.guildId, name, topic };
    store.put('channel', id, { ...known, ...fresh });
  };
  channel(world.channelId, world.channelName, world.channelTopic);
  channel(world.fallbackChannelId, world.fallbackChannelName, world.fallbackChannelTopic);
}

/** Dependencies of a second presenter. */
export function presenterParts({
  world,
  store,
  userOf,
  rights,
}: DiscordParts): Omit<PresenterParts, 'baseUrl'> {
  return { world, store, userOf, roles: rights.roles };
}
