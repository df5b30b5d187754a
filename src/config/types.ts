/** The configuration, validated and in Rotor's own units. */
import type { PlanRules, RiskLimits } from '#core/domain/decision.ts';
import type { AcceptedMoves } from '#core/domain/findings.ts';
import type { NoticePlaces } from '#core/domain/notices.ts';
import type { AnnounceRules } from '#core/domain/start-rules.ts';
import type { TradingLimits } from '#core/domain/trading-limits.ts';
import type { SessionDate } from '#core/domain/units.ts';
import type { ApprovalRules } from '#core/engine/parts.ts';

/** All settings, validated and in Rotor's own units. */
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
    /** Channel for messages that the main channel does not accept. */
    readonly fallbackChannelId: string | undefined;
    /** Person who receives them as direct messages if that fails too. */
    readonly ownerId: string | undefined;
    /** Hours in New York when only critical messages make a sound. */
    readonly quietHours: QuietHours | undefined;
    /** Where each kind of message goes; a choice by an admin in Discord takes precedence. */
    readonly notify: NoticePlaces;
  };
  /** Folder of the journal and, by default, the bars. */
  readonly stateDir: string;
  readonly dataDir: string;
  /** A folder whose bars are imported at each start. */
  readonly dataImport: string | undefined;
  readonly limits: RiskLimits & TradingLimits;
  readonly rules: PlanRules;
  readonly prices: PriceRules;
  /** Price moves that a person has checked and accepted, as `XLE:2026-11-20`. */
  readonly acceptedMoves: AcceptedMoves;
  /** Closings at short notice that a person has confirmed. */
  readonly closedDays: readonly SessionDate[];
  /** A missed rebalance older than this many sessions waits for an operator. */
  readonly maxCatchUpSessions: number;
  readonly rebalanceOnRegimeChange: boolean;
  /** Consecutive closes that confirm a new regime before it is traded. */
  readonly regimeHoldSessions: number;
  /** Annual risk-free rate, a fraction. */
  readonly riskFree: number;
  readonly approval: ApprovalRules;
  /** When automatic rebalances are announced, and whether they start without approval. */
  readonly announce: AnnounceRules;
  /** Drift from target weight that is reported; a fraction of equity. */
  readonly maxDrift: number;
  /** URL of a QuickChart server; undefined draws charts locally. */
  readonly chartServer: string | undefined;
  readonly health: {
    /** Port of the health server; undefined: none. */
    readonly port: number | undefined;
    readonly host: string;
    /** Requested each minute while everything is well; a secret. */
    readonly heartbeatUrl: string | undefined;
    /** Whether a replica of the journal is expected to be up to date. */
    readonly replicaWatch: boolean;
  };
  /** Crashes within ten minutes that start safe mode; 0: never. */
  readonly crashLimit: number;
  readonly log: LogConfig;
  /** Settings that still work but should be changed, one sentence each. */
  readonly notices: readonly string[];
}

/** Rules for using a quote as a price. */
interface PriceRules {
  /** Widest spread of a usable quote, in basis points of its midpoint. */
  readonly maxSpreadBps: number;
}

/** Minutes after midnight; `from` may be later than `to`, which spans midnight. */
export interface QuietHours {
  readonly from: number;
  readonly to: number;
}

/** Level and format of the log. */
export interface LogConfig {
  readonly level: string;
  readonly format: 'plain' | 'json';
}

/** Settings of the sandbox market. */
export interface SandboxConfig {
  /** Folder with the bars that the sandbox market replays. */
  readonly bars: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly speed: 'pause' | 'minute' | 'second';
  readonly stateDir: string;
  /** Port of the health server; undefined: chosen by the sandbox. */
  readonly healthPort: number | undefined;
}

/** Rules and limits for decisions. */
export interface TradingRules extends Pick<Config, 'rules' | 'acceptedMoves'> {
  readonly limits: RiskLimits;
}
