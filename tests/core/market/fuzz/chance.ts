/** Chance from a seed: the same files for the same seed on every machine. */
export interface Chance {
  /** A whole number from 0 to `below` - 1. */
  below(below: number): number;
  /** From 0 up to 1. */
  fraction(): number;
  pick<const T>(from: readonly [T, ...T[]]): T;
}

/** mulberry32: 32 bits of state are enough to choose where to break a file. */
export function chanceFrom(seed: number): Chance {
  let state = seed >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number): number => Math.floor(fraction() * limit);
  return { below, fraction, pick: (from) => from[below(from.length)] ?? from[0] };
}
