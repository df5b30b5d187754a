/**
 * Keeps the market from outrunning Rotor. At a session per second, one real millisecond is 25 seconds of
 * market time, so the market advances from one checkpoint to the next and stops there until Rotor has no
 * open requests and reports that everything due is done. Both know a checkpoint before they reach it, and
 * requests on the way are answered there, so their clocks agree.
 */

import { lastClosedSession, nextSession, sessionAt } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { MarketTime } from '#core/market-time/market-time.ts';
import type { Timers } from '#core/market-time/real-timers.ts';
import { later, windowEnd } from '#core/market-time/time-scale.ts';
import type { Activity } from './activity.ts';
import type { DeskState } from './desk.ts';

/** Dependencies of createPace. */
interface PaceParts {
  readonly time: MarketTime;
  readonly timers: Timers;
  /** Rotor's requests and its order updates. */
  readonly asked: Activity;
  /** Whether a client follows the market time; the market waits ten seconds for the first one. */
  readonly isFollowed: () => boolean;
  /** Whether an order update was sent recently: the market then takes small steps. */
  readonly isTrading: () => boolean;
  /** Rotor's own report. Never rejects. */
  readonly askDesk: () => Promise<DeskState | undefined>;
}

/** Pauses and resumes the market. */
export interface Pace {
  /** Whether the market is currently waiting for Rotor. */
  isWaiting(): boolean;
  /** Resolves when the market has stopped; at once when it is slow enough to answer on the way. */
  standstill(): Promise<void>;
  close(): void;
}

const LOOK_MS = 10;
/** From this speed on, an answer is minutes old when it is read, so requests wait for a checkpoint. */
const FAST = 2_000;
/**
 * Checks without a request: enough for Rotor to read the time and start working. A blocked process counts
 * as one.
 */
const QUIET_CHECKS = 3;
/** It is working without requests and may be waiting for the market, which then takes a step. */
const WORKING_CHECKS = 50;
/** Checks to wait for a session's messages … */
const MAX_MESSAGE_CHECKS = 400;
/** … and for anything else. */
const MAX_CHECKS = 1_000;

/** Pauses until the first client has started. */
export function createPace(parts: PaceParts): Pace {
  const { time, timers } = parts;
  const counter = createStopCounter(parts);
  let wasFollowed = false;
  let isAsking = false;
  let waiting: (() => void)[] = [];

  const isRunning = (): boolean =>
    time.speed() >= FAST && parts.isFollowed() && counter.isUnderWay();
  const answerWaiting = (): void => {
    for (const answer of waiting) answer();
    waiting = [];
  };
  const resume = async (): Promise<void> => {
    isAsking = true;
    const now = time.now();
    const next = nextLimit(await parts.askDesk(), now, counter, parts.isTrading());
    isAsking = false;
    if (next !== undefined && time.now() === now) counter.holdAt(next);
  };
  const look = (): void => {
    stop = timers.after(LOOK_MS, look);
    if (!isRunning()) answerWaiting();
    const isFollowed = parts.isFollowed();
    // Without a client it runs freely; the next one starts at the market's instant then.
    if (wasFollowed !== isFollowed) counter.holdAt(isFollowed ? time.now() : undefined);
    wasFollowed = isFollowed;
    if (time.speed() === 0 || !counter.isHeld()) return;
    counter.count();
    const isReady = isFollowed && counter.quiet() >= QUIET_CHECKS;
    if (!isAsking && (isReady || counter.held() > MAX_CHECKS)) void resume();
  };
  counter.holdAt(time.now());
  let stop = timers.after(LOOK_MS, look);
  return {
    isWaiting: () => time.speed() > 0 && counter.isHeld(),
    standstill: () =>
      isRunning() ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve(),
    close: () => {
      stop();
      answerWaiting();
    },
  };
}

/** Where the market stops, and the checks since then. */
interface StopCounter {
  /** Undefined: nowhere. */
  holdAt(instant: EpochMs | undefined): void;
  isHeld(): boolean;
  /** It is going to stop, but has not yet. */
  isUnderWay(): boolean;
  /** Counts a check while it is stopped. */
  count(): void;
  held(): number;
  /** Checks since the last request. */
  quiet(): number;
}

function createStopCounter({ time, asked }: Pick<PaceParts, 'time' | 'asked'>): StopCounter {
  let limit: EpochMs | undefined;
  let held = 0;
  let quiet = 0;
  let seen = 0;
  return {
    holdAt: (at) => {
      [limit, held, quiet] = [at, 0, 0];
      time.holdAt(at);
    },
    isHeld: () => limit !== undefined && time.now() >= limit,
    isUnderWay: () => limit !== undefined && time.now() < limit,
    count: () => {
      const isQuiet = asked.open() === 0 && asked.total() === seen;
      seen = asked.total();
      held += 1;
      quiet = isQuiet ? quiet + 1 : 0;
    },
    held: () => held,
    quiet: () => quiet,
  };
}

/** The instant to which the market may advance; undefined while it must wait. */
function nextLimit(
  desk: DeskState | undefined,
  now: EpochMs,
  counter: Pick<StopCounter, 'held' | 'quiet'>,
  isTrading: boolean,
): EpochMs | undefined {
  if (isTrading) return stepFrom(now);
  if (desk?.isWorking) {
    const mayMoveOn = counter.quiet() > WORKING_CHECKS || counter.held() > MAX_CHECKS;
    return mayMoveOn ? stepFrom(now) : undefined;
  }
  const isUndelivered = (desk?.undelivered ?? 0) > 0 && counter.held() < MAX_MESSAGE_CHECKS;
  return waitsForMessages(now) && isUndelivered ? undefined : checkpointAfter(now);
}

const MINUTE_MS = 60_000;
/** Prices five minutes old are too old to trade on. */
const STEP_MS = 2 * MINUTE_MS;
/**
 * At the open announcements are read; then orders may be sent; anything waiting for a price or a person is
 * noticed within the day.
 */
const AFTER_OPEN_MS = [0, 5 * MINUTE_MS, 60 * MINUTE_MS, 180 * MINUTE_MS];
/** After the close: it is recorded, and its bars become available. */
const AFTER_CLOSE_MS = [0, 16 * MINUTE_MS];

/** The first checkpoint after the instant; the last of a session is the end of its trading window. */
function checkpointAfter(now: EpochMs): EpochMs {
  const last = lastClosedSession(now);
  const isOver = windowEnd(last.close) <= now;
  const { open, close } = isOver ? (sessionAt(now) ?? nextSession(now)) : last;
  const points = [
    ...AFTER_OPEN_MS.map((ms) => Math.min(open + ms, close)),
    ...AFTER_CLOSE_MS.map((ms) => close + ms),
  ];
  return epochMs(points.find((each) => each > now) ?? windowEnd(close));
}

/** A small step while work is in progress, not past the next checkpoint. */
function stepFrom(now: EpochMs): EpochMs {
  return later(now, STEP_MS, checkpointAfter(now));
}

/**
 * Whether the session is about to end, or orders may be sent soon: people must be able to read an
 * announcement before it is executed.
 */
function waitsForMessages(now: EpochMs): boolean {
  return now === windowEnd(lastClosedSession(now).close) || now === sessionAt(now)?.open;
}
