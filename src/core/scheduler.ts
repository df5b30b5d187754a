/**
 * Returns the tasks that are due. A pure function of calendar, clock and journal: whatever wakes it,
 * however often or late, the answer is the same, so nothing is missed and nothing is done twice.
 */
import { type AccountState, type Rebalance, unfinished } from './domain/account-state.ts';
import {
  firstSessionOfMonth,
  firstSessionOfNextMonth,
  firstSessionOfWeek,
  lastClosedSession,
  lastFinalSession,
  nextSession,
  type Session,
  sessionAt,
  sessionOffset,
  sessionOn,
  sessionOnOrBefore,
  sessionsBetween,
  sessionsIn,
} from './domain/calendar.ts';
import { type Cause, isFlatten, isRaise } from './domain/decision.ts';
import { type Cadence, cadenceOf, type Model } from './domain/model.ts';
import { newYorkDate, newYorkMinutes } from './domain/new-york.ts';
import { REGIME_HOLD_SESSIONS, sessionsHeld } from './domain/regime-hold.ts';
import {
  type AnnounceRules,
  flattenedSince,
  isPostponed,
  isSkipped,
  isStopped,
  type StartWait,
  startWait,
} from './domain/start-rules.ts';
import { tradingWindow } from './domain/trading-window.ts';
import type { EpochMs, SessionDate } from './domain/units.ts';

/** A task that is due now. */
export type DueTask =
  | {
      readonly kind: 'rebalance';
      readonly id: string;
      readonly cause: Cause;
      readonly session: SessionDate;
      /** Cadences of the models that rebalance; undefined: all. */
      readonly cadences?: readonly Cadence[];
    }
  /** A recorded decision is unfinished: resume it. */
  | { readonly kind: 'resume'; readonly id: string }
  /** Missed too long ago, or everything was sold since, or the first plan after a HALT that Rotor had set. */
  | { readonly kind: 'ask'; readonly id: string; readonly why: 'missed' | 'halted' | 'flattened' }
  /** The close of a session is to be recorded. */
  | { readonly kind: 'equity'; readonly session: SessionDate }
  /** Closes that were not recorded before the market opened again; oldest first. */
  | { readonly kind: 'missed'; readonly sessions: readonly SessionDate[] };

/** Settings of the schedule. */
export interface ScheduleRules {
  /** The models that trade; monthly ones by default. */
  readonly models?: readonly Pick<Model, 'id' | 'cadence'>[];
  /** A missed rebalance older than this many sessions waits for an operator. */
  readonly maxCatchUpSessions: number;
  /** Whether a regime other than the last decision's is traded within the month. */
  readonly rebalanceOnRegimeChange: boolean;
  /** Consecutive closes for which a new regime must hold before it is traded; 5 by default. */
  readonly regimeHoldSessions?: number;
  /** How automatic rebalances are announced; they are not by default. */
  readonly announce?: AnnounceRules | undefined;
}

/** The session whose trading window holds the instant, or undefined. */
export function tradableSession(now: EpochMs): Session | undefined {
  const session = sessionAt(now);
  const window = session && tradingWindow(session);
  return window && now >= window.from && now < window.to ? session : undefined;
}

/** When orders may next be sent, outside a trading window. */
export function nextWindow(now: EpochMs): EpochMs {
  const session = sessionAt(now);
  const today = session && tradingWindow(session);
  return today && now < today.from ? today.from : tradingWindow(nextSession(now)).from;
}

/** The last session whose daily bars are available by now. */
export function barsThrough(now: EpochMs): SessionDate {
  return lastFinalSession(now).date;
}

/**
 * Everything due at the instant, most important first. Nothing starts while paused. Orders wait for a trading
 * window; a question to a person only for the day, as the person who just resumed is still there.
 */
export function dueTasks(
  book: AccountState,
  now: EpochMs,
  rules: ScheduleRules,
): readonly DueTask[] {
  const due: DueTask[] = [];
  const open = unfinished(book);
  const isTradable = tradableSession(now) !== undefined;
  if (open && isTradable) due.push({ kind: 'resume', id: open.decision.id });
  if (!open && !book.paused) {
    const mayAsk = isDaytime(now);
    due.push(
      ...rebalanceDue(book, now, rules).filter(({ kind }) =>
        kind === 'ask' ? mayAsk : isTradable,
      ),
    );
  }
  due.push(...closesDue(book, now));
  return due;
}

/** When a question may make a sound: from 09:00 to 21:00 New York, on any day. */
function isDaytime(now: EpochMs): boolean {
  const minutes = newYorkMinutes(now);
  return minutes >= 9 * 60 && minutes < 21 * 60;
}

/** Every close since the last recorded one, or since the account began. */
function closesDue(
  { baseline, equity, missed: lost }: AccountState,
  now: EpochMs,
): readonly DueTask[] {
  if (!baseline) return [];
  const closed = lastClosedSession(now).date;
  const counted = equity.at(-1)?.session;
  const open = sessionsIn(counted ?? newYorkDate(baseline.at), closed).filter(
    ({ date, close }) =>
      (counted === undefined || date > counted) && !lost.has(date) && close > baseline.at,
  );
  // While a session is open the account's value differs from that at the last close.
  const asAtClose = sessionAt(now) === undefined;
  const missed = open.filter(({ date }) => !(asAtClose && date === closed)).map(({ date }) => date);
  return [
    ...(missed.length > 0 ? [{ kind: 'missed', sessions: missed } as const] : []),
    ...(asAtClose && open.length > 0 ? [{ kind: 'equity', session: closed } as const] : []),
  ];
}

/** The rebalance that starts automatically at the instant, and the one that needs approval. */
export function rebalanceDue(
  book: AccountState,
  now: EpochMs,
  rules: ScheduleRules,
): readonly DueTask[] {
  if (rules.announce?.auto === 'off') return [];
  const { owed, missed, waits: _, ...next } = nextRebalance(book, now, rules);
  const asked: readonly DueTask[] = missed ? [ask(book, missed)] : [];
  // A monthly rebalance that waits for approval does not hold up a weekly one.
  if (owed) return [{ kind: 'rebalance', ...next }, ...asked];
  if (missed) return asked;
  const session = rules.rebalanceOnRegimeChange ? tradedRegimeSince(book, now, rules) : undefined;
  if (session === undefined) return [];
  const id = `regime-${session}`;
  if (isPostponed(book, id, now) || startWait(book, id, now, rules.announce)) return [];
  const due: DueTask = { kind: 'rebalance', id, cause: 'regime', session };
  return [needsPerson(book, session) ? ask(book, due) : due];
}

/**
 * The session since which a regime other than the last decision's has held, once it has held long enough;
 * undefined until then, and for the same time after a trade on a regime.
 */
function tradedRegimeSince(
  { rebalances, regime }: AccountState,
  now: EpochMs,
  { regimeHoldSessions = REGIME_HOLD_SESSIONS }: ScheduleRules,
): SessionDate | undefined {
  const all = [...rebalances.values()];
  const last = all.at(-1);
  if (!regime || !last || regime.kind === last.decision.regime.kind) return undefined;
  if (sessionsHeld(regime.since, barsThrough(now)) < regimeHoldSessions) return undefined;
  const traded = all.findLast(({ decision }) => decision.cause === 'regime');
  const age = traded ? sessionsBetween(newYorkDate(traded.at), newYorkDate(now)) : Infinity;
  if (age < regimeHoldSessions) return undefined;
  return rebalances.has(`regime-${regime.since}`) ? undefined : regime.since;
}

function ask(book: AccountState, { id, session }: Pick<NextRebalance, 'id' | 'session'>): DueTask {
  return { kind: 'ask', id, why: whyAsked(book, session) };
}

/** Why the rebalance of that session does not start without approval. */
export function whyAsked(
  book: AccountState,
  session: SessionDate,
): Extract<DueTask, { kind: 'ask' }>['why'] {
  if (needsPerson(book, session)) return 'halted';
  return flattenedSince(book, session) ? 'flattened' : 'missed';
}

/**
 * After a HALT that Rotor had set the first plan needs a person's approval, also if it comes on a later day
 * because no one answered. A rebalance due in a later session runs automatically; an account's first
 * rebalance, which belongs to no session, does not.
 */
function needsPerson(
  { resumedFromHalt, rebalances }: Pick<AccountState, 'resumedFromHalt' | 'rebalances'>,
  session: SessionDate,
): boolean {
  if (resumedFromHalt === undefined) return false;
  return rebalances.size === 0 || session <= newYorkDate(resumedFromHalt);
}

/** The next rebalance, and when it runs. */
export interface NextRebalance {
  readonly id: string;
  readonly cause: Cause;
  /** The session it belongs to; when due it runs in the next trading window. */
  readonly session: SessionDate;
  /** Cadences of the models that rebalance; undefined: all. */
  readonly cadences?: readonly Cadence[];
  /** Orders may be sent since that session, and nothing else holds it back. */
  readonly owed: boolean;
  /** Reason why a due rebalance waits. */
  readonly waits?: StartWait;
  /** The one that does not run without approval: missed too long ago, or the first after a HALT. */
  readonly missed?: { readonly id: string; readonly session: SessionDate };
}

/**
 * The next automatic rebalance. A new account's first rebalance is due at once; after that one is due on
 * the first session of each month, and of each week where a model is weekly, unless the account is younger
 * than that session. Where both are due one rebalance covers both.
 */
export function nextRebalance(book: AccountState, now: EpochMs, rules: NextRules): NextRebalance {
  const next = scheduled(book, now, rules);
  const { id, session, owed } = next;
  const starts = owed ? newYorkDate(now) : session;
  if (isStopped(book, starts)) {
    return { ...next, owed: false, session: sessionAfter(starts).date };
  }
  const waits = starts === newYorkDate(now) ? startWait(book, id, now, rules.announce) : undefined;
  if (!owed && waits !== 'announcement') return next;
  if (owed && needsPerson(book, session)) {
    return { ...next, owed: false, missed: { id, session } };
  }
  if (!waits) return next;
  const then = waits === 'approval' ? session : sessionAfter(starts).date;
  return { ...next, owed: false, waits, session: then };
}

/** Settings that determine the next rebalance. */
type NextRules = Pick<ScheduleRules, 'maxCatchUpSessions' | 'models' | 'announce'>;

/** Also after a day that has none, such as one for which the exchange closed at short notice. */
function sessionAfter(date: SessionDate): Session {
  return sessionOffset(sessionOnOrBefore(date).date, 1);
}

function scheduled(book: AccountState, now: EpochMs, rules: NextRules): NextRebalance {
  const { models = [] } = rules;
  const first = [...book.rebalances.values()][0];
  if (!first) return upcoming(book, 'initial', comingSession(now), now);
  const weekly = models.filter((model) => cadenceOf(model) === 'weekly').map(({ id }) => id);
  if (weekly.length === 0) return nextMonthly(book, first, now, rules);
  const week = nextWeekly(book, first, now, { ...rules, weekly });
  if (weekly.length === models.length) return week;
  return sooner(nextMonthly(book, first, now, rules), week);
}

function nextMonthly(
  book: AccountState,
  first: Rebalance,
  now: EpochMs,
  { maxCatchUpSessions }: Pick<ScheduleRules, 'maxCatchUpSessions'>,
): NextRebalance {
  const today = newYorkDate(now);
  const coming = firstSessionOfNextMonth(today);
  const next = notSkipped(book, [
    upcoming(book, 'monthly', coming, now),
    upcoming(book, 'monthly', firstSessionOfNextMonth(coming.date), now),
  ]);
  const month = firstSessionOfMonth(today);
  const due = upcoming(book, 'monthly', month, now);
  const { id, session } = due;
  if (isDone(book, first, month.date, id)) return next;
  // A person who had everything sold decides when that month's rebalance runs.
  const isMissed =
    sessionsBetween(session, today) > maxCatchUpSessions || flattenedSince(book, session);
  return isMissed ? { ...next, missed: { id, session } } : due;
}

/** Done, skipped, or older than the account. */
function isDone(book: AccountState, first: Rebalance, month: SessionDate, id: string): boolean {
  const known = month <= newYorkDate(first.at) || book.rebalances.has(id);
  return known || isSkipped(book, id) || wasRebalancedManually(book, month);
}

/** A weekly rebalance missed for too long is dropped without asking: the next one comes soon. */
function nextWeekly(
  book: AccountState,
  first: Rebalance,
  now: EpochMs,
  {
    maxCatchUpSessions,
    weekly,
  }: Pick<ScheduleRules, 'maxCatchUpSessions'> & { readonly weekly: readonly string[] },
): NextRebalance {
  const today = newYorkDate(now);
  const { date } = firstSessionOfWeek(today);
  const due = upcoming(book, 'weekly', firstSessionOfWeek(today), now);
  const isOver =
    date <= newYorkDate(first.at) ||
    isSkipped(book, due.id) ||
    wasRebalancedManually(book, date) ||
    haveRebalanced(book, date, weekly) ||
    sessionsBetween(due.session, today) > maxCatchUpSessions;
  if (!isOver) return due;
  return notSkipped(book, [
    upcoming(book, 'weekly', firstSessionOfWeek(today, 1), now),
    upcoming(book, 'weekly', firstSessionOfWeek(today, 2), now),
  ]);
}

/** The first of both unless a person skipped it the evening before. */
function notSkipped(
  book: AccountState,
  [first, second]: readonly [NextRebalance, NextRebalance],
): NextRebalance {
  return isSkipped(book, first.id) ? second : first;
}

/** A due one comes first, then the earlier one; both combined where both are due or start together. */
function sooner(month: NextRebalance, week: NextRebalance): NextRebalance {
  const { missed } = month;
  const together = month.owed ? week.owed : month.session === week.session;
  if (together) return month;
  if (month.session < week.session) return { ...month, cadences: ['monthly'] };
  return { ...week, cadences: ['weekly'], ...(missed && { missed }) };
}

/** A delay moves its session; its id stays. */
function upcoming(
  book: AccountState,
  cause: 'initial' | 'monthly' | 'weekly',
  { date }: Session,
  now: EpochMs,
): Omit<NextRebalance, 'missed'> {
  const id = `${cause}-${cause === 'monthly' ? date.slice(0, 7) : date}`;
  const until = book.announcements.get(id)?.until ?? date;
  // The exchange may have closed for that day since it was chosen.
  const opens = tradingWindow(sessionOn(until) ?? sessionAfter(until)).from;
  return { id, cause, session: until, owed: now >= opens };
}

/** Whether the models took part in a rebalance that began on or after the day. */
function haveRebalanced(book: AccountState, due: SessionDate, ids: readonly string[]): boolean {
  return [...book.rebalances.values()].some(
    ({ decision, at }) =>
      newYorkDate(at) >= due &&
      decision.votes.some(({ id, carriedFrom }) => ids.includes(id) && carriedFrom === undefined),
  );
}

/** A manual rebalance on or after the day replaces a missed one. */
function wasRebalancedManually(book: AccountState, due: SessionDate): boolean {
  return [...book.rebalances.values()].some(
    ({ decision, at }) =>
      decision.cause === 'manual' &&
      !isFlatten(decision) &&
      !isRaise(decision) &&
      newYorkDate(at) >= due,
  );
}

/** The earliest session in which orders can be sent: today's until its window ends, else the next. */
export function comingSession(now: EpochMs): Session {
  const session = sessionAt(now);
  return session && now < tradingWindow(session).to ? session : nextSession(now);
}
