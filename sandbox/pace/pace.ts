/**
 * Keeps the market from outrunning the desk. At a session a second, one real millisecond is 25 seconds
 * of the market, so it goes from one checkpoint to the next and stands still there until the desk asks
 * nothing and says that it has done what was due. Both know of a checkpoint before they reach it, and
 * what the desk asks on the way is answered there, so their clocks agree.
 */

import { lastClosedSession, nextSession, sessionAt } from '#core/domain/calendar.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { MarketTime } from '#core/market-time/market-time.ts';
import type { Timers } from '#core/market-time/real-timers.ts';
import { later, windowEnd } from '#core/market-time/time-scale.ts';
import type { Activity } from './activity.ts';
import type { DeskState } from './desk.ts';

/** What is waited for. */
interface PaceParts {
  readonly time: MarketTime;
  readonly timers: Timers;
  /** What the desk asks of its broker, and what it is told. */
  readonly asked: Activity;
  /** Whether a desk follows the market's time; the market waits ten seconds for the first one. */
  readonly isFollowed: () => boolean;
  /** Whether an order was told of lately: the market goes in small steps. */
  readonly isTrading: () => boolean;
  /** What the desk says of itself. Never rejects. */
  readonly askDesk: () => Promise<DeskState | undefined>;
}

/** The market waits while this runs. */
export interface Pace {
  /** Whether the market stands still for the desk now. */
  isWaiting(): boolean;
  /** Resolves when the market stands still; at once where it is slow enough for an answer on the way. */
  standstill(): Promise<void>;
  close(): void;
}

const LOOK_MS = 10;
/** From this speed on an answer on the way is minutes old when it is read: it waits for a checkpoint. */
const FAST = 2_000;
/** Looks without a request: enough for the desk to see the time and begin. A blocked process counts one. */
const QUIET_CHECKS = 3;
/** It works and asks nothing: it may wait for the market, so that goes a step. */
const WORKING_CHECKS = 50;
/** A session's messages are waited for so long … */
const MAX_MESSAGE_CHECKS = 400;
/** … and anything else for so long. */
const MAX_CHECKS = 1_000;

/** Stands still until the first desk has started. */
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
    // Without a desk it runs free; the next one is met where the market is by then.
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

/** Where the market stands still, and the looks since it does. */
interface StopCounter {
  /** Undefined: nowhere. */
  holdAt(instant: EpochMs | undefined): void;
  isHeld(): boolean;
  /** It will stand still, and does not yet. */
  isUnderWay(): boolean;
  /** A look while it stands. */
  count(): void;
  held(): number;
  /** Looks since the last request. */
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

/** Where the market may go now; undefined when it waits on. */
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
/** Prices of five minutes ago are too old to trade on. */
const STEP_MS = 2 * MINUTE_MS;
/** At the open what was announced is read; then orders may leave; what waited for a price or a person is seen within the day. */
const AFTER_OPEN_MS = [0, 5 * MINUTE_MS, 60 * MINUTE_MS, 180 * MINUTE_MS];
/** After the close: it is written down, and its bars may be had. */
const AFTER_CLOSE_MS = [0, 16 * MINUTE_MS];

/** The first checkpoint after the instant; the last of a session is where its window ends. */
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

/** A little further while something is under way, not past the next checkpoint. */
function stepFrom(now: EpochMs): EpochMs {
  return later(now, STEP_MS, checkpointAfter(now));
}

/**
 * Whether the session is about to be left, or orders may leave soon: people must be able to read what is
 * announced before it runs.
 */
function waitsForMessages(now: EpochMs): boolean {
  return now === windowEnd(lastClosedSession(now).close) || now === sessionAt(now)?.open;
}
