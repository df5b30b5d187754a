/** Checks of Discord: token, server, channel, each permission and each role by name. */
import { connect, type Gateway, MENTION_ROLE, NEEDED_PERMISSIONS } from '#bot/discord/gateway.ts';
import type { Log } from '#core/ports.ts';
import type { Config } from '#src/config/types.ts';
import { type Check, fail, pass, reasonOf } from './check.ts';

const TOKEN =
  'Reset the token in the Developer Portal under Bot, and set DISCORD_TOKEN to the new one.';
const NETWORK = 'Check this machine’s connection to Discord, and discordstatus.com.';
const UNKNOWN_GUILD = 10_004;
const MISSING_ACCESS = 50_001;

type Discord = Config['discord'];

/** Signs in as Rotor does, and signs out. A running Rotor is not disturbed. */
export async function withGateway<T>(
  discord: Discord,
  log: Log,
  use: (gateway: Gateway) => Promise<T>,
): Promise<T> {
  const ignore = (): void => undefined;
  const gateway = await connect({ discord, log, onInteraction: ignore, onFatal: ignore });
  try {
    return await use(gateway);
  } finally {
    await gateway.destroy();
  }
}

/** Checks the bot, its server, channel and permissions. */
export async function discordChecks(discord: Discord, log: Log): Promise<readonly Check[]> {
  try {
    return await withGateway(discord, log, async (gateway) => inside(discord, gateway));
  } catch (error) {
    return [loginFault(discord, error)];
  }
}

function loginFault({ guildId }: Discord, error: unknown): Check {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = reasonOf(error);
  if (code === UNKNOWN_GUILD || code === MISSING_ACCESS) {
    const remedy = 'Invite the bot to that server, or set DISCORD_GUILD_ID to the one it is in.';
    return fail('Discord server', `${guildId}: ${reason}`, remedy);
  }
  if (reason.startsWith('channel ')) {
    return fail('Discord channel', reason, 'Set DISCORD_CHANNEL_ID to a text channel there.');
  }
  const token = /token|unauthorized|401|authentication|intents/i.test(`${String(code)} ${reason}`);
  return fail('Discord token', reason, token ? TOKEN : NETWORK);
}

function inside(discord: Discord, gateway: Gateway): readonly Check[] {
  const { bot, guild, channel } = gateway.names();
  return [
    pass('Discord token', `signs in as ${bot}`),
    pass('Discord server', guild),
    channel === undefined
      ? fail(
          'Discord channel',
          `${discord.channelId} is not seen`,
          'Give the bot View Channel there, or set DISCORD_CHANNEL_ID to another.',
        )
      : pass('Discord channel', `#${channel}`),
    ...permissions(gateway),
    ...fallback(discord, gateway),
    ...roles(discord, gateway),
    ...unfitRoles(gateway),
  ];
}

function permissions(gateway: Gateway): readonly Check[] {
  const missing = new Set(gateway.missing());
  return Object.keys(NEEDED_PERMISSIONS).map((name) =>
    missing.has(name)
      ? fail(`permission ${name}`, 'missing', `Channel settings > Permissions: allow ${name}.`)
      : pass(`permission ${name}`, 'granted'),
  );
}

function fallback({ fallbackChannelId }: Discord, gateway: Gateway): readonly Check[] {
  if (fallbackChannelId === undefined) return [];
  const missing = gateway.missing(fallbackChannelId);
  if (missing.length === 0) return [pass('fallback channel', 'every permission granted')];
  const remedy =
    'Messages that cannot be posted in the channel have nowhere to go: allow these there.';
  return [fail('fallback channel', `missing: ${missing.join(', ')}`, remedy)];
}

/**
 * Problems with roles that exist: one role for two levels, or roles that can act without the first level.
 */
function unfitRoles(gateway: Gateway): readonly Check[] {
  const remedy = 'Give each right its own role, or leave its variable empty.';
  return gateway
    .roleProblems()
    .filter((problem) => !/is no role of this server/.test(problem))
    .map((problem) => fail('roles', problem, remedy));
}

const ROLES = [
  ['VIEWER_ROLE_ID', 'viewerRoleId', 'everybody in the channel reads'],
  ['OPERATOR_ROLE_ID', 'operatorRoleId', 'nobody acts'],
  ['APPROVER_ROLE_ID', 'approverRoleId', 'operators approve'],
  ['ADMIN_ROLE_ID', 'adminRoleId', 'approvers see the audit'],
  ['ALERT_ROLE_ID', 'alertRoleId', 'critical alerts mention nobody'],
] as const;

const MENTION = 'Server settings > Roles > this role: allow anyone to @mention it.';

function roles(discord: Discord, gateway: Gateway): readonly Check[] {
  return ROLES.map(([variable, key, without]) => {
    const id = discord[key];
    if (id === undefined) return pass(`role ${variable}`, `not set: ${without}`);
    const name = gateway.roleName(id);
    if (key === 'alertRoleId' && name !== undefined && gateway.missing().includes(MENTION_ROLE))
      return fail(
        `role ${variable}`,
        `@${name} cannot be mentioned, so it notifies nobody`,
        MENTION,
      );
    if (name !== undefined) return pass(`role ${variable}`, `@${name}`);
    const remedy = `Server settings > Roles: copy the id of a role, and set ${variable}.`;
    return fail(`role ${variable}`, `${id} is no role of this server`, remedy);
  });
}
