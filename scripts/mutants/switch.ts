/** Which mutant is active in this process, and which of them the code has reached. */
import { isDeepStrictEqual } from 'node:util';

/** Thrown when a mutant makes a loop endless. */
export class EndlessLoop extends Error {}

/** Called by the switches in the code: see `withSwitches`. */
export interface Switch {
  /** As `isOn`, and records the mutant as reached. */
  hit(id: number): boolean;
  /** True for the active mutant. @throws EndlessLoop when called far more often than without it. */
  isOn(id: number): boolean;
  /** The value, after recording as reached those mutants with which it is another. */
  compare<T>(ids: readonly number[], value: () => T): T;
  /** The mutants reached since the last call while none was active. */
  met(): readonly number[];
  /** Activates one. Mutants reached meanwhile do not count. */
  turnOn(id: number): void;
  turnOff(): void;
}

/** Limit of calls as a multiple of those without a mutant, with a minimum. */
const TIMES_MORE = 100;
const AT_LEAST = 1_000_000;

/** An expression is compared only so often; after that its mutants count as reached. */
const COMPARE_LIMIT = 500;

/** A switch with `on` active from the start; undefined for none. */
export function createSwitch(on: number | undefined): Switch {
  let active = on;
  let seen = new Set<number>();
  let compared = new Map<number, number>();
  let [asked, usual, limit] = [0, 0, Infinity];

  function isOn(id: number): boolean {
    asked += 1;
    if (asked > limit) throw new EndlessLoop('a mutant makes this go on for ever');
    return id === active;
  }

  function differs<T>(id: number, usualValue: T, value: () => T): boolean {
    active = id;
    try {
      const other = value();
      return !Object.is(usualValue, other) && !isDeepStrictEqual(usualValue, other);
    } catch {
      return true;
    } finally {
      active = undefined;
    }
  }

  return {
    isOn,
    hit(id) {
      if (active === undefined) seen.add(id);
      return isOn(id);
    },
    compare(ids, value) {
      const usualValue = value();
      if (active !== undefined) return usualValue;
      const [first = -1] = ids;
      const times = (compared.get(first) ?? 0) + 1;
      compared.set(first, times);
      for (const id of ids) {
        if (!seen.has(id) && (times > COMPARE_LIMIT || differs(id, usualValue, value)))
          seen.add(id);
      }
      return usualValue;
    },
    met() {
      const ids = [...seen];
      seen = new Set();
      compared = new Map();
      [asked, usual] = [0, asked];
      return ids;
    },
    turnOn(id) {
      active = id;
      limit = Math.max(AT_LEAST, usual * TIMES_MORE);
      asked = 0;
    },
    turnOff() {
      active = undefined;
      limit = Infinity;
    },
  };
}
