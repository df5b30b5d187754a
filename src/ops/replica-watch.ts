/** Tells when the journal's replica falls behind, and when it has caught up. */
import { openAlert } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import { sentence } from '#core/errors.ts';
import type { Journal, Log } from '#core/ports.ts';

/** What the watch needs from outside. */
export interface ReplicaWatchParts {
  /** Whether there should be a replica. */
  readonly isExpected: boolean;
  readonly journal: Pick<Journal, 'append' | 'book'>;
  /** Milliseconds that only go forward. */
  readonly now: () => number;
  readonly log: Pick<Log, 'warn'>;
}

/** The watch. */
export interface ReplicaWatch {
  /** The replica says that it has copied everything. */
  heard(): void;
  /** Compares now with the last word; writes an alert once, and once that it is over. Never throws. */
  look(): void;
}

const REPLICA: AlertSubject = { about: 'replica' };
/** Litestream speaks once a minute, and waits up to half a minute after an error. */
const LATE_MS = 10 * 60_000;

/** The start counts as heard: the replica may come up after the desk. */
export function createReplicaWatch(parts: ReplicaWatchParts): ReplicaWatch {
  const { isExpected, now, log } = parts;
  let heardAt = now();
  let wasHeard = false;

  return {
    heard() {
      heardAt = now();
      wasHeard = true;
    },
    look() {
      try {
        writeDown(parts, isExpected && now() - heardAt > LATE_MS, wasHeard || !isExpected);
      } catch (error) {
        log.warn(`replica: ${sentence(error)}`);
      }
    },
  };
}

/** @param isOver whether an alert of an earlier start may end: silence so far is no sign of it. */
function writeDown(
  { journal, isExpected }: ReplicaWatchParts,
  isLate: boolean,
  isOver: boolean,
): void {
  const open = openAlert(journal.book(), REPLICA);
  if (isLate && !open) journal.append({ kind: 'alert', alert: lateAlert() });
  if (isLate || !isOver || !open) return;
  const text = isExpected
    ? 'The replica has copied everything again.'
    : 'No replica is expected any more.';
  journal.append({ kind: 'resolved', subject: REPLICA, text });
}

function lateAlert(): Alert {
  return {
    subject: REPLICA,
    severity: 'warning',
    title: 'The replica falls behind',
    text: `The journal’s replica has not said for ${LATE_MS / 60_000} minutes that it has copied everything.`,
    remedy:
      'Trading goes on; what is not copied is lost if this server is. See docker compose logs replica, then “A replica” in RUNBOOK.md.',
  };
}
