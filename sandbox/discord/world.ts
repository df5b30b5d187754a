/** The sandbox's guild before the first message. */
import { bitsOf, EVERYONE, INVITED } from './permissions.ts';
import { foundingId } from './snowflake.ts';

/** Roles by purpose. */
export type RoleKey = 'viewer' | 'operator' | 'approver' | 'admin' | 'alert';
/** Second approver: for actions that need two people. The app is another bot of the guild. */
export const PERSON_KEYS = [
  'viewer',
  'operator',
  'approver',
  'second-approver',
  'admin',
  'stranger',
  'app',
] as const;
/** People by purpose. */
export type PersonKey = (typeof PERSON_KEYS)[number];

/** A role of the guild. */
export interface Role {
  readonly id: string;
  readonly name: string;
  readonly color: number;
  readonly position: number;
  readonly permissions: bigint;
  readonly mentionable: boolean;
  /** The role that Discord created for a bot. */
  readonly botId: string | undefined;
}

/** A user, person or bot. */
export interface User {
  readonly id: string;
  readonly username: string;
  readonly displayName: string;
  readonly isBot: boolean;
  readonly roles: readonly string[];
}

/** A person of the guild by their key. */
export interface Person extends User {
  readonly key: PersonKey;
}

/** Ids, names and people, the same at every start. */
export interface World {
  readonly applicationId: string;
  readonly guildId: string;
  readonly guildName: string;
  readonly channelId: string;
  readonly channelName: string;
  readonly channelTopic: string;
  /** A second channel, for when the first is gone or forbidden. */
  readonly fallbackChannelId: string;
  readonly fallbackChannelName: string;
  readonly fallbackChannelTopic: string;
  readonly ownerId: string;
  readonly bot: User;
  readonly botRoleId: string;
  readonly people: readonly Person[];
  readonly roleIds: Readonly<Record<RoleKey, string>>;
  readonly roles: readonly Role[];
}

const ID = {
  guild: foundingId(1),
  channel: foundingId(2),
  fallback: foundingId(5),
  application: foundingId(3),
  botRole: foundingId(4),
  viewer: foundingId(11),
  operator: foundingId(12),
  approver: foundingId(13),
  admin: foundingId(14),
  alert: foundingId(15),
} as const;

/** Every sandbox starts with the same ids, so that saved channels and configurations keep working. */
export function createWorld(botName: string): World {
  const { viewer, operator, approver, admin, alert } = ID;
  const person = (
    key: PersonKey,
    index: number,
    username: string,
    displayName: string,
    roles: readonly string[],
  ): Person => ({ key, id: foundingId(index), username, displayName, isBot: false, roles });
  const app = person('app', 27, 'pagebell', 'Pagebell', [viewer, operator, approver]);
  const owner = person('admin', 23, 'ines.castellanos', 'Ines Castellanos', [
    viewer,
    operator,
    approver,
    admin,
    alert,
  ]);
  return {
    applicationId: ID.application,
    guildId: ID.guild,
    guildName: 'Sandbox Capital',
    channelId: ID.channel,
    channelName: 'rotation-desk',
    channelTopic: 'Sector rotation, no real money',
    fallbackChannelId: ID.fallback,
    fallbackChannelName: 'rotor-alerts',
    fallbackChannelTopic: 'For when the desk cannot be reached',
    ownerId: owner.id,
    bot: {
      id: ID.application,
      username: botName,
      displayName: botName,
      isBot: true,
      roles: [ID.botRole],
    },
    botRoleId: ID.botRole,
    people: [
      person('viewer', 21, 'mara.lindqvist', 'Mara Lindqvist', [viewer]),
      person('operator', 22, 'theo.okafor', 'Theo Okafor', [viewer, operator, alert]),
      person('approver', 25, 'noor.haddad', 'Noor Haddad', [viewer, approver]),
      person('second-approver', 26, 'elise.brandt', 'Elise Brandt', [viewer, approver]),
      owner,
      person('stranger', 24, 'jonah.reyes', 'Jonah Reyes', []),
      // It has the operator and approver roles, but as a bot must be refused.
      { ...app, isBot: true },
    ],
    roleIds: { viewer, operator, approver, admin, alert },
    roles: foundingRoles(botName),
  };
}

function foundingRoles(botName: string): readonly Role[] {
  const role = (id: string, name: string, color: number, position: number): Role => ({
    id,
    name,
    color,
    position,
    permissions: 0n,
    mentionable: false,
    botId: undefined,
  });
  return [
    { ...role(ID.guild, '@everyone', 0, 0), permissions: bitsOf(EVERYONE) },
    { ...role(ID.alert, 'On call', 0, 1), mentionable: true },
    role(ID.viewer, 'Viewer', 0x99aab5, 2),
    role(ID.operator, 'Operator', 0x57b78a, 3),
    role(ID.approver, 'Approver', 0xe0a84e, 4),
    { ...role(ID.admin, 'Admin', 0xe0715e, 5), permissions: bitsOf(['Administrator']) },
    {
      ...role(ID.botRole, botName, 0x86aaff, 6),
      permissions: bitsOf(INVITED),
      botId: ID.application,
    },
  ];
}
