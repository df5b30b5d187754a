/** The parts that the routes share. */
import type { Commands } from './commands.ts';
import type { Feed } from './feed.ts';
import type { Interactions } from './interactions.ts';
import type { Messages } from './messages.ts';
import type { People } from './people.ts';
import type { Presenter } from './present.ts';
import type { RateLimiter } from './rate-limits.ts';
import type { Rights } from './rights.ts';
import type { Snowflakes } from './snowflake.ts';
import type { Store } from './store.ts';
import type { Threads } from './threads.ts';
import type { User, World } from './world.ts';

/** Shared dependencies of routes and actions. */
export interface DiscordParts {
  readonly world: World;
  readonly store: Store;
  readonly feed: Feed;
  readonly ids: Snowflakes;
  readonly messages: Messages;
  readonly threads: Threads;
  readonly commands: Commands;
  readonly interactions: Interactions;
  readonly people: People;
  readonly rights: Rights;
  readonly present: Presenter;
  readonly limiter: RateLimiter;
  readonly realNow: () => number;
  readonly userOf: (id: string) => User | undefined;
}
