/**
 * Keeps the market from outrunning the desk. At a session a second, one real millisecond is 25 seconds
 * of the market, so it goes from one checkpoint to the next and stands still there until the desk asks
 * nothing and says that it has done what was due. Both know of a checkpoint before they reach it, and
 * what the desk asks on the way is answered there, so their clocks agree.
 */
import type { EpochMs } from '#core/domain/units.ts';
import type { MarketTime } from '#ops/market-time/market-time.ts';
import type { Timers } from '#ops/market-time/real-timers.ts';
import type { Activity } from './activity.ts';
import { checkpointAfter, isSessionOver, stepFrom } from './checkpoints.ts';
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
const QUIET_LOOKS = 3;
/** It works and asks nothing: it may wait for the market, so that goes a step. */
const WORKING_LOOKS = 50;
/** A session's messages are waited for so long … */
const MESSAGE_LOOKS = 400;
/** … and anything else for so long. */
const LONGEST_LOOKS = 1_000;

/** Stands still until the first desk has started. */
export function createPace(parts: PaceParts): Pace {
  const { time, timers, asked } = parts;
  let limit: EpochMs | undefined;
  let wasFollowed = false;
  let isAsking = false;
  /** Looks since the market stands still, and since the last request. */
  let held = 0;
  let quiet = 0;
  let seen = 0;
  let waiting: (() => void)[] = [];

  const hold = (at: EpochMs | undefined): void => {
    limit = at;
    held = 0;
    quiet = 0;
    time.holdAt(at);
  };
  const isHeld = (): boolean => limit !== undefined && time.now() >= limit;
  const isRunning = (): boolean =>
    time.speed() >= FAST && parts.isFollowed() && limit !== undefined && !isHeld();
  const answerWaiting = (): void => {
    for (const answer of waiting) answer();
    waiting = [];
  };
  const count = (): void => {
    const isQuiet = asked.open() === 0 && asked.total() === seen;
    seen = asked.total();
    held += 1;
    quiet = isQuiet ? quiet + 1 : 0;
  };
  const goOn = async (): Promise<void> => {
    isAsking = true;
    const now = time.now();
    const next = nextLimit(await parts.askDesk(), now, { held, quiet, ...parts });
    isAsking = false;
    if (next !== undefined && time.now() === now) hold(next);
  };
  const look = (): void => {
    stop = timers.after(LOOK_MS, look);
    if (!isRunning()) answerWaiting();
    const isFollowed = parts.isFollowed();
    if (wasFollowed && !isFollowed && limit !== undefined) hold(undefined);
    if (!wasFollowed && isFollowed) hold(time.now());
    wasFollowed = isFollowed;
    if (time.speed() === 0 || !isHeld()) return;
    count();
    const isReady = isFollowed ? quiet >= QUIET_LOOKS : false;
    if (!isAsking && (isReady || held > LONGEST_LOOKS)) void goOn();
  };
  hold(time.now());
  let stop = timers.after(LOOK_MS, look);
  return {
    isWaiting: () => time.speed() > 0 && isHeld(),
    standstill: () =>
      isRunning() ? new Promise((resolve) => void waiting.push(resolve)) : Promise.resolve(),
    close: () => {
      stop();
      answerWaiting();
    },
  };
}

/** Where the market may go now; undefined when it waits on. */
function nextLimit(
  desk: DeskState | undefined,
  now: EpochMs,
  { held, quiet, isTrading }: Pick<PaceParts, 'isTrading'> & { held: number; quiet: number },
): EpochMs | undefined {
  const isTooLong = held > LONGEST_LOOKS;
  if (isTrading()) return stepFrom(now);
  if (desk?.isAtWork) return quiet > WORKING_LOOKS || isTooLong ? stepFrom(now) : undefined;
  const isUntold = (desk?.untold ?? 0) > 0 && held < MESSAGE_LOOKS;
  return isSessionOver(now) && isUntold ? undefined : checkpointAfter(now);
}
