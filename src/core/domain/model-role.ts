/** Which models trade and which only decide in the shadow: as they were written, or as people approved. */
import type { Model } from './model.ts';
import type { EpochMs } from './units.ts';

/** The roles of a model. A shadow decides as the others do; nothing of it is traded. */
export const MODEL_ROLES = ['trading', 'shadow'] as const;

/** The role of a model. */
export type ModelRole = (typeof MODEL_ROLES)[number];

/** What people approved for a model. */
export interface AssignedRole {
  readonly role: ModelRole;
  /** Relative to the budgets of the models that are active at the same time. */
  readonly budget: number;
}

/** By model id; a model that is not in it is as it was written. */
export type AssignedRoles = ReadonlyMap<string, AssignedRole>;

/** A change of a model's role that waits for people, with all that they are to know. */
export interface RoleProposal extends AssignedRole {
  readonly id: string;
  readonly model: string;
  /** The hash of what decides, before and after. */
  readonly hashes: { readonly now: string; readonly after: string };
  /** The budgets of all models that would trade, by id. */
  readonly budgets: readonly (readonly [model: string, budget: number])[];
  /** What was known when it was asked for, a sentence each. */
  readonly evidence: readonly string[];
  readonly requestedBy: string;
  /** On the wall clock. */
  readonly expiresAt: EpochMs;
  readonly approvers: 1 | 2;
}

/** A proposal and what people said of it. */
export interface RoleProposalState {
  readonly proposal: RoleProposal;
  readonly approvals: readonly { readonly by: string; readonly byId: string }[];
  /** Undefined while it is open. */
  readonly answer: 'approved' | 'rejected' | undefined;
  readonly answeredBy: string | undefined;
}

/** The models that trade, with the budgets that people approved. */
export function tradingModels(models: readonly Model[], roles: AssignedRoles): readonly Model[] {
  return assigned(models, roles).filter(({ shadow }) => !shadow);
}

/** The models that only decide. */
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
