/** Late data and overdue tasks: bars of the last session, a rebalance on its day. */

import {
  type AccountState,
  type OpenAlert,
  openAlert,
  unfinished,
} from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { Bars } from '#core/domain/bar.ts';
import { isSession } from '#core/domain/calendar.ts';
import { isFlatten, isRaise } from '#core/domain/decision.ts';
import type { Entry } from '#core/domain/entry.ts';
import { newYorkDate, newYorkTime } from '#core/domain/new-york.ts';
import type { Observation } from '#core/domain/observation.ts';
import { type EpochMs, epochMs, type SessionDate } from '#core/domain/units.ts';
import { instruments } from '#core/domain/universe.ts';
import { barsThrough } from '#core/scheduler.ts';
import { isReported, resolvedEntries } from '../alerts.ts';
import type { EngineParts } from '../parts.ts';

/** Bars are requested every five minutes; they are late this long after becoming available. */
const GRACE_MS = 20 * 60_000;

const DATA: AlertSubject = { about: 'data-late' };
const LATE: AlertSubject = { about: 'late-rebalance' };

/** On a session day: missing bars of the last complete session. */
export function staleDataEntries(
  { journal, universe }: Pick<EngineParts, 'journal' | 'universe'>,
  bars: Bars,
  now: EpochMs,
  { data }: Observation,
): readonly Entry[] {
  const open = openAlert(journal.book(), DATA);
  const expected = barsThrough(now);
  const behind = instruments(universe)
    .map(({ ticker }) => ticker)
    .filter((ticker) => bars.get(ticker)?.dates.at(-1) !== expected);
  if (behind.length === 0) {
    return open
      ? resolvedEntries(journal.book(), [DATA.about], `The bars of ${expected} have arrived.`)
      : [];
  }
  // In the first minutes after a session its bars are still on their way.
  const isDue = barsThrough(epochMs(now - GRACE_MS)) === expected;
  if (!isDue || !data.missing || !isSession(newYorkDate(now))) return [];
  const what = `No bar of ${expected} for ${behind.join(', ')}.`;
  // Repeated when the missing data changes; the reason may differ with every request.
  if (open?.alert.text.startsWith(what)) return [];
  if (!open && isReported(journal.book(), data.missing.reason, DATA.about)) return [];
  const why = data.problem === undefined ? '' : ` ${data.problem}.`;
  return [{ kind: 'alert', alert: dataAlert(`${what} ${data.missing.reason}${why}`) }];
}

function dataAlert(text: string): Alert {
  return {
    subject: DATA,
    severity: 'warning',
    title: 'Data late',
    text,
    remedy:
      'Rotor asks again every five minutes. Positions stay unchanged; nothing is decided without it.',
  };
}

/** An overdue rebalance and the reason; until it is done or needs approval. */
export function overdueEntries(
  { journal }: Pick<EngineParts, 'journal'>,
  { at, nextRebalance }: Observation,
): readonly Entry[] {
  const book = journal.book();
  const open = openAlert(book, LATE);
  const today = newYorkDate(at);
  const owed = nextRebalance?.owed ? nextRebalance.session : undefined;
  // A missed rebalance asks for approval instead, except while paused.
  const session = book.paused ? (nextRebalance?.missed ?? owed) : owed;
  if (session === undefined || session >= today || unfinished(book))
    return open
      ? resolvedEntries(book, [LATE.about], ...resolutionOf(book, open, nextRebalance))
      : [];
  const alert = overdueAlert(session, book, nextRebalance);
  // Repeated when the reason changes.
  return open?.alert.text === alert.text ? [] : [{ kind: 'alert', alert }];
}

function heldBy({ paused, state }: AccountState): string | undefined {
  if (paused) {
    const since = `${newYorkDate(paused.at)} ${newYorkTime(paused.at)}`;
    return `Paused by ${paused.by} since ${since}: ${paused.reason}`;
  }
  return state.state === 'HALT' ? `Halted by ${state.by}: ${state.reason}` : undefined;
}

/** Either it was done, or nothing runs for it any more: the message must tell them apart. */
function resolutionOf(
  { rebalances }: AccountState,
  { firstAt }: OpenAlert,
  next: Observation['nextRebalance'],
): [string, 'solved' | 'lapsed'] {
  const hasRun = [...rebalances.values()].some(
    ({ at, decision }) => at >= firstAt && !isFlatten(decision) && !isRaise(decision),
  );
  if (hasRun) return ['A rebalance has begun.', 'solved'];
  return next?.missed
    ? ['Too old to run automatically: a person has to decide.', 'lapsed']
    : ['It never ran.', 'lapsed'];
}

function overdueAlert(
  session: SessionDate,
  book: AccountState,
  next: Observation['nextRebalance'],
): Alert {
  const late = { subject: LATE, severity: 'warning', title: 'Rebalance is late' } as const;
  const what = `The rebalance of ${session} is overdue`;
  const held = heldBy(book);
  if (session === next?.missed) {
    return {
      ...late,
      text: `${what} and too old to run automatically. ${held ?? ''}`,
      remedy: 'An approver decides whether it still runs.',
    };
  }
  if (next?.waits === 'evidence' && held === undefined) {
    return {
      ...late,
      text: `${what}. Nobody has read the evidence of these models, limits and rules.`,
      remedy: 'It runs once an approver has read the evidence.',
      advice: { code: 'read-evidence' },
    };
  }
  return {
    ...late,
    text: `${what}. ${held ?? 'It runs at the next trading window.'}`,
    remedy: 'It runs once, in the next trading window.',
    advice: { code: 'late-rebalance' },
  };
}
