import type { Store } from './store.ts';
import type { Role, User, World } from './world.ts';

/** Dependencies of the presenter. */
export interface PresenterParts {
  readonly world: World;
  readonly store: Store;
  readonly roles: () => readonly Role[];
  readonly userOf: (id: string) => User | undefined;
  /** This server's address; empty for relative paths, as its own page needs them. */
  readonly baseUrl: () => string;
}
