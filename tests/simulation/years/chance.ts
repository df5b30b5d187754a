/** Chance by name: what is drawn about one thing never shifts what is drawn about another. */
import { mulberry32 } from '#core/evidence/random.ts';

/** Numbers from 0 to below 1, the same for the same names on every machine. */
export function drawsOf(seed: number, ...names: readonly (string | number)[]): () => number {
  let hash = 2_166_136_261 ^ seed;
  for (const character of names.join(' ')) {
    hash = Math.imul(hash ^ character.charCodeAt(0), 16_777_619);
  }
  const draw = mulberry32(hash);
  draw();
  return draw;
}

/** The first number of those names. */
export function chanceOf(seed: number, ...names: readonly (string | number)[]): number {
  return drawsOf(seed, ...names)();
}

/** One of the items; undefined where there is none. */
export function pickOf<T>(items: readonly T[], chance: number): T | undefined {
  return items[Math.floor(chance * items.length)];
}
