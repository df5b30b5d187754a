/**
 * Random numbers that are the same on every machine: only integers and + - * / sqrt, which IEEE 754 and
 * ECMAScript define to the last bit. Math.exp, log and cos are not, so they are not used.
 */
export interface Chance {
  /** In [0, 1). */
  uniform(): number;
  /** Mean 0, standard deviation 1: the sum of twelve uniforms, limited to +-6. */
  normal(): number;
  /** Mean 0, standard deviation 1, with one day in twenty-five drawn from 2.4 times the width. */
  fatTailed(): number;
}

const RARE = 0.04;
const WIDE = 2.4;
/** Scales the mixture back to a standard deviation of 1. */
const NARROW = 1 / Math.sqrt(1 - RARE + RARE * WIDE * WIDE);

/** The generator sfc32 (PractRand), seeded from one number and warmed up. */
export function createChance(seed: number): Chance {
  let a = seed | 0;
  let b = 0x9e3779b9 | 0;
  let c = 0x243f6a88 | 0;
  let counter = 1;

  function next(): number {
    const mixed = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + mixed;
    c |= 0;
    return mixed >>> 0;
  }
  for (let warm = 0; warm < 16; warm++) next();

  const uniform = (): number => next() / 4_294_967_296;
  const normal = (): number => {
    let sum = -6;
    for (let draw = 0; draw < 12; draw++) sum += uniform();
    return sum;
  };
  const fatTailed = (): number => {
    const width = uniform() < RARE ? WIDE : 1;
    return normal() * width * NARROW;
  };
  return { uniform, normal, fatTailed };
}
