/** Problems with the configured roles, as the server has them now. */

/** The server, and the role of each access level; undefined where not set. */
export interface RoleSettings {
  readonly guildId: string;
  readonly viewerRoleId?: string | undefined;
  readonly operatorRoleId?: string | undefined;
  readonly approverRoleId?: string | undefined;
  readonly adminRoleId?: string | undefined;
  readonly alertRoleId?: string | undefined;
}

const LADDER = [
  ['VIEWER_ROLE_ID', 'viewerRoleId'],
  ['OPERATOR_ROLE_ID', 'operatorRoleId'],
  ['APPROVER_ROLE_ID', 'approverRoleId'],
  ['ADMIN_ROLE_ID', 'adminRoleId'],
] as const;

const ALL = [...LADDER, ['ALERT_ROLE_ID', 'alertRoleId'] as const];

/**
 * One sentence per problem, by variable; empty when all is well. `roleName` returns undefined for an
 * unknown role.
 */
export function roleProblems(
  settings: RoleSettings,
  roleName: (roleId: string) => string | undefined,
): readonly string[] {
  const { operatorRoleId, approverRoleId, adminRoleId } = settings;
  const isUnused = operatorRoleId === undefined && (approverRoleId ?? adminRoleId) !== undefined;
  return [
    ...(isUnused ? ['OPERATOR_ROLE_ID is not set: nobody acts, whatever other roles are set'] : []),
    ...ALL.flatMap(([variable, key]) => unfit(variable, settings[key], settings, roleName)),
    ...equals(settings, roleName),
  ];
}

function unfit(
  variable: string,
  id: string | undefined,
  { guildId }: RoleSettings,
  roleName: (roleId: string) => string | undefined,
): readonly string[] {
  if (id === undefined) return [];
  if (id === guildId) return [`${variable} is the server itself, everybody: it gives no right`];
  if (roleName(id) !== undefined) return [];
  return [`${variable} ${id} is no role of this server: nobody holds it`];
}

/** Two levels with the same role are one: anyone who may stop may then also approve trades. */
function equals(
  settings: RoleSettings,
  roleName: (roleId: string) => string | undefined,
): readonly string[] {
  return LADDER.flatMap(([variable, key], index) => {
    const id = settings[key];
    const same = LADDER.slice(0, index).find(([, other]) => settings[other] === id);
    if (id === undefined || !same) return [];
    return [`${same[0]} and ${variable} are the same role, @${roleName(id) ?? id}`];
  });
}
