import type { Entry, Recorded } from '../domain/entry.ts';
import { AUDITED } from '../domain/journal-events/table.ts';
import type { Journal } from '../ports.ts';

/** Who did what with what, and what it came to; a part of the journal and of its chain. */
export interface AuditTrail {
  /** Writes down who used which command, allowed or not. False when that interaction is known already. */
  audit(command: Extract<Entry, { kind: 'command' }>): boolean;
  /** Writes down what that attempt came to. */
  recordOutcome(id: string, result: string): void;
  /** Attempts and what they came to, newest first; entries before `before`. */
  auditTrail(limit: number, before?: number): readonly Recorded[];
  /** Follows the chain of the whole journal anew. */
  verifyAuditTrail(): { readonly entries: number; readonly fault: string | undefined };
}

/** Keeps the audit of what people did in the journal. */
export function createAuditTrail(journal: Journal): AuditTrail {
  return {
    audit: (command) => journal.append(command).length > 0,
    recordOutcome: (id, result) => void journal.append({ kind: 'outcome', id, result }),
    auditTrail: (limit, before) => journal.latest(AUDITED, limit, before),
    verifyAuditTrail: journal.verify,
  };
}
