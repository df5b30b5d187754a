import type { AccountState } from '../domain/account-state.ts';
import { sessionsIn } from '../domain/calendar.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs } from '../domain/units.ts';
import { curveOf } from './curve.ts';
import { change } from './measure.ts';
import { spanOf } from './windows.ts';

/**
 * Growth since the close before the last session that opened, a fraction: the same number as the
 * window 1D of the performance. What was brought or taken is neither a gain nor a loss, which the
 * broker's own `last_equity` does not know. Undefined without the account's present value and where
 * that close was not recorded.
 */
export function gainToday(book: AccountState, seen: Observation): number | undefined {
  const curve = curveOf(book, seen);
  const now = curve.at(-1);
  const span = spanOf('1D', curve);
  if (now?.kind !== 'live' || !span?.exact) return undefined;
  return change(now.you, curve[span.from]?.you);
}

/** Whether a session has opened on this day in New York. */
export function openedToday(at: EpochMs): boolean {
  return sessionsIn(newYorkDate(at), newYorkDate(at)).some(({ open }) => open <= at);
}
