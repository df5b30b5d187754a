/** Access control. Pure; the router asks it for every command, button and completion. */

import type { Access } from './command-access.ts';

/** Where Rotor may be used, and the role of each access level; undefined where not set. */
export interface AccessRules {
  readonly guildId: string;
  /** Rotor's channel, and the fallback channel for its messages. */
  readonly channelIds: readonly string[];
  readonly viewerRoleId: string | undefined;
  readonly operatorRoleId: string | undefined;
  readonly approverRoleId: string | undefined;
  readonly adminRoleId: string | undefined;
}

/** Where the request was made and with which roles, at that moment. */
export interface Asker {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  readonly roleIds: readonly string[];
  /** Undefined in a direct message. */
  readonly guildId: string | undefined;
  readonly channelId: string | undefined;
  /** Parent channel, when asked in a thread. */
  readonly parentId?: string | undefined;
}

/** Whether the request is allowed; if not, a sentence that says why. */
export type Permission =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly reason: string };

const GRANTED: Permission = { kind: 'granted' };

/** Checks first the place, then the roles. */
export function permit(rules: AccessRules, asker: Asker, access: Access): Permission {
  if (asker.bot) return refused('Rotor takes no orders from bots.');
  if (asker.guildId === undefined) return refused('Rotor does not work in direct messages.');
  if (asker.guildId !== rules.guildId) return refused('This Rotor belongs to another server.');
  if (!rules.channelIds.some((id) => id === asker.channelId || id === asker.parentId)) {
    return refused(`Rotor answers only in <#${rules.channelIds[0] ?? 'its channel'}>.`);
  }
  return access === 'viewer' ? reading(rules, asker) : acting(rules, asker, access);
}

/** Without a viewer role everyone in the channel may read. */
function reading(rules: AccessRules, asker: Asker): Permission {
  if (rules.viewerRoleId === undefined || holds(rules, asker, 'viewer')) return GRANTED;
  return refused('You need the Viewer role to use Rotor.');
}

/** Without an operator role no one may act, so that viewers never inherit a right. */
function acting(rules: AccessRules, asker: Asker, access: Access): Permission {
  if (rules.operatorRoleId === undefined) {
    return refused('Nobody may act: no operator role is set (OPERATOR_ROLE_ID).');
  }
  if (holds(rules, asker, access)) return GRANTED;
  return refused(`This needs the ${access} role, which you do not have.`);
}

const ROLES_ASCENDING = ['viewer', 'operator', 'approver', 'admin'] as const;

/**
 * A level is held by its own role and every higher one; if its role is not set, by the nearest lower one
 * that is. The id of @everyone, which equals the server's and which everyone has, never grants a right.
 */
function holds(rules: AccessRules, { roleIds }: Asker, access: Access): boolean {
  const { viewerRoleId, operatorRoleId, approverRoleId, adminRoleId } = rules;
  const ids = [viewerRoleId, operatorRoleId, approverRoleId, adminRoleId];
  const step = ROLES_ASCENDING.indexOf(access);
  const lowest = ids.findLastIndex((id, place) => place <= step && id !== undefined);
  return roleIds.some((id) => id !== rules.guildId && ids.includes(id, lowest));
}

function refused(reason: string): Permission {
  return { kind: 'refused', reason };
}
