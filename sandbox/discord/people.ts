/** Members of the guild, with their current roles. */
import type { Feed } from './feed.ts';
import type { Store } from './store.ts';
import type { Person, PersonKey, RoleKey, User, World } from './world.ts';

/** The people of the guild. */
export interface People {
  /** With their current roles. */
  all(): readonly Person[];
  /** A person or the bot. */
  find(id: string): User | undefined;
  /** @throws RangeError for an unknown key */
  named(key: PersonKey): Person;
  giveRole(key: PersonKey, role: RoleKey): void;
  takeRole(key: PersonKey, role: RoleKey): void;
}

interface Membership {
  readonly roles: readonly string[];
}

/** Changed roles survive a restart, as messages do. */
export function createPeople(world: World, store: Store, feed: Feed): People {
  const present = (person: Person): Person => {
    const changed = store.get<Membership>('membership', person.id);
    return changed ? { ...person, roles: changed.roles } : person;
  };
  const all = (): readonly Person[] => world.people.map(present);
  const named = (key: PersonKey): Person => {
    const person = world.people.find((each) => each.key === key);
    if (!person) throw new RangeError(`person: nobody is "${key}"`);
    return present(person);
  };
  const set = (person: Person, roles: readonly string[]): void => {
    store.put('membership', person.id, { roles } satisfies Membership);
    feed.publish({ kind: 'member', user: { ...person, roles } });
  };
  return {
    all,
    named,
    find: (id) => [...all(), world.bot].find((each) => each.id === id),
    giveRole: (key, role) => {
      const person = named(key);
      set(person, [...new Set([...person.roles, world.roleIds[role]])]);
    },
    takeRole: (key, role) => {
      const person = named(key);
      set(
        person,
        person.roles.filter((id) => id !== world.roleIds[role]),
      );
    },
  };
}
