/** Which mutant is on in this process, and which of them the code has come by. */

/** Thrown where a mutant makes a loop go on for ever. */
export class EndlessLoop extends Error {}

/** What the switches in the code ask: see `withSwitches`. */
export interface Switch {
  /** True for the mutant that is on. @throws EndlessLoop when it is asked far more often than without it. */
  hit(id: number): boolean;
  /** The mutants that the code came by since the last call, with none of them on. */
  met(): readonly number[];
  /** Turns one on. What is met meanwhile does not count. */
  turnOn(id: number): void;
  turnOff(): void;
}

/** So much more often than without a mutant may the switches be asked, and so often at least. */
const TIMES_MORE = 100;
const AT_LEAST = 1_000_000;

/** A switch with `on` turned on from the start; undefined for none. */
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
