/** Which mutant is active in this process, and which of them the code has reached. */

/** Thrown when a mutant makes a loop endless. */
export class EndlessLoop extends Error {}

/** Called by the switches in the code: see `withSwitches`. */
export interface Switch {
  /** True for the active mutant. @throws EndlessLoop when called far more often than without it. */
  hit(id: number): boolean;
  /** The mutants reached since the last call while none was active. */
  met(): readonly number[];
  /** Activates one. Mutants reached meanwhile do not count. */
  turnOn(id: number): void;
  turnOff(): void;
}

/** Limit of calls as a multiple of those without a mutant, with a minimum. */
const TIMES_MORE = 100;
const AT_LEAST = 1_000_000;

/** A switch with `on` active from the start; undefined for none. */
export function createSwitch(on: number | undefined): Switch {
  let active = on;
  let seen = new Set<number>();
  let [asked, usual, limit] = [0, 0, Infinity];
  return {
    hit(id) {
      asked += 1;
      if (asked > limit) throw new EndlessLoop('a mutant makes this go on for ever');
      if (active === undefined) seen.add(id);
      return id === active;
    },
    met() {
      const ids = [...seen];
      seen = new Set();
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
