/** Recomputes every decision of a journal. */
import { EMPTY_ACCOUNT_STATE } from '../domain/account-state.ts';
import type { Decision } from '../domain/decision.ts';
import type { Recorded } from '../domain/entry.ts';
import { applyEntry } from '../domain/journal-events/table.ts';
import { type AssignedRoles, shadowModels, tradingModels } from '../domain/model-role.ts';
import type { SessionDate } from '../domain/units.ts';
import { type Replayed, type ReplayParts, replayDecision } from './replay.ts';

/** A decision and the result of recomputing it. */
export interface ReplayedDecision {
  readonly id: string;
  readonly asOf: SessionDate;
  readonly result: Replayed;
}

/** The result of recomputing all decisions. */
export interface Replay {
  /** Decisions whose inputs were stored. */
  readonly of: number;
  readonly equal: number;
  /** Decisions of versions that stored no inputs. */
  readonly notKept: number;
  readonly decisions: readonly ReplayedDecision[];
}

/** As-of sessions of the decisions, both inclusive; unbounded where absent. */
export interface ReplayRange {
  readonly from?: SessionDate | undefined;
  readonly to?: SessionDate | undefined;
}

/** Replays decisions, and plans and announcements that were never executed, each id and session once. */
export function replayJournal(
  entries: Iterable<Recorded>,
  parts: ReplayParts,
  { from, to }: ReplayRange = {},
): Replay {
  const decisions = [...decisionsIn(entries)]
    .filter(({ decision: { asOf } }) => (from ?? asOf) <= asOf && asOf <= (to ?? asOf))
    .map(({ decision, roles }): ReplayedDecision => {
      const { id, asOf } = decision;
      const models = tradingModels(parts.models, roles);
      const shadows = shadowModels(parts.models, roles);
      return { id, asOf, result: replayDecision(decision, { ...parts, models, shadows }) };
    });
  const count = (kind: Replayed['kind']): number =>
    decisions.filter(({ result }) => result.kind === kind).length;
  const notKept = count('not-kept');
  return { of: decisions.length - notKept, equal: count('equal'), notKept, decisions };
}

/** Each decision with the roles approved by then. */
function* decisionsIn(
  entries: Iterable<Recorded>,
): Iterable<{ readonly decision: Decision; readonly roles: AssignedRoles }> {
  const planned = new Set<string>();
  let state = EMPTY_ACCOUNT_STATE;
  for (const recorded of entries) {
    const { entry } = recorded;
    const roles = state.modelRoles;
    if (entry.kind === 'proposal') {
      planned.add(entry.proposal.id);
      yield { decision: entry.proposal.decision, roles };
    } else if (entry.kind === 'announced') yield { decision: entry.decision, roles };
    // An approved plan is recorded a second time, as it was proposed.
    else if (entry.kind === 'decision' && !planned.has(entry.decision.id)) {
      yield { decision: entry.decision, roles };
    } else if (entry.kind === 'role-proposed' || entry.kind === 'role-answered') {
      state = applyEntry(state, recorded);
    }
  }
}
