/** Reports when the journal's replica falls behind, and when it has caught up. */
import { openAlert } from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import { sentence } from '#core/errors.ts';
import type { Journal, Log } from '#core/ports.ts';

/** Dependencies of createReplicaWatch. */
export interface ReplicaWatchParts {
  /** Whether a replica is expected. */
  readonly isExpected: boolean;
  readonly journal: Pick<Journal, 'append' | 'book'>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly log: Pick<Log, 'warn'>;
}

/** Monitors the replica. */
export interface ReplicaWatch {
  /** The replica reported that it is complete. */
  heard(): void;
  /** Compares now with the last report; records an alert once, and its end once. Never throws. */
  look(): void;
}

const REPLICA: AlertSubject = { about: 'replica' };
/** Litestream reports once a minute, and waits up to half a minute after an error. */
const LATE_MS = 10 * 60_000;

/** The start counts as a report: the replica may start after Rotor. */
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

/** @param isOver whether an alert of an earlier start may end: silence so far does not prove it. */
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
  journal.append({
    kind: 'resolved',
    subject: REPLICA,
    text,
    ...(!isExpected && { lapsed: true }),
  });
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
