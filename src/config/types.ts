/** The configuration, checked and in Rotor's own units. */
import type { PlanRules, RiskLimits } from '#core/domain/decision.ts';
import type { AcceptedMoves } from '#core/domain/findings.ts';
import type { NoticePlaces } from '#core/domain/notices.ts';
import type { AnnounceRules } from '#core/domain/start-rules.ts';
import type { TradingLimits } from '#core/engine/execution/limits.ts';
import type { ApprovalRules } from '#core/engine/parts.ts';

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
    /** Where kinds of messages go; what an admin said in Discord counts before it. */
    readonly notify: NoticePlaces;
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
    /** Whether a replica of the journal is expected to keep up. */
    readonly replicaWatch: boolean;
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

/** What deciding obeys. */
export interface TradingRules extends Pick<Config, 'rules' | 'acceptedMoves'> {
  readonly limits: RiskLimits;
}
