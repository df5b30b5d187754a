/** Every variable that Rotor reads, with its default; `.env.example` documents each. */
import { z } from 'zod';
import { REGIME_HOLD_SESSIONS } from '#core/domain/regime-hold.ts';
import { isLoopback } from './addresses.ts';
import {
  acceptedMoves,
  announceTimes,
  baseAddress,
  closedDays,
  flag,
  noticePlaces,
  number,
  path,
  quietHours,
  secretUrl,
  snowflake,
  webAddress,
  wholeNumber,
} from './fields.ts';

/** The broker's paper host, used by default. */
export const PAPER_BASE = 'https://paper-api.alpaca.markets';
const LIVE_BASE = 'https://api.alpaca.markets';
const DISCORD_BASE = 'https://discord.com/api';

/** Default port of the health server, which the image's health check uses. */
export const HEALTH_PORT = 8_080;

/** One field per variable. */
export const schema = z.object({
  ALPACA_KEY_ID: z.string().min(1, 'expected the key id of an Alpaca account'),
  ALPACA_SECRET_KEY: z.string().min(1, 'expected the secret key of an Alpaca account'),
  ALPACA_API_BASE: baseAddress([PAPER_BASE, LIVE_BASE]).default(PAPER_BASE),
  ALPACA_LIVE: z.literal('yes-real-money', 'expected yes-real-money or nothing').optional(),
  DISCORD_TOKEN: z.string().min(1, 'expected the token of a Discord bot'),
  DISCORD_API_BASE: baseAddress([DISCORD_BASE]).default(DISCORD_BASE),
  DISCORD_GUILD_ID: snowflake,
  DISCORD_CHANNEL_ID: snowflake,
  VIEWER_ROLE_ID: snowflake.optional(),
  OPERATOR_ROLE_ID: snowflake.optional(),
  APPROVER_ROLE_ID: snowflake.optional(),
  ADMIN_ROLE_ID: snowflake.optional(),
  ALERT_ROLE_ID: snowflake.optional(),
  DISCORD_FALLBACK_CHANNEL_ID: snowflake.optional(),
  DISCORD_OWNER_ID: snowflake.optional(),
  QUIET_HOURS: quietHours.optional(),
  NOTIFY: noticePlaces,
  STATE_DIR: path.default('data'),
  DATA_DIR: path.optional(),
  DATA_IMPORT: path.optional(),
  ACCEPTED_MOVES: acceptedMoves,
  CLOSED_DAYS: closedDays,
  MAX_GROSS: number(0.1, 1.5).default(1),
  MAX_WEIGHT: number(0.01, 1).default(0.4),
  MIN_POSITION_USD: number(0, 1_000_000).default(100),
  MIN_ORDER_USD: number(1, 1_000_000).default(10),
  MIN_DRIFT: number(0, 0.5).default(0.01),
  FRACTIONAL: flag,
  MAX_ORDER_USD: number(10, 10_000_000).default(100_000),
  MAX_ORDERS_PER_DAY: wholeNumber(1, 500).default(60),
  MAX_TURNOVER_PER_DAY: number(0.1, 10).default(2.5),
  PRICE_COLLAR: number(0.01, 0.5).default(0.1),
  MAX_PRICE_AGE: number(1, 3_600).default(300),
  MAX_SPREAD_BPS: number(0.1, 500).default(50),
  ORDER_LIMIT_BPS: number(1, 50).default(30),
  MAX_DRAWDOWN: number(0.01, 1).default(0.2),
  RESERVE_USD: number(0, 1_000_000_000).default(0),
  MAX_MANAGED_USD: number(0, 1_000_000_000).optional(),
  EQUITY_TOLERANCE: number(0.001, 0.1).default(0.01),
  MAX_DRIFT: number(0.01, 1).default(0.05),
  TWO_PERSON_USD: number(0, 1_000_000_000).optional(),
  REPLAN_BPS: number(1, 10_000).default(50),
  AUTO_REBALANCE: z
    .enum(['announce', 'approve', 'off'], 'expected announce, approve or off')
    .default('announce'),
  FIRST_REBALANCE: z.enum(['announced', 'now'], 'expected announced or now').default('announced'),
  ANNOUNCE_AT: announceTimes.default({ evening: 20 * 60, morning: 9 * 60 }),
  MAX_CATCHUP_SESSIONS: wholeNumber(0, 23).default(5),
  REBALANCE_ON_REGIME_CHANGE: flag,
  REGIME_HOLD_SESSIONS: wholeNumber(1, 60).default(REGIME_HOLD_SESSIONS),
  RISK_FREE_RATE: number(-0.05, 0.25).default(0),
  CHART_SERVER: webAddress.optional(),
  HEALTH_PORT: wholeNumber(0, 65_535).optional(),
  HEALTH_HOST: z
    .enum(['127.0.0.1', '0.0.0.0'], 'expected 127.0.0.1 or 0.0.0.0')
    .default('127.0.0.1'),
  HEARTBEAT_URL: secretUrl.optional(),
  SUPERVISOR_WEBHOOK_URL: secretUrl.optional(),
  REPLICA_WATCH: flag,
  CRASH_LIMIT: wholeNumber(0, 100).default(5),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error')
    .default('info'),
  LOG_FORMAT: z.enum(['plain', 'json'], 'expected plain or json').default('plain'),
  SANDBOX_BARS: path.default('data/sample'),
  SANDBOX_PORT: wholeNumber(0, 65_535).default(7357),
  SANDBOX_SPEED: z
    .enum(['pause', 'minute', 'second'], 'expected pause, minute or second')
    .default('minute'),
});

/** The names of every variable. */
export const VARIABLES: readonly string[] = Object.keys(schema.shape);

/** Variables that may be given as a file and are shown only as set or not set. */
export const SECRET_VARIABLES = [
  'ALPACA_KEY_ID',
  'ALPACA_SECRET_KEY',
  'DISCORD_TOKEN',
  'HEARTBEAT_URL',
  'SUPERVISOR_WEBHOOK_URL',
] as const;

/** Old names that are still read, mapped to the variables that replace them. */
export const RENAMED_VARIABLES: Readonly<Record<string, string>> = {
  BELIEVED_BARS: 'ACCEPTED_MOVES',
};

/** Default folder of the bars. */
export function barsFolder(stateDir: string): string {
  return `${stateDir}/bars`;
}

/** Default port of the health server: 0, none, with the sandbox. */
export function defaultPort(apiBase: string): number {
  return isLoopback(apiBase) ? 0 : HEALTH_PORT;
}

/** Paper keys begin with PK, live keys with AK; neither may be used with the other's host. */
export function accountFaults(env: Readonly<Record<string, string | undefined>>): string[] {
  const live = env['ALPACA_API_BASE'] === LIVE_BASE;
  const isAllowed = !live || env['ALPACA_LIVE'] === 'yes-real-money';
  const official = !isLoopback(env['ALPACA_API_BASE'] ?? PAPER_BASE);
  return [
    ...(isAllowed ? [] : ['ALPACA_LIVE: the live host needs yes-real-money']),
    ...(official ? keyFaults(env['ALPACA_KEY_ID'] ?? '', live) : []),
  ];
}

function keyFaults(key: string, live: boolean): string[] {
  if (live && key.startsWith('PK')) {
    return ['ALPACA_KEY_ID: is a paper key, ALPACA_API_BASE is the live host'];
  }
  if (!live && key.startsWith('AK')) {
    return ['ALPACA_KEY_ID: is a live key, ALPACA_API_BASE is the paper host'];
  }
  return [];
}
