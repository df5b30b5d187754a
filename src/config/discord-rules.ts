/** Conflicts between the Discord settings, and warnings about them. */
import type { Environment } from './environment.ts';

const ROLES = [
  'VIEWER_ROLE_ID',
  'OPERATOR_ROLE_ID',
  'APPROVER_ROLE_ID',
  'ADMIN_ROLE_ID',
  'ALERT_ROLE_ID',
] as const;

const DISCORD_HOSTS = /(^|\.)(discord|discordapp)\.com$/i;

/** Discord lists @everyone among the roles, with the server's id: it must not grant a right. */
export function everyoneFaults(env: Environment): readonly string[] {
  const guildId = env['DISCORD_GUILD_ID'];
  if (!guildId) return [];
  return ROLES.filter((name) => env[name] === guildId).map(
    (name) =>
      `${name}: is the id of the server, which means everybody; use a role, or leave it empty`,
  );
}

/** Settings that are valid but may not do what people expect. */
export function discordNotices(env: Environment): readonly string[] {
  const webhook = env['SUPERVISOR_WEBHOOK_URL'];
  if (!webhook || !URL.canParse(webhook)) return [];
  if (!DISCORD_HOSTS.test(new URL(webhook).hostname)) return [];
  return [
    'SUPERVISOR_WEBHOOK_URL: is a Discord webhook; if Discord bans this address, the same ban ' +
      'silences it. A HEARTBEAT_URL at another service would still work.',
  ];
}
