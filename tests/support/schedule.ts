/** Books that have rebalanced, and instants of New York, for tests of the schedule. */
import {
  type AccountState,
  EMPTY_ACCOUNT_STATE,
  type Rebalance,
} from '#core/domain/account-state.ts';
import type { AnnouncedRebalance } from '#core/domain/announcement.ts';
import type { Decision } from '#core/domain/decision.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import { cents, type EpochMs, epochMs, sessionDate } from '#core/domain/units.ts';
import { decision } from '#tests/support/decision.ts';

/** That minute in New York. */
export function ny(date: string, time: string): EpochMs {
  const [hour = 0, minute = 0] = time.split(':').map(Number);
  return newYorkInstant(sessionDate(date), hour * 60 + minute);
}

/** An id, when it was decided, whether it is finished (it is by default), and parts of its decision. */
type Done = readonly [id: string, at: EpochMs, finished?: boolean, own?: Partial<Decision>];

/** An account that began with the first of these rebalances. */
export function bookOf(...done: readonly Done[]): AccountState {
  const rebalances = done.map(([id, at, finished = true, own = {}]): [string, Rebalance] => [
    id,
    {
      decision: decision({ id, cause: id.startsWith('manual') ? 'manual' : 'monthly', ...own }),
      at,
      finishedAt: finished ? at : undefined,
      result: finished ? { kind: 'complete', left: [] } : undefined,
    },
  ]);
  const at = done[0]?.[1] ?? epochMs(0);
  const baseline = { at, equity: cents(10_000_000), benchmark: 500 };
  return { ...EMPTY_ACCOUNT_STATE, rebalances: new Map(rebalances), baseline };
}

/** The book after that rebalance was announced for the session, with parts of the announcement. */
export function announced(
  book: AccountState,
  id: string,
  session: string,
  own: Partial<AnnouncedRebalance> = {},
): AccountState {
  const announcement: AnnouncedRebalance = {
    ...{ id, session: sessionDate(session), round: 'evening', decision: decision({ id }) },
    ...{ before: undefined, at: epochMs(0), seq: 1, deliveredAt: undefined, change: undefined },
    ...{ delays: 0, until: undefined, over: false },
    ...own,
  };
  return { ...book, announcements: new Map([...book.announcements, [id, announcement]]) };
}

/** What a person answered to an announced rebalance. */
export function answered(choice: 'run' | 'delay' | 'skip'): Partial<AnnouncedRebalance> {
  return { change: { choice, by: 'ann', at: epochMs(0) } };
}
