/** The difference between our books and the broker's, as shown to a person. */

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * A 16-character hash of the text of a difference, short enough for a button (FNV-1a, 64 bits). Accepting
 * with it applies only to the difference shown. It guards against changes, not against malice: everyone
 * allowed to press the button may accept the difference anyway.
 */
export function differenceHash(text: string): string {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
}
