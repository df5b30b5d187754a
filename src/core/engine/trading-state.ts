/** RUN, REDUCE or HALT: who sets it, and what it ends. */
import type { AccountState, TradingState } from '../domain/account-state.ts';
import { notBookedOf } from '../domain/drawdown.ts';
import type { Entry } from '../domain/entry.ts';
import type { AccountSnapshot } from '../domain/managed-account.ts';
import { type Observation, snapshotOf } from '../domain/observation.ts';
import { cents } from '../domain/units.ts';
import { resolvedEntries } from './alerts.ts';
import type { AnswerOutcome } from './answer-outcome.ts';
import type { EngineParts } from './parts.ts';
import { unpricedSplits } from './reconciliation/suspected-split.ts';

/**
 * Sets the state. RUN ends a pause and resolves open drawdown and error alerts; drawdown is measured from
 * now.
 */
export function setTradingState(
  { journal, safety }: Pick<EngineParts, 'journal' | 'safety'>,
  seen: Observation,
  state: TradingState,
  by: string,
  reason: string,
): AnswerOutcome {
  const doubt = journal.doubt();
  if (state === 'RUN' && doubt !== undefined) return { kind: 'closed', reason: doubt };
  const book = journal.book();
  journal.append(
    { kind: 'state', state, by, reason, ...currentSnapshot(book, seen) },
    ...(state === 'RUN' ? resumeEntries(book, by, reason) : []),
  );
  if (state === 'RUN') safety?.leave();
  return { kind: 'accepted' };
}

function resumeEntries(book: AccountState, by: string, reason: string): readonly Entry[] {
  const over = resolvedEntries(book, ['drawdown', 'error'], `Resumed by ${by}: ${reason}`);
  return book.paused ? [{ kind: 'pause', paused: false, by, reason }, ...over] : over;
}

/**
 * The account at the last observation, without deposits not booked yet: they count once booked. The last
 * close before the first observation, and while a split's price is missing.
 */
function currentSnapshot(book: AccountState, seen: Observation): Partial<AccountSnapshot> {
  const now = seen.account?.id === book.account?.id ? snapshotOf(seen) : undefined;
  // New shares at the price before their split would be a peak that never was.
  if (!now || unpricedSplits(book, seen.positions).length > 0) return lastSnapshot(book);
  const { equity, cash = cents(0), holdings, managedBy } = now;
  const extra = Math.max(0, notBookedOf(book, { ...now, managedBy: undefined }));
  const own = Math.max(0, notBookedOf(book, now));
  return { equity: cents(equity - extra), cash: cents(cash - own), holdings, managedBy };
}

function lastSnapshot(book: AccountState): Partial<AccountSnapshot> {
  const last = book.equity.at(-1);
  if (!last) return {};
  const { equity, cash, holdings, managedBy } = last;
  return { equity, cash, holdings, managedBy };
}

/** Halts for safe mode; only a person's resume ends both. */
export function haltForSafety({ journal }: Pick<EngineParts, 'journal'>, reason: string): void {
  if (journal.book().state.state === 'HALT') return;
  journal.append({ kind: 'state', state: 'HALT', by: 'rotor', reason });
}

/** A journal that cannot be trusted halts trading, and the app says why. */
export function haltOnIntegrityError({ journal }: Pick<EngineParts, 'journal'>): void {
  const doubt = journal.doubt();
  if (doubt === undefined) return;
  journal.append(
    { kind: 'state', state: 'HALT', by: 'rotor', reason: doubt },
    {
      kind: 'alert',
      alert: {
        subject: { about: 'journal' },
        severity: 'critical',
        title: 'Journal damaged',
        text: doubt,
        remedy: 'Nothing trades. Restore a backup with `rotor journal restore`.',
      },
    },
  );
}
