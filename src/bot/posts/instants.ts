/** Instants that tick by themselves on every reader's screen, without an edit. */
import type { EpochMs } from '#core/domain/units.ts';

/** `in 3 hours`, by Discord. */
export function ticking(at: EpochMs): string {
  return `<t:${Math.floor(at / 1000)}:R>`;
}
