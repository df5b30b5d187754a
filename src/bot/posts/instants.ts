/** Instants that tick by themselves on every reader's screen, without an edit. */
import type { EpochMs } from '#core/domain/units.ts';
import type { WallOf } from '../command.ts';
import { soon } from '../format.ts';

/** `in 3 hours`, by Discord; New York's clock while the reader's cannot be known. */
export function ticking(at: EpochMs, wallOf: WallOf, now: EpochMs): string {
  const wall = wallOf(at);
  return wall === undefined ? soon(at, now) : `<t:${Math.floor(wall / 1000)}:R>`;
}
