/** Where in a session a fast market waits for the desk: where something falls due. */
import { lastClosedSession, nextSession, sessionAt } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import { later, windowEnd } from '#core/market-time/time-scale.ts';

const MINUTE_MS = 60_000;
/** Prices of five minutes ago are too old to trade on. */
const STEP_MS = 2 * MINUTE_MS;
/** After the open: orders may leave; what waited for a price or a person is seen within the day. */
const AFTER_OPEN_MS = [5 * MINUTE_MS, 60 * MINUTE_MS, 180 * MINUTE_MS];
/** After the close: it is written down, and its bars may be had. */
const AFTER_CLOSE_MS = [0, 16 * MINUTE_MS];

/** The first checkpoint after the instant; the last of a session is where its window ends. */
export function checkpointAfter(now: EpochMs): EpochMs {
  const last = lastClosedSession(now);
  const isOver = windowEnd(last.close) <= now;
  const { open, close } = isOver ? (sessionAt(now) ?? nextSession(now)) : last;
  const points = [
    ...AFTER_OPEN_MS.map((ms) => Math.min(open + ms, close)),
    ...AFTER_CLOSE_MS.map((ms) => close + ms),
  ];
  return epochMs(points.find((each) => each > now) ?? windowEnd(close));
}

/** A little further while something is under way, not past the next checkpoint. */
export function stepFrom(now: EpochMs): EpochMs {
  return later(now, STEP_MS, checkpointAfter(now));
}

/** Whether the session is about to be left; its messages are waited for here. */
export function isSessionOver(now: EpochMs): boolean {
  return now === windowEnd(lastClosedSession(now).close);
}
