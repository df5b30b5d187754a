/**
 * Lets months pass in seconds while nothing happens, and slows down while Rotor trades, so that kills can
 * hit.
 */
import { setTimeout as wait } from 'node:timers/promises';
import Database from 'better-sqlite3';
import { isFirstOfMonth, nextSession, type Session, sessionAt } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { tradingWindow } from '#core/domain/trading-window.ts';
import { type EpochMs, epochMs } from '#core/domain/units.ts';
import type { Servers } from '#tests/support/sandbox-process.ts';

/**
 * Market milliseconds per real millisecond. Rotor learns of a new speed some ten milliseconds late and its
 * clock never goes back, so the market slows down in steps: the overshoot at one speed must be short at the
 * next.
 */
const SPEED = { still: 0, trading: 100, near: 6_000, brake: 20_000, quiet: 60_000 } as const;
const LOOK_MS = 20;
/** After this time Rotor knows the new speed. */
const HEARD_MS = 100;
const MINUTE_MS = 60_000;
/** The last session of a month is slow from this long before its end. */
const NEAR_END_MS = 180 * MINUTE_MS;
/** Before orders may be sent. */
const NEAR_ORDERS_MS = 2 * MINUTE_MS;

/** State of a journal's rebalances. */
export interface Progress {
  readonly decided: ReadonlySet<string>;
  readonly finished: ReadonlySet<string>;
  /** No trading until an operator resumes. */
  readonly halted: boolean;
  /** When a HALT by Rotor itself was ended, until the next decision. */
  readonly resumedAt: EpochMs | undefined;
}

/** Reads the progress of a rebalance from a journal. */
export function progressOf(file: string): Progress {
  try {
    const database = new Database(file, { readonly: true, fileMustExist: true });
    try {
      return readProgress(database);
    } finally {
      database.close();
    }
  } catch {
    // Before its first start there is no journal, and in its first moments no table.
    return { decided: new Set(), finished: new Set(), halted: false, resumedAt: undefined };
  }
}

function readProgress(database: Database.Database): Progress {
  const keys = database.prepare<[string], { key: string }>(
    'SELECT key FROM entries WHERE kind = ?',
  );
  const turns = database
    .prepare<[], { at: number; kind: string; body: string }>(
      "SELECT at, kind, body FROM entries WHERE kind IN ('state', 'decision') ORDER BY seq",
    )
    .all();
  const all = (kind: string): ReadonlySet<string> => new Set(keys.all(kind).map(({ key }) => key));
  return {
    decided: all('decision'),
    finished: all('finished'),
    halted: isHalt(turns.findLast(({ kind }) => kind === 'state')?.body),
    resumedAt: resumedAt(turns),
  };
}

interface Turn {
  readonly at: number;
  readonly kind: string;
  readonly body: string;
}

function isHalt(body = ''): boolean {
  return body.includes('"HALT"');
}

function resumedAt(turns: readonly Turn[]): EpochMs | undefined {
  const afterDecision = turns.slice(turns.findLastIndex(({ kind }) => kind === 'decision') + 1);
  const halt = afterDecision.findLastIndex(
    ({ body }) => isHalt(body) && body.includes('"by":"rotor"'),
  );
  const resumed = halt < 0 ? undefined : afterDecision[halt + 1];
  return resumed && epochMs(resumed.at);
}

/** No rebalance is running or due. */
export function isIdle(progress: Progress, now: EpochMs): boolean {
  return isFinished(progress) && !isOwed(progress, sessionAt(now) ?? nextSession(now));
}

function isFinished({ decided, finished }: Progress): boolean {
  return [...decided].every((id) => finished.has(id));
}

/**
 * The account's first rebalance, and one for each month after the first. After a HALT by Rotor itself was
 * ended, nothing starts automatically in that month: an approver would have to request it.
 */
function isOwed({ decided, resumedAt }: Progress, { date }: Session): boolean {
  const month = date.slice(0, 7);
  if (decided.size === 0) return true;
  if (resumedAt !== undefined && newYorkDate(resumedAt).startsWith(month)) return false;
  return ![...decided].some((id) => id.includes(month) && !id.startsWith('regime'));
}

/** Whether the next session begins a month and its rebalance comes next. */
export function isDayBeforeRebalance(progress: Progress, now: EpochMs): boolean {
  const session = sessionAt(now) ?? nextSession(now);
  const owed = isFinished(progress) && isOwed(progress, session);
  return owed && isFirstOfMonth(session.date) && now < tradingWindow(session).from;
}

/** Speed of the market at that progress; 1 is real time. */
export function speedFor(progress: Progress, now: EpochMs): number {
  const session = sessionAt(now) ?? nextSession(now);
  const { from, to } = tradingWindow(session);
  if (!isIdle(progress, now)) {
    return now >= from - NEAR_ORDERS_MS && now < to ? SPEED.trading : SPEED.near;
  }
  const next = nextSession(session.open);
  if (isFirstOfMonth(next.date)) {
    return now >= session.close - NEAR_END_MS ? SPEED.near : SPEED.brake;
  }
  return isFirstOfMonth(nextSession(next.open).date) ? SPEED.brake : SPEED.quiet;
}

/** Controls the speed of the market. */
export interface Pace {
  progress(): Progress;
  /** Pauses the market until released. */
  hold(): Promise<void>;
  /** Runs the market at trading speed until released. */
  slow(): Promise<void>;
  release(): void;
  /** Whether the market has no day left. */
  isOver(): boolean;
  stop(): void;
}

/** Keeps the market slow while Rotor trades and fast in between. */
export function keepPace(servers: Servers, journal: string): Pace {
  let held = false;
  let speed = -1;
  let asked: Promise<void> = Promise.resolve();
  const set = (wanted: number): Promise<void> => {
    if (wanted !== speed) {
      speed = wanted;
      asked = asked.then(() => servers.setSpeed(wanted));
    }
    return asked;
  };
  const timer = setInterval(() => {
    if (!held) void set(speedFor(progressOf(journal), servers.time.now()));
  }, LOOK_MS);
  return {
    progress: () => progressOf(journal),
    hold: () => {
      held = true;
      return set(SPEED.still);
    },
    slow: async () => {
      held = true;
      const isNews = speed !== SPEED.trading;
      await set(SPEED.trading);
      if (isNews) await wait(HEARD_MS);
    },
    release: () => {
      held = false;
    },
    isOver: () => servers.time.now() >= servers.time.timeScale().endMs - 26 * 86_400_000,
    stop: () => clearInterval(timer),
  };
}
