/** Reproducible random numbers, the same on every machine. */

/** Numbers in [0, 1); Mulberry32 by Tommy Ettinger. */
export function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Approximately normal numbers, mean 0 and deviation 1: twelve draws less 6, identical to the last bit on
 * any machine.
 */
export function nearNormal(draw: () => number): () => number {
  return () => {
    let sum = 0;
    for (let count = 0; count < 12; count++) sum += draw();
    return sum - 6;
  };
}
