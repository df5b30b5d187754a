/** A process that may die at any step, or stand still for a while; what is dead never hears anything again. */

/** Thrown into code of a dead process that does not wait for anything. */
export class Killed extends Error {
  constructor() {
    super('the process was killed');
    this.name = 'Killed';
  }
}

/** Where the process dies: so many steps on, before, in the middle of or after one. */
export interface Death {
  readonly after: number;
  readonly point: 'before' | 'unheard' | 'after';
}

/** What every outward step of one process goes through. */
export interface Fuse {
  isDead(): boolean;
  isFrozen(): boolean;
  kill(): void;
  /** The process dies so many steps from now. */
  lightAt(death: Death): void;
  /** While frozen nothing of the process goes on. */
  freeze(): void;
  thaw(): void;
  /** Runs a step that answers later; never comes back where the process died. */
  later<T>(step: () => Promise<T>): Promise<T>;
  /** Runs a step that answers at once. @throws Killed where the process died. */
  now<T>(step: () => T): T;
}

/** @param onDeath called once. */
export function createFuse(onDeath: () => void): Fuse {
  let dead = false;
  let death: Death | undefined;
  let left = 0;
  let frozen: PromiseWithResolvers<void> | undefined;

  const kill = (): void => {
    if (dead) return;
    onDeath();
    dead = true;
  };
  /** The point at which this step is the last one. */
  const burn = (): Death['point'] | undefined => {
    if (!death) return undefined;
    left -= 1;
    return left < 0 ? death.point : undefined;
  };
  const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

  return {
    isDead: () => dead,
    isFrozen: () => frozen !== undefined,
    kill,
    lightAt(next) {
      death = next;
      left = next.after;
    },
    freeze: () => {
      frozen ??= Promise.withResolvers<void>();
    },
    thaw() {
      frozen?.resolve();
      frozen = undefined;
    },
    async later(step) {
      while (frozen && !dead) await frozen.promise;
      if (dead) return never();
      const point = burn();
      if (point === 'before') {
        kill();
        return never();
      }
      try {
        return await step();
      } finally {
        while (frozen && !dead) await frozen.promise;
        if (point !== undefined) kill();
        if (dead) await never();
      }
    },
    now(step) {
      if (dead) throw new Killed();
      const point = burn();
      if (point === 'before') {
        kill();
        throw new Killed();
      }
      const result = step();
      if (point !== undefined) kill();
      if (point === 'unheard') throw new Killed();
      return result;
    },
  };
}
