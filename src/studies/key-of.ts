import { createHash } from 'node:crypto';

/** Names what was tried: the same again is no further try. */
export function keyOf(tried: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(tried)).digest('hex').slice(0, 12);
}
