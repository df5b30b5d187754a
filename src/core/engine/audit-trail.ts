import type { Entry, Recorded } from '../domain/entry.ts';
import { AUDITED } from '../domain/journal-events/table.ts';
import type { Journal } from '../ports.ts';

/** Who did what, and with which result; a part of the journal and its hash chain. */
export interface AuditTrail {
  /** Records who used which command, allowed or not. False when that interaction is already recorded. */
  audit(command: Extract<Entry, { kind: 'command' }>): boolean;
  /** Records the result of that attempt. */
  recordOutcome(id: string, result: string): void;
  /** Attempts and their results, newest first; entries before `before`. */
  auditTrail(limit: number, before?: number): readonly Recorded[];
  /** Verifies the hash chain of the whole journal again. */
  verifyAuditTrail(): { readonly entries: number; readonly fault: string | undefined };
}

/** Stores the audit trail in the journal. */
export function createAuditTrail(journal: Journal): AuditTrail {
  return {
    audit: (command) => journal.append(command).length > 0,
    recordOutcome: (id, result) => void journal.append({ kind: 'outcome', id, result }),
    auditTrail: (limit, before) => journal.latest(AUDITED, limit, before),
    verifyAuditTrail: journal.verify,
  };
}
