/** Instants that every reader's client keeps up to date without an edit. */
import type { EpochMs } from '#core/domain/units.ts';

/** `in 3 hours`, formatted by Discord. */
export function ticking(at: EpochMs): string {
  return `<t:${Math.floor(at / 1000)}:R>`;
}
