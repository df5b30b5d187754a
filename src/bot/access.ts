/** Who may do what. Pure; asked by the router for every command, button and completion. */

/** Reading, or what moves money or the machine. */
export type Access = 'viewer' | 'operator';

export interface AccessRules {
  readonly guildId: string;
  readonly channelId: string;
  readonly viewerRoleId: string | undefined;
  readonly operatorRoleId: string | undefined;
}

/** Where somebody asked, and as whom, at the moment of the press. */
export interface Asker {
  readonly id: string;
  readonly name: string;
  readonly bot: boolean;
  readonly roleIds: readonly string[];
  /** Undefined in a direct message. */
  readonly guildId: string | undefined;
  readonly channelId: string | undefined;
}

export type Permission =
  | { readonly kind: 'granted' }
  | { readonly kind: 'refused'; readonly reason: string };

const GRANTED: Permission = { kind: 'granted' };

/** Reading needs the viewer role where one is set; acting the operator role, which nobody has unset. */
export function permit(rules: AccessRules, asker: Asker, access: Access): Permission {
  if (asker.bot) return refused('Rotor takes no orders from bots.');
  if (asker.guildId === undefined) return refused('Rotor does not work in direct messages.');
  if (asker.guildId !== rules.guildId) return refused('This Rotor belongs to another server.');
  if (asker.channelId !== rules.channelId) {
    return refused(`Rotor answers only in <#${rules.channelId}>.`);
  }
  return access === 'operator' ? operating(rules, asker) : viewing(rules, asker);
}

function viewing(rules: AccessRules, asker: Asker): Permission {
  const { viewerRoleId, operatorRoleId } = rules;
  if (viewerRoleId === undefined || has(asker, viewerRoleId) || has(asker, operatorRoleId)) {
    return GRANTED;
  }
  return refused('Reading needs the viewer role, which you do not have.');
}

function operating({ operatorRoleId }: AccessRules, asker: Asker): Permission {
  if (operatorRoleId === undefined) {
    return refused('Nobody may act: no operator role is set (OPERATOR_ROLE_ID).');
  }
  if (has(asker, operatorRoleId)) return GRANTED;
  return refused('Acting needs the operator role, which you do not have.');
}

function has(asker: Asker, roleId: string | undefined): boolean {
  return roleId !== undefined && asker.roleIds.includes(roleId);
}

function refused(reason: string): Permission {
  return { kind: 'refused', reason };
}
