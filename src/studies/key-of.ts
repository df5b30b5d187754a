import { createHash } from 'node:crypto';

/** Identifies a trial: repeating it is not a further trial. */
export function keyOf(tried: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(tried)).digest('hex').slice(0, 12);
}
