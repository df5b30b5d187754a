/**
 * Environment -> Config, once. All errors are reported together, by variable name and never with a value.
 */
import type { z } from 'zod';
import type { SessionDate } from '#core/domain/units.ts';
import { discordNotices, everyoneFaults } from './config/discord-rules.ts';
import { fileFaultsIn } from './config/env-file.ts';
import { ConfigError, type Environment } from './config/environment.ts';
import { nameFaults, retiredIn, withRetired } from './config/names.ts';
import {
  approvalOf,
  limitFaults,
  orderLimitsOf,
  tradingOf,
  tradingSchema,
} from './config/trading.ts';
import type { Config, SandboxConfig, TradingRules } from './config/types.ts';
import { accountFaults, barsFolder, defaultPort, schema } from './config/variables.ts';

export { ConfigError };

type Parsed = z.output<typeof schema>;

const ACCOUNTS = [
  'ALPACA_KEY_ID',
  'ALPACA_SECRET_KEY',
  'DISCORD_TOKEN',
  'DISCORD_GUILD_ID',
  'DISCORD_CHANNEL_ID',
];

/** No account setting is given: Rotor runs against the sandbox. A partial account is an error. */
export function wantsSandbox(env: Environment): boolean {
  return ACCOUNTS.every((name) => !env[name]);
}

/** The whole configuration. @throws ConfigError listing every error. */
export function parseConfig(env: Environment): Config {
  const parsed = parse(schema, env, [
    ...nameFaults(env),
    ...accountFaults(env),
    ...everyoneFaults(env),
  ]);
  const faults = limitFaults(parsed);
  if (faults.length > 0) throw new ConfigError(faults);
  return {
    alpaca: {
      keyId: parsed.ALPACA_KEY_ID,
      secretKey: parsed.ALPACA_SECRET_KEY,
      apiBase: parsed.ALPACA_API_BASE,
    },
    discord: discordOf(parsed),
    stateDir: parsed.STATE_DIR,
    dataDir: parsed.DATA_DIR ?? barsFolder(parsed.STATE_DIR),
    dataImport: parsed.DATA_IMPORT,
    closedDays: parsed.CLOSED_DAYS,
    ...tradingOf(parsed),
    limits: { ...tradingOf(parsed).limits, ...orderLimitsOf(parsed) },
    prices: { maxSpreadBps: parsed.MAX_SPREAD_BPS },
    maxCatchUpSessions: parsed.MAX_CATCHUP_SESSIONS,
    rebalanceOnRegimeChange: parsed.REBALANCE_ON_REGIME_CHANGE,
    regimeHoldSessions: parsed.REGIME_HOLD_SESSIONS,
    riskFree: parsed.RISK_FREE_RATE,
    approval: approvalOf(parsed),
    announce: {
      auto: parsed.AUTO_REBALANCE,
      first: parsed.FIRST_REBALANCE,
      ...parsed.ANNOUNCE_AT,
    },
    maxDrift: parsed.MAX_DRIFT,
    chartServer: parsed.CHART_SERVER,
    health: healthOf(parsed),
    crashLimit: parsed.CRASH_LIMIT,
    log: { level: parsed.LOG_LEVEL, format: parsed.LOG_FORMAT },
    notices: [...retiredIn(env), ...discordNotices(env)],
  };
}

function discordOf(parsed: Parsed): Config['discord'] {
  return {
    token: parsed.DISCORD_TOKEN,
    apiBase: parsed.DISCORD_API_BASE,
    guildId: parsed.DISCORD_GUILD_ID,
    channelId: parsed.DISCORD_CHANNEL_ID,
    viewerRoleId: parsed.VIEWER_ROLE_ID,
    operatorRoleId: parsed.OPERATOR_ROLE_ID,
    approverRoleId: parsed.APPROVER_ROLE_ID,
    adminRoleId: parsed.ADMIN_ROLE_ID,
    alertRoleId: parsed.ALERT_ROLE_ID,
    fallbackChannelId: parsed.DISCORD_FALLBACK_CHANNEL_ID,
    ownerId: parsed.DISCORD_OWNER_ID,
    quietHours: parsed.QUIET_HOURS,
    notify: parsed.NOTIFY,
  };
}

function healthOf(parsed: Parsed): Config['health'] {
  const port = parsed.HEALTH_PORT ?? defaultPort(parsed.ALPACA_API_BASE);
  return {
    port: port === 0 ? undefined : port,
    host: parsed.HEALTH_HOST,
    heartbeatUrl: parsed.HEARTBEAT_URL,
    replicaWatch: parsed.REPLICA_WATCH,
  };
}

/** The part needed for decisions, for the offline commands. @throws ConfigError */
export function tradingRules(env: Environment): TradingRules {
  return tradingOf(parse(tradingSchema, env, []));
}

/** Closings at short notice that a person has confirmed. @throws ConfigError */
export function confirmedClosings(env: Environment): readonly SessionDate[] {
  return parse(schema.pick({ CLOSED_DAYS: true }), env, []).CLOSED_DAYS;
}

/** Annual risk-free rate, a fraction. @throws ConfigError */
export function riskFreeRate(env: Environment): number {
  return parse(schema.pick({ RISK_FREE_RATE: true }), env, []).RISK_FREE_RATE;
}

/** The part that the sandbox needs. @throws ConfigError */
export function sandboxConfig(env: Environment): SandboxConfig {
  const parsed = parse(
    schema.pick({
      SANDBOX_BARS: true,
      SANDBOX_PORT: true,
      SANDBOX_SPEED: true,
      STATE_DIR: true,
      HEALTH_PORT: true,
    }),
    env,
    nameFaults(env),
  );
  return {
    bars: parsed.SANDBOX_BARS,
    healthPort: parsed.HEALTH_PORT,
    port: parsed.SANDBOX_PORT,
    speed: parsed.SANDBOX_SPEED,
    stateDir: `${parsed.STATE_DIR}/sandbox`,
  };
}

/**
 * An empty variable counts as missing, as in an unedited line of `.env`. Errors in the file itself are
 * reported with all others.
 */
function parse<T extends z.ZodType>(
  shape: T,
  given: Environment,
  before: readonly string[],
): z.output<T> {
  const env = withRetired(given);
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  // zod compiles a schema at its first use, which does not pay for one that is used once.
  const result = shape.safeParse(present, { jitless: true });
  const issues = result.success ? [] : result.error.issues;
  const faults = [
    ...fileFaultsIn(env),
    ...before,
    ...issues.map((issue) => {
      const name = String(issue.path[0]);
      return `${name}: ${present[name] === undefined ? 'is not set' : issue.message}`;
    }),
  ];
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}
