/** Which models trade and which only run as shadows: by their definition, or as people approved. */
import type { Model } from './model.ts';
import type { EpochMs } from './units.ts';

/** The roles of a model. A shadow decides as the others do, but is not traded. */
export const MODEL_ROLES = ['trading', 'shadow'] as const;

/** The role of a model. */
export type ModelRole = (typeof MODEL_ROLES)[number];

/** The role that people approved for a model. */
export interface AssignedRole {
  readonly role: ModelRole;
  /** Relative to the budgets of the models that are active at the same time. */
  readonly budget: number;
}

/** By model id; a model without an entry keeps its defined role. */
export type AssignedRoles = ReadonlyMap<string, AssignedRole>;

/** A proposed change of a model's role, with the information people need to answer it. */
export interface RoleProposal extends AssignedRole {
  readonly id: string;
  readonly model: string;
  /** The hash of the setup before and after. */
  readonly hashes: { readonly now: string; readonly after: string };
  /** The budgets of all models that would trade, by id. */
  readonly budgets: readonly (readonly [model: string, budget: number])[];
  /** The evidence at the time of the request, one sentence each. */
  readonly evidence: readonly string[];
  readonly requestedBy: string;
  /** On the wall clock. */
  readonly expiresAt: EpochMs;
  readonly approvers: 1 | 2;
}

/** A proposal and its answers. */
export interface RoleProposalState {
  readonly proposal: RoleProposal;
  readonly approvals: readonly { readonly by: string; readonly byId: string }[];
  /** Undefined while it is open. */
  readonly answer: 'approved' | 'rejected' | undefined;
  readonly answeredBy: string | undefined;
}

/** The models that trade, with their approved budgets. */
export function tradingModels(models: readonly Model[], roles: AssignedRoles): readonly Model[] {
  return assigned(models, roles).filter(({ shadow }) => !shadow);
}

/** The shadow models. */
export function shadowModels(models: readonly Model[], roles: AssignedRoles): readonly Model[] {
  return assigned(models, roles).filter(({ shadow }) => shadow);
}

function assigned(models: readonly Model[], roles: AssignedRoles): readonly Model[] {
  return models.map((model) => {
    const known = roles.get(model.id);
    if (!known) return model;
    const { shadow: _, ...rest } = model;
    const { role, budget } = known;
    return role === 'shadow' ? { ...rest, budget, shadow: true } : { ...rest, budget };
  });
}
