/** Whether a model trades or only runs as a shadow: proposed by one person, approved by others. */
import type { Entry } from '../domain/entry.ts';
import type { Model } from '../domain/model.ts';
import {
  type AssignedRole,
  type RoleProposal,
  type RoleProposalState,
  tradingModels,
} from '../domain/model-role.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { epochMs } from '../domain/units.ts';
import { type AnswerOutcome, type Closed, closed } from './answer-outcome.ts';
import { evidenceHash } from './evidence.ts';
import type { EngineParts } from './parts.ts';
import type { Person } from './proposals.ts';

/** A requested role for a model, and the current evidence. */
export interface RoleRequest extends AssignedRole {
  readonly model: string;
  /** Shown and stored with the proposal, one sentence each. */
  readonly evidence: readonly string[];
}

/** Changes of the roles of models. */
export interface ModelRoles {
  /** Proposes a role and budget for a model. */
  proposeRole(request: RoleRequest, by: Person): RoleProposal | Closed;
  /**
   * Approves or rejects a change, once. It takes two people where plans may take two. It applies from the
   * next rebalance on; with real money the evidence of the new mix must then be read again.
   */
  answerRole(proposalId: string, answer: 'approved' | 'rejected', by: Person): AnswerOutcome;
}

/** In real time, not market time. */
const EXPIRES_MS = 24 * 3_600_000;

type Parts = Pick<
  EngineParts,
  'journal' | 'clocks' | 'approval' | 'models' | 'universe' | 'limits' | 'rules' | 'build' | 'hash'
>;

/** @param roster all configured models, whatever their role. */
export function createModelRoles(parts: Parts, roster: readonly Model[]): ModelRoles {
  const { journal } = parts;
  return {
    proposeRole(request, by) {
      const proposal = proposalOf(parts, roster, request, by);
      if (!('kind' in proposal)) journal.append({ kind: 'role-proposed', proposal });
      return proposal;
    },
    answerRole(proposalId, answer, by) {
      const known = journal.book().roleProposals.get(proposalId);
      if (!known) return closed('This proposal is not known here.');
      const refused = closedReason(parts, known, answer, by);
      if (refused !== undefined) return closed(refused);
      const { model, approvers } = known.proposal;
      const waitingFor = approvers - known.approvals.length - 1;
      if (answer === 'approved' && waitingFor > 0) {
        journal.append({ kind: 'role-approval', proposalId, by: by.name, byId: by.id });
        return { kind: 'accepted', waitingFor };
      }
      const names = [...known.approvals.map((each) => each.by), by.name];
      const said = { proposalId, model, answer, by: names.join(' and ') };
      journal.append({ kind: 'role-answered', ...said } satisfies Entry);
      return { kind: 'accepted' };
    },
  };
}

function proposalOf(
  parts: Parts,
  roster: readonly Model[],
  { model, role, budget, evidence }: RoleRequest,
  by: Person,
): RoleProposal | Closed {
  const { journal, clocks, approval } = parts;
  const { modelRoles, roleProposals } = journal.book();
  if (!roster.some(({ id }) => id === model)) return closed(`There is no model ${model}.`);
  if (!(budget > 0)) return closed('A budget is above 0.');
  const models = tradingModels(roster, new Map([...modelRoles, [model, { role, budget }]]));
  if (models.length === 0) return closed('At least one model must trade.');
  const hashes = { now: evidenceHash(parts), after: evidenceHash({ ...parts, models }) };
  if (hashes.now === hashes.after) return closed(`${model} is ${role} already.`);
  const today = newYorkDate(clocks.market.now());
  return {
    id: `role-${today}-${roleProposals.size + 1}`,
    ...{ model, role, budget, hashes, evidence },
    budgets: models.map((each) => [each.id, each.budget]),
    requestedBy: by.name,
    expiresAt: epochMs(clocks.wall.now() + EXPIRES_MS),
    approvers: approval.twoPersonAbove === undefined ? 1 : 2,
  };
}

/** Why the answer is not accepted, or undefined. */
function closedReason(
  parts: Parts,
  { proposal, approvals, answer, answeredBy }: RoleProposalState,
  given: 'approved' | 'rejected',
  by: Person,
): string | undefined {
  if (answer) return `Already ${answer} by ${answeredBy ?? 'nobody'}.`;
  if (parts.clocks.wall.now() >= proposal.expiresAt) {
    return 'This proposal has expired; make a new one.';
  }
  if (given === 'rejected') return undefined;
  if (proposal.hashes.now !== evidenceHash(parts)) {
    return 'Models, limits or rules have changed since; make a new proposal.';
  }
  return approvals.some(({ byId }) => byId === by.id)
    ? `${by.name} has approved already; a second person must approve.`
    : undefined;
}
