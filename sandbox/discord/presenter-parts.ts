import type { Store } from './store.ts';
import type { Role, User, World } from './world.ts';

/** What the presenter reads to write Discord's shapes. */
export interface PresenterParts {
  readonly world: World;
  readonly store: Store;
  readonly roles: () => readonly Role[];
  readonly userOf: (id: string) => User | undefined;
  /** Where this server answers; empty gives paths, as a page of this server needs them. */
  readonly baseUrl: () => string;
}
