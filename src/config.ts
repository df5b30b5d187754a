/**
 * Environment -> Config, once. Every fault is reported together, by variable name and never with a
 * value. `.env.example` documents each variable; a test keeps the two equal.
 */
import { z } from 'zod';
import type { PlanRules, RiskLimits } from '#core/domain/decision.ts';
import type { Believed } from '#core/domain/findings.ts';
import { dollars } from '#core/domain/units.ts';
import type { TradingLimits } from '#core/engine/execution/limits.ts';
import type { ApprovalRules } from '#core/engine/parts.ts';
import { isLoopback, isSafeUrl } from './loopback.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Config {
  readonly alpaca: { readonly keyId: string; readonly secretKey: string; readonly apiBase: string };
  readonly discord: {
    readonly token: string;
    readonly apiBase: string;
    readonly guildId: string;
    readonly channelId: string;
    readonly viewerRoleId: string | undefined;
    readonly operatorRoleId: string | undefined;
    readonly approverRoleId: string | undefined;
    readonly adminRoleId: string | undefined;
    readonly alertRoleId: string | undefined;
    /** Where messages go that the channel does not take. */
    readonly fallbackChannelId: string | undefined;
    /** Who gets them as direct messages when that does not work either. */
    readonly ownerId: string | undefined;
    /** New York hours in which only critical messages make a sound. */
    readonly quietHours: QuietHours | undefined;
  };
  /** Where the journal lives, and by default the bars. */
  readonly stateDir: string;
  readonly dataDir: string;
  /** A folder whose bars are imported at each start. */
  readonly dataImport: string | undefined;
  readonly limits: RiskLimits & TradingLimits;
  readonly rules: PlanRules;
  /** Days of bars whose move a person believes, as `XLE:2026-11-20`. */
  readonly believed: Believed;
  /** A missed rebalance older than so many sessions waits for an operator. */
  readonly maxCatchUpSessions: number;
  readonly rebalanceOnRegimeChange: boolean;
  readonly approval: ApprovalRules;
  /** A position this far from its target weight is told; a fraction of equity. */
  readonly maxDrift: number;
  /** A QuickChart server for the charts; undefined draws them in the process. */
  readonly chartServer: string | undefined;
  readonly health: {
    /** Where the health server listens; undefined: nowhere. */
    readonly port: number | undefined;
    readonly host: string;
    /** Asked each minute while everything is well; a secret. */
    readonly heartbeatUrl: string | undefined;
  };
  /** So many crashes in ten minutes end in the safe mode; 0 for never. */
  readonly crashLimit: number;
  readonly log: LogConfig;
}

/** Minutes after midnight; `from` may be later than `to`: over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

export interface LogConfig {
  readonly level: string;
  readonly format: 'plain' | 'json';
}

export interface SandboxConfig {
  /** The folder whose bars the sandbox market replays. */
  readonly bars: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly speed: 'pause' | 'minute' | 'second';
  readonly stateDir: string;
}

/** What is wrong with an environment; names and expectations only. */
export class ConfigError extends Error {
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(['configuration:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

const PAPER_BASE = 'https://paper-api.alpaca.markets';
const LIVE_BASE = 'https://api.alpaca.markets';
/** Where the health server listens, and where the image's health check asks. */
export const HEALTH_PORT = 8_080;
const DISCORD_BASE = 'https://discord.com/api';

const number = (from: number, to: number, fallback: number) =>
  z
    .string()
    .default(String(fallback))
    .transform(Number)
    .refine((value) => value >= from && value <= to, `expected a number from ${from} to ${to}`);

/** Without a default: one that stands below `optional` would count where nothing is set. */
const optionalNumber = (from: number, to: number) =>
  z
    .string()
    .transform(Number)
    .refine((value) => value >= from && value <= to, `expected a number from ${from} to ${to}`)
    .optional();

const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d+$/, `expected a whole number from ${from} to ${to}`)
    .transform(Number)
    .refine((value) => value >= from && value <= to, `expected a number from ${from} to ${to}`);

/** An address that is a secret itself; in clear text only to this machine. */
const secretUrl = z.string().refine(isSafeUrl, 'expected an https address');

const flag = z
  .enum(['true', 'false'], 'expected true or false')
  .default('false')
  .transform((text) => text === 'true');

const QUIET = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

const quietHours = z
  .string()
  .regex(QUIET, 'expected New York hours as in 22:00-07:00')
  .transform((text) => {
    const [h1, m1, h2, m2] = (QUIET.exec(text) ?? []).slice(1).map(Number);
    return { from: (h1 ?? 0) * 60 + (m1 ?? 0), to: (h2 ?? 0) * 60 + (m2 ?? 0) };
  });

const BELIEVED = /^[A-Z][A-Z0-9.]{0,9}:\d{4}-\d{2}-\d{2}$/;

const believedBars = z
  .string()
  .default('')
  .transform((text) => text.split(',').flatMap((part) => part.trim() || []))
  .refine(
    (parts) => parts.every((part) => BELIEVED.test(part)),
    'expected tickers with days as in XLE:2026-11-20,XLF:2026-11-20',
  );

const snowflake = z.string().regex(/^\d{17,20}$/, 'expected a Discord id of 17 to 20 digits');

const base = (official: readonly string[]) =>
  z
    .string()
    .refine(
      (url) => official.includes(url) || isLoopback(url),
      `expected ${official.join(' or ')}, or a loopback address`,
    );

/** Every variable that Rotor reads. */
const schema = z.object({
  ALPACA_KEY_ID: z.string().min(1, 'expected the key id of an Alpaca account'),
  ALPACA_SECRET_KEY: z.string().min(1, 'expected the secret key of an Alpaca account'),
  ALPACA_API_BASE: base([PAPER_BASE, LIVE_BASE]).default(PAPER_BASE),
  ALPACA_LIVE: z.literal('yes-real-money', 'expected yes-real-money or nothing').optional(),
  DISCORD_TOKEN: z.string().min(1, 'expected the token of a Discord bot'),
  DISCORD_API_BASE: base([DISCORD_BASE]).default(DISCORD_BASE),
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
  STATE_DIR: z.string().default('data'),
  DATA_DIR: z.string().optional(),
  DATA_IMPORT: z.string().optional(),
  BELIEVED_BARS: believedBars,
  MAX_GROSS: number(0.1, 1.5, 1),
  MAX_WEIGHT: number(0.01, 1, 0.4),
  MIN_POSITION_USD: number(0, 1_000_000, 100),
  MIN_ORDER_USD: number(1, 1_000_000, 10),
  MIN_DRIFT: number(0, 0.5, 0.01),
  FRACTIONAL: flag,
  MAX_ORDER_USD: number(10, 10_000_000, 100_000),
  MAX_ORDERS_PER_DAY: number(1, 500, 60),
  MAX_TURNOVER_PER_DAY: number(0.1, 10, 2.5),
  PRICE_COLLAR: number(0.01, 0.5, 0.1),
  MAX_DRAWDOWN: number(0.01, 1, 0.2),
  MAX_DRIFT: number(0.01, 1, 0.05),
  TWO_PERSON_USD: optionalNumber(0, 1_000_000_000),
  REPLAN_BPS: number(1, 10_000, 50),
  MAX_CATCHUP_SESSIONS: number(0, 23, 5),
  REBALANCE_ON_REGIME_CHANGE: flag,
  CHART_SERVER: z.url('expected the address of a QuickChart server').optional(),
  HEALTH_PORT: wholeNumber(0, 65_535).optional(),
  HEALTH_HOST: z
    .enum(['127.0.0.1', '0.0.0.0'], 'expected 127.0.0.1 or 0.0.0.0')
    .default('127.0.0.1'),
  HEARTBEAT_URL: secretUrl.optional(),
  SUPERVISOR_WEBHOOK_URL: secretUrl.optional(),
  CRASH_LIMIT: wholeNumber(0, 100).default(5),
  LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'expected debug, info, warn or error')
    .default('info'),
  LOG_FORMAT: z.enum(['plain', 'json'], 'expected plain or json').default('plain'),
  SANDBOX_BARS: z.string().default('data/sample'),
  SANDBOX_PORT: number(0, 65_535, 7357),
  SANDBOX_SPEED: z
    .enum(['pause', 'minute', 'second'], 'expected pause, minute or second')
    .default('minute'),
});

/** The names of every variable, for the test that compares them with `.env.example`. */
export const VARIABLES: readonly string[] = Object.keys(schema.shape);

/** Shown as set or not set, never with their value. */
const SECRETS: ReadonlySet<string> = new Set([
  'ALPACA_KEY_ID',
  'ALPACA_SECRET_KEY',
  'DISCORD_TOKEN',
  'HEARTBEAT_URL',
  'SUPERVISOR_WEBHOOK_URL',
]);

/** A variable's name, the value in force for people to read, and whether nobody set it. */
export type Setting = readonly [name: string, value: string, source?: 'default'];

/** Every variable; secrets only as set or not. */
export function settingsOf(env: Environment): readonly Setting[] {
  return VARIABLES.map((name): Setting => {
    const value = env[name] || undefined;
    if (value === undefined) {
      return [name, SECRETS.has(name) ? NOT_SET : defaultOf(name, env), 'default'];
    }
    return [name, SECRETS.has(name) ? 'set' : withoutSecrets(value)];
  });
}

const NOT_SET = 'not set';

/** What counts where nobody set the variable. */
function defaultOf(name: string, env: Environment): string {
  if (name === 'DATA_DIR') return barsUnder(env['STATE_DIR'] || defaultOf('STATE_DIR', env));
  if (name === 'HEALTH_PORT') return String(defaultPort(env['ALPACA_API_BASE'] || PAPER_BASE));
  const field = Object.entries(schema.shape).find(([each]) => each === name)?.[1];
  const { data } = field?.safeParse(undefined) ?? {};
  return data === undefined || Array.isArray(data) ? NOT_SET : String(data);
}

/** An address may carry a password before its host and a key behind its path. */
function withoutSecrets(value: string): string {
  const open = value.replace(/\/\/[^/@]*@/, '//');
  return URL.canParse(value) ? open.replace(/[?#].*$/, '?…') : open;
}

const ACCOUNTS = [
  'ALPACA_KEY_ID',
  'ALPACA_SECRET_KEY',
  'DISCORD_TOKEN',
  'DISCORD_GUILD_ID',
  'DISCORD_CHANNEL_ID',
];

/** No account is named at all: the desk runs against the sandbox. One of them alone is a fault. */
export function wantsSandbox(env: Environment): boolean {
  return ACCOUNTS.every((name) => !env[name]);
}

/** @throws ConfigError with every fault. */
export function parseConfig(env: Environment): Config {
  const parsed = parse(schema, env, [...unknownVariables(env), ...accountFaults(env)]);
  return {
    alpaca: {
      keyId: parsed.ALPACA_KEY_ID,
      secretKey: parsed.ALPACA_SECRET_KEY,
      apiBase: parsed.ALPACA_API_BASE,
    },
    discord: {
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
    },
    stateDir: parsed.STATE_DIR,
    dataDir: parsed.DATA_DIR ?? barsUnder(parsed.STATE_DIR),
    dataImport: parsed.DATA_IMPORT,
    ...trading(parsed),
    limits: { ...trading(parsed).limits, ...lastLimits(parsed) },
    maxCatchUpSessions: parsed.MAX_CATCHUP_SESSIONS,
    rebalanceOnRegimeChange: parsed.REBALANCE_ON_REGIME_CHANGE,
    approval: {
      twoPersonAbove:
        parsed.TWO_PERSON_USD === undefined ? undefined : dollars(parsed.TWO_PERSON_USD),
      replanBps: parsed.REPLAN_BPS,
    },
    maxDrift: parsed.MAX_DRIFT,
    chartServer: parsed.CHART_SERVER,
    health: healthOf(parsed),
    crashLimit: parsed.CRASH_LIMIT,
    log: { level: parsed.LOG_LEVEL, format: parsed.LOG_FORMAT },
  };
}

function barsUnder(stateDir: string): string {
  return `${stateDir}/bars`;
}

/** A desk that plays with the sandbox takes no port that nobody asked for. */
function defaultPort(apiBase: string): number {
  return isLoopback(apiBase) ? 0 : HEALTH_PORT;
}

function healthOf(parsed: z.output<typeof schema>): Config['health'] {
  const port = parsed.HEALTH_PORT ?? defaultPort(parsed.ALPACA_API_BASE);
  return {
    port: port === 0 ? undefined : port,
    host: parsed.HEALTH_HOST,
    heartbeatUrl: parsed.HEARTBEAT_URL,
  };
}

const tradingSchema = schema.pick({
  BELIEVED_BARS: true,
  MAX_GROSS: true,
  MAX_WEIGHT: true,
  MIN_POSITION_USD: true,
  MIN_ORDER_USD: true,
  MIN_DRIFT: true,
  FRACTIONAL: true,
});

export interface TradingRules extends Pick<Config, 'rules' | 'believed'> {
  readonly limits: RiskLimits;
}

/** The part that deciding needs, for the offline commands. @throws ConfigError */
export function tradingRules(env: Environment): TradingRules {
  return trading(parse(tradingSchema, env, []));
}

/** The part that the sandbox needs. @throws ConfigError */
export function sandboxConfig(env: Environment): SandboxConfig {
  const parsed = parse(
    schema.pick({ SANDBOX_BARS: true, SANDBOX_PORT: true, SANDBOX_SPEED: true, STATE_DIR: true }),
    env,
    unknownVariables(env),
  );
  return {
    bars: parsed.SANDBOX_BARS,
    port: parsed.SANDBOX_PORT,
    speed: parsed.SANDBOX_SPEED,
    stateDir: `${parsed.STATE_DIR}/sandbox`,
  };
}

function trading(parsed: z.output<typeof tradingSchema>): TradingRules {
  return {
    believed: parsed.BELIEVED_BARS,
    limits: {
      maxGross: parsed.MAX_GROSS,
      maxWeight: parsed.MAX_WEIGHT,
      minPosition: dollars(parsed.MIN_POSITION_USD),
    },
    rules: {
      fractional: parsed.FRACTIONAL,
      minOrder: dollars(parsed.MIN_ORDER_USD),
      minDrift: parsed.MIN_DRIFT,
    },
  };
}

function lastLimits(parsed: z.output<typeof schema>): TradingLimits {
  return {
    maxGross: parsed.MAX_GROSS,
    maxWeight: parsed.MAX_WEIGHT,
    maxOrder: dollars(parsed.MAX_ORDER_USD),
    maxOrdersPerDay: parsed.MAX_ORDERS_PER_DAY,
    maxTurnoverPerDay: parsed.MAX_TURNOVER_PER_DAY,
    priceCollar: parsed.PRICE_COLLAR,
    maxDrawdown: parsed.MAX_DRAWDOWN,
  };
}

/** An empty variable is an absent one, as an unedited line of `.env` leaves it. */
function parse<T extends z.ZodType>(shape: T, env: Environment, before: string[]): z.output<T> {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = shape.safeParse(present);
  const issues = result.success ? [] : result.error.issues;
  const faults = [
    ...before,
    ...issues.map((issue) => {
      const name = String(issue.path[0]);
      return `${name}: ${present[name] === undefined ? 'is not set' : issue.message}`;
    }),
  ];
  if (!result.success || faults.length > 0) throw new ConfigError(faults);
  return result.data;
}

/** Variables that look like Rotor's and are not: a misspelt name must not pass for a default. */
function unknownVariables(env: Environment): string[] {
  return Object.keys(env)
    .filter(
      (name) =>
        /^(ALPACA|DISCORD|SANDBOX|HEALTH|HEARTBEAT|SUPERVISOR)_/.test(name) &&
        !VARIABLES.includes(name),
    )
    .map((name) => `${name}: is not a variable of Rotor`);
}

/** Paper keys begin with PK, live keys with AK; neither may meet the other's host. */
function accountFaults(env: Environment): string[] {
  const live = env['ALPACA_API_BASE'] === LIVE_BASE;
  const key = env['ALPACA_KEY_ID'] ?? '';
  const official = !isLoopback(env['ALPACA_API_BASE'] ?? PAPER_BASE);
  const faults: string[] = [];
  if (live && env['ALPACA_LIVE'] !== 'yes-real-money') {
    faults.push('ALPACA_LIVE: the live host needs yes-real-money');
  }
  if (official && live && key.startsWith('PK')) {
    faults.push('ALPACA_KEY_ID: is a paper key, ALPACA_API_BASE is the live host');
  }
  if (official && !live && key.startsWith('AK')) {
    faults.push('ALPACA_KEY_ID: is a live key, ALPACA_API_BASE is the paper host');
  }
  return faults;
}
