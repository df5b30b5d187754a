/**
 * Stateless seeded randomness: the same words always give the same number, so a restarted sandbox continues
 * as if it had not been interrupted.
 */
import { createHash } from 'node:crypto';

/** Numbers and ids derived from words. */
export interface SeededRandom {
  /** A number in [0, 1) derived from these words. */
  of(...words: readonly (string | number)[]): number;
  /** A UUID (in the form of version 4) derived from these words. */
  uuid(...words: readonly (string | number)[]): string;
}

/** Each seed gives a different sequence. */
export function createSeededRandom(seed: number): SeededRandom {
  const digest = (words: readonly (string | number)[]): Buffer =>
    createHash('sha256')
      .update(`${seed}|${words.join('|')}`)
      .digest();
  return {
    of: (...words) => digest(words).readUInt32BE(0) / 2 ** 32,
    uuid: (...words) => asUuid(digest(words)),
  };
}

/** A number between two bounds, `from` inclusive. */
export function between(random: number, from: number, to: number): number {
  return from + random * (to - from);
}

function asUuid(digest: Buffer): string {
  const bytes = Buffer.from(digest.subarray(0, 16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-');
}
