/** Cells shared by the tables of orders and fills. */
import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';
import type { EpochMs } from '#core/domain/units.ts';
import { numberCell } from './figures.ts';

/** `11-23 09:41` in New York, or only the date when in another year; at most eleven columns. */
export function dayAndTime(at: EpochMs, now: EpochMs): string {
  const day = newYorkDate(at);
  if (day.slice(0, 4) !== newYorkDate(now).slice(0, 4)) return day;
  return `${day.slice(5)} ${newYorkTime(at)}`;
}

/** `+2.1 bps` in at most nine columns; empty where nothing was filled. */
export function bpsCell(bps: number | undefined): string {
  if (bps === undefined) return '';
  const text = numberCell(bps, bps < 0 ? 5 : 4);
  return `${bps > 0 && Number(text) !== 0 ? '+' : ''}${text} bps`;
}
