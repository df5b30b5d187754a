/** The broker's timestamp formats. */
import { newYorkDate, newYorkMinutes } from '#core/domain/new-york.ts';
import type { EpochMs } from '#core/domain/units.ts';

const MINUTE_MS = 60_000;
const HOUR_MINUTES = 60;

/**
 * RFC 3339 in UTC with microseconds. `tick` (0-999) gives the microseconds, so that records of the same
 * millisecond keep their order.
 */
export function utcTimestamp(at: EpochMs, tick = 0): string {
  const micros = String(tick % 1000).padStart(3, '0');
  return new Date(at).toISOString().replace('Z', `${micros}Z`);
}

/** RFC 3339 with New York's offset, as in the market clock. */
export function newYorkTimestamp(at: EpochMs): string {
  const minutes = Date.parse(`${newYorkDate(at)}T00:00:00Z`) / MINUTE_MS + newYorkMinutes(at);
  const behind = Math.floor(at / MINUTE_MS) - minutes;
  const wall = new Date(at - behind * MINUTE_MS).toISOString().replace('Z', '');
  return `${wall}-${String(behind / HOUR_MINUTES).padStart(2, '0')}:00`;
}

/** New York time as 17 digits, the prefix of an activity's id. */
export function activityPrefix(at: EpochMs): string {
  return newYorkTimestamp(at).slice(0, 23).replace(/\D/g, '');
}

/** Microseconds since 1970 of a date or an RFC 3339 timestamp; undefined for anything else. */
export function microsOf(text: string): number | undefined {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return undefined;
  const fraction = /\.\d{3}(\d{1,3})/.exec(text)?.[1] ?? '';
  return ms * 1000 + Number(fraction.padEnd(3, '0'));
}
