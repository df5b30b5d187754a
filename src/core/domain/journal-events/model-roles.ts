/** Events of models that start or stop trading: proposed, approved, answered. */
import type { RoleProposal } from '#core/domain/model-role.ts';
import { type JournalEvents, put } from './journal-event.ts';

/** Entries about the roles of models. */
export type ModelRoleEntry =
  | { readonly kind: 'role-proposed'; readonly proposal: RoleProposal }
  /** The first of two approvals; the second is the answer. */
  | {
      readonly kind: 'role-approval';
      readonly proposalId: string;
      readonly by: string;
      readonly byId: string;
    }
  | {
      /** From here on the model has the proposed role and budget, if approved. */
      readonly kind: 'role-answered';
      readonly proposalId: string;
      readonly model: string;
      readonly answer: 'approved' | 'rejected';
      readonly by: string;
    };

/** The rows of the roles of models. */
export const MODEL_ROLE_EVENTS = {
  'role-proposed': {
    key: ({ proposal }) => proposal.id,
    reduce: ({ roleProposals }, { proposal }) => ({
      roleProposals: put(roleProposals, proposal.id, {
        ...{ proposal, approvals: [], answer: undefined, answeredBy: undefined },
      }),
    }),
    log: ({ proposal: { model, role, requestedBy } }) =>
      `${requestedBy} proposes that ${model} is ${role}`,
    message: 'none',
    exports: [],
  },
  'role-approval': {
    key: ({ proposalId, byId }) => `${proposalId} ${byId}`,
    reduce: ({ roleProposals }, { proposalId, by, byId }) => {
      const known = roleProposals.get(proposalId);
      if (!known) return {};
      const approvals = [...known.approvals, { by, byId }];
      return { roleProposals: put(roleProposals, proposalId, { ...known, approvals }) };
    },
    log: ({ proposalId, by }) => `${proposalId} approved by ${by}, one more is needed`,
    message: 'none',
    exports: [],
  },
  'role-answered': {
    key: ({ proposalId }) => proposalId,
    reduce: ({ roleProposals, modelRoles }, { proposalId, answer, by }) => {
      const known = roleProposals.get(proposalId);
      if (!known) return {};
      const { model, role, budget } = known.proposal;
      return {
        roleProposals: put(roleProposals, proposalId, { ...known, answer, answeredBy: by }),
        ...(answer === 'approved' && { modelRoles: put(modelRoles, model, { role, budget }) }),
      };
    },
    log: ({ model, answer, by }) => `the change of ${model} was ${answer} by ${by}`,
    message: 'line',
    exports: [],
  },
} as const satisfies JournalEvents<ModelRoleEntry>;
