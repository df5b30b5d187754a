/** The difference between our books and the broker's, as a person saw it. */

const OFFSET = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * Sixteen characters that stand for the text of a difference, short enough for a button (FNV-1a of
 * 64 bits). Adopting with it takes only what was shown. It guards against change, not against malice:
 * everybody who may press the button may accept it anyway.
 */
export function differenceHash(text: string): string {
  let hash = OFFSET;
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
}
