/**
 * Environment -> Config, once. Every fault is reported together, by variable name and never with a value.
 */
import type { z } from 'zod';
import type { PlanRules, RiskLimits } from '#core/domain/decision.ts';
import type { AcceptedMoves } from '#core/domain/findings.ts';
import type { AnnounceRules } from '#core/domain/start-rules.ts';
import { dollars } from '#core/domain/units.ts';
import type { TradingLimits } from '#core/engine/execution/limits.ts';
import type { ApprovalRules } from '#core/engine/parts.ts';
import { isLoopback } from './config/addresses.ts';
import { discordNotices, everyoneFaults } from './config/discord-rules.ts';
import { fileFaultsIn } from './config/env-file.ts';
import { nameFaults, retiredIn, withRetired } from './config/names.ts';
import { accountFaults, HEALTH_PORT, schema } from './config/variables.ts';

/** As `process.env` gives it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that can be set, checked and in Rotor's own units. */
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
  readonly prices: PriceRules;
  /** Days of bars whose move a person has checked and accepts, as `XLE:2026-11-20`. */
  readonly acceptedMoves: AcceptedMoves;
  /** A missed rebalance older than so many sessions waits for an operator. */
  readonly maxCatchUpSessions: number;
  readonly rebalanceOnRegimeChange: boolean;
  /** Closes in a row that another regime must hold for before it is traded. */
  readonly regimeHoldSessions: number;
  /** What money without risk earns in a year, a fraction. */
  readonly riskFree: number;
  readonly approval: ApprovalRules;
  /** How automatic rebalances are announced, and whether they start by themselves. */
  readonly announce: AnnounceRules;
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
  /** Settings that still count and should be written otherwise, in words. */
  readonly notices: readonly string[];
}

/** Which quotes give a price. */
interface PriceRules {
  /** A quote with more between bid and ask gives no price; basis points of its middle. */
  readonly maxSpreadBps: number;
}

/** Minutes after midnight; `from` may be later than `to`: over midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** What is logged, and how it is written. */
export interface LogConfig {
  readonly level: string;
  readonly format: 'plain' | 'json';
}

/** What the sandbox market needs. */
export interface SandboxConfig {
  /** The folder whose bars the sandbox market replays. */
  readonly bars: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly speed: 'pause' | 'minute' | 'second';
  readonly stateDir: string;
  /** Where the desk answers for its health; undefined: where the sandbox says. */
  readonly healthPort: number | undefined;
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

type Parsed = z.output<typeof schema>;

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

/** The whole configuration. @throws ConfigError with every fault. */
export function parseConfig(env: Environment): Config {
  const parsed = parse(schema, env, [
    ...nameFaults(env),
    ...accountFaults(env),
    ...everyoneFaults(env),
  ]);
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
    ...trading(parsed),
    limits: { ...trading(parsed).limits, ...lastLimits(parsed) },
    prices: { maxSpreadBps: parsed.MAX_SPREAD_BPS },
    maxCatchUpSessions: parsed.MAX_CATCHUP_SESSIONS,
    rebalanceOnRegimeChange: parsed.REBALANCE_ON_REGIME_CHANGE,
    regimeHoldSessions: parsed.REGIME_HOLD_SESSIONS,
    riskFree: parsed.RISK_FREE_RATE,
    approval: {
      twoPersonAbove:
        parsed.TWO_PERSON_USD === undefined ? undefined : dollars(parsed.TWO_PERSON_USD),
      replanBps: parsed.REPLAN_BPS,
    },
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
  };
}

/** Where the bars are when nothing else is said. */
export function barsFolder(stateDir: string): string {
  return `${stateDir}/bars`;
}

/** Where the health server listens when nothing else is said: with the sandbox nowhere, which is 0. */
export function defaultPort(apiBase: string): number {
  return isLoopback(apiBase) ? 0 : HEALTH_PORT;
}

function healthOf(parsed: Parsed): Config['health'] {
  const port = parsed.HEALTH_PORT ?? defaultPort(parsed.ALPACA_API_BASE);
  return {
    port: port === 0 ? undefined : port,
    host: parsed.HEALTH_HOST,
    heartbeatUrl: parsed.HEARTBEAT_URL,
  };
}

const tradingSchema = schema.pick({
  ACCEPTED_MOVES: true,
  MAX_GROSS: true,
  MAX_WEIGHT: true,
  MIN_POSITION_USD: true,
  MIN_ORDER_USD: true,
  MIN_DRIFT: true,
  FRACTIONAL: true,
});

/** What deciding obeys. */
export interface TradingRules extends Pick<Config, 'rules' | 'acceptedMoves'> {
  readonly limits: RiskLimits;
}

/** The part that deciding needs, for the offline commands. @throws ConfigError */
export function tradingRules(env: Environment): TradingRules {
  return trading(parse(tradingSchema, env, []));
}

/** What money without risk earns in a year, a fraction. @throws ConfigError */
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

function trading(parsed: z.output<typeof tradingSchema>): TradingRules {
  return {
    acceptedMoves: parsed.ACCEPTED_MOVES,
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

function lastLimits(parsed: Parsed): TradingLimits {
  return {
    maxGross: parsed.MAX_GROSS,
    maxWeight: parsed.MAX_WEIGHT,
    maxOrder: dollars(parsed.MAX_ORDER_USD),
    maxOrdersPerDay: parsed.MAX_ORDERS_PER_DAY,
    maxTurnoverPerDay: parsed.MAX_TURNOVER_PER_DAY,
    priceCollar: parsed.PRICE_COLLAR,
    maxDrawdown: parsed.MAX_DRAWDOWN,
    limitBps: parsed.ORDER_LIMIT_BPS,
    maxPriceAgeMs: parsed.MAX_PRICE_AGE * 1000,
    equityTolerance: parsed.EQUITY_TOLERANCE,
    reserve: dollars(parsed.RESERVE_USD),
    maxManaged: parsed.MAX_MANAGED_USD === undefined ? undefined : dollars(parsed.MAX_MANAGED_USD),
  };
}

/**
 * An empty variable is an absent one, as an unedited line of `.env` leaves it. What the file itself got
 * wrong is told with everything else.
 */
function parse<T extends z.ZodType>(
  shape: T,
  given: Environment,
  before: readonly string[],
): z.output<T> {
  const env = withRetired(given);
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const result = shape.safeParse(present);
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
