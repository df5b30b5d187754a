import { newYorkMinutes } from '#core/domain/new-york.ts';
import type { EpochMs } from '#core/domain/units.ts';

/** Minutes after New York's midnight; `from` may be later than `to`: over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** Whether people want to hear only what is critical at that instant of the machine's clock. */
export function isQuietAt(hours: QuietHours | undefined, now: EpochMs): boolean {
  if (!hours || hours.from === hours.to) return false;
  const minute = newYorkMinutes(now);
  const { from, to } = hours;
  return from < to ? minute >= from && minute < to : minute >= from || minute < to;
}
