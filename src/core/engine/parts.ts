import type { Mode } from '../domain/account.ts';
import type { Build } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import type { Cause, Outcome, PlanRules, RiskLimits } from '../domain/decision.ts';
import type { AcceptedMoves } from '../domain/findings.ts';
import type { Cadence, Model } from '../domain/model.ts';
import type { Observation } from '../domain/observation.ts';
import type { AnnounceRules } from '../domain/start-rules.ts';
import type { TradingLimits } from '../domain/trading-limits.ts';
import type { Cents, EpochMs } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import type { BarSource, Broker, Clocks, InputStore, Journal, Log } from '../ports.ts';

/** When a plan must be shown again or needs a second person. */
export interface ApprovalRules {
  /** Orders above this total need two people; undefined: one is enough. */
  readonly twoPersonAbove: Cents | undefined;
  /** A plan that prices moved by more than this many basis points of equity is shown again. */
  readonly replanBps: number;
}

/** Storage that makes decisions repeatable. */
export interface DecisionInputs {
  readonly store: InputStore;
  /** The hash of the source files that decide. */
  readonly code: string;
}

/** Safe mode after repeated crashes: the app answers, but does not trade. */
export interface Safety {
  /** Why, for display; undefined in normal operation. */
  reason(): string | undefined;
  /** Leaves safe mode: a person lets it trade again. */
  leave(): void;
}

/** All dependencies of the engine; live, sandbox and simulation differ only in these. */
export interface EngineParts {
  readonly broker: Broker;
  readonly bars: BarSource;
  readonly journal: Journal;
  readonly clocks: Clocks;
  readonly log: Log;
  readonly universe: Universe;
  /** The models that trade. */
  readonly models: readonly Model[];
  /** Models that decide but are not traded; none by default. */
  readonly shadows?: readonly Model[];
  readonly limits: RiskLimits & TradingLimits;
  readonly rules: PlanRules;
  /** Days of bars whose move a person has accepted; none by default. */
  readonly acceptedMoves?: AcceptedMoves;
  /** A missed rebalance older than this many sessions waits for an operator. */
  readonly maxCatchUpSessions: number;
  readonly rebalanceOnRegimeChange: boolean;
  /** Consecutive closes for which a new regime must hold before it is traded; 5 by default. */
  readonly regimeHoldSessions?: number;
  /** Annual risk-free rate, a fraction; 0 by default. */
  readonly riskFree?: number;
  /** How automatic rebalances are announced; they are not by default. */
  readonly announce?: AnnounceRules | undefined;
  /** Sequence number of the last entry delivered to Discord; by default every entry counts as delivered. */
  readonly deliveredThrough?: (() => number) | undefined;
  readonly mode: Mode;
  readonly version: string;
  readonly build: Build;
  readonly approval: ApprovalRules;
  /** Distance of a position from its target weight that is reported; a fraction of equity. */
  readonly maxDrift: number;
  /** A collision-resistant digest of a text, for plan hashes. */
  readonly hash: (text: string) => string;
  /** Storage of decision inputs, and the hash of the deciding code; nothing is stored by default. */
  readonly inputs?: DecisionInputs | undefined;
  /** Never in safe mode by default. */
  readonly safety?: Safety | undefined;
  /** Called after each step of the start, to time it. */
  readonly mark?: ((step: string) => void) | undefined;
}

/** The parts used by one area of the engine. */
type Slice<K extends keyof EngineParts> = Pick<EngineParts, K>;

/** For observing: broker and bars, and the inputs of a decision on them. */
export type ObserverParts = Slice<
  | 'broker'
  | 'bars'
  | 'journal'
  | 'clocks'
  | 'universe'
  | 'models'
  | 'shadows'
  | 'limits'
  | 'rules'
  | 'acceptedMoves'
  | 'maxCatchUpSessions'
  | 'mode'
  | 'version'
  | 'build'
  | 'safety'
  | 'rebalanceOnRegimeChange'
  | 'regimeHoldSessions'
  | 'riskFree'
  | 'announce'
  | 'inputs'
  | 'hash'
>;

/** For executing orders. */
export type ExecutionParts = Slice<
  | 'broker'
  | 'journal'
  | 'clocks'
  | 'universe'
  | 'limits'
  | 'rules'
  | 'maxCatchUpSessions'
  | 'mode'
  | 'models'
  | 'build'
  | 'hash'
  | 'inputs'
>;

/** For comparing the books with the broker's, and closing a day. */
export type ReconcileParts = Slice<'broker' | 'journal' | 'clocks' | 'log' | 'universe' | 'limits'>;

/** For plans that need approval, and their answers. */
export type ProposalParts = ExecutionParts & Slice<'approval'>;

/** For due tasks. */
export type TaskParts = ExecutionParts & ReconcileParts & Slice<'announce' | 'deliveredThrough'>;

/** For starting, whatever ended the previous process. */
export type StartParts = Slice<'journal' | 'version' | 'mode' | 'build' | 'safety' | 'mark'>;

/** For announcing automatic rebalances, and their schedule. */
export type AnnounceParts = Slice<'journal' | 'clocks' | 'announce' | 'deliveredThrough'> &
  Slice<'models' | 'maxCatchUpSessions' | 'rebalanceOnRegimeChange' | 'regimeHoldSessions'>;

/** For monitoring observations. */
export type MonitorParts = Slice<
  | 'journal'
  | 'clocks'
  | 'universe'
  | 'limits'
  | 'rules'
  | 'maxDrift'
  | 'rebalanceOnRegimeChange'
  | 'regimeHoldSessions'
>;

/** Refreshes broker data and bars, and holds the latest observation. */
export interface Observer {
  last(): Observation;
  /**
   * The earlier of our clock and the broker's; undefined until the broker has given its time. A host whose
   * clock runs ahead must not take a bar that is still forming for a close.
   */
  now(): EpochMs | undefined;
  /** Requests the broker's time unless it is known; without an answer it stays unknown. */
  readBrokerTime(): Promise<void>;
  /** The bars read last. */
  bars(): Bars;
  /** Unadjusted bars, from the first recorded close on; empty where none are stored. */
  raw(): Bars;
  /** Requests everything from the broker once; a broker that does not answer is an observation too. */
  refresh(): Promise<Observation>;
  /** Updates the bars to the last complete session and holds them. */
  refreshBars(progress?: (done: number, of: number) => void): Promise<void>;
  /**
   * Decides as of now on the current observation. Models of other cadences than those given keep their last
   * weights. @throws TradingError when the broker does not answer.
   */
  decide(id: string, cause: Cause, cadences?: readonly Cadence[]): Promise<Outcome>;
  /** The same for the journal: the decision's inputs are stored, and it carries their hashes. */
  decideAndKeep: Observer['decide'];
}
