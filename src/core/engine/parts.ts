import type { Mode } from '../domain/account.ts';
import type { Build } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import type { Cause, Outcome, PlanRules, RiskLimits } from '../domain/decision.ts';
import type { AcceptedMoves } from '../domain/findings.ts';
import type { Cadence, Model } from '../domain/model.ts';
import type { Observation } from '../domain/observation.ts';
import type { AnnounceRules } from '../domain/start-rules.ts';
import type { Cents, EpochMs } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import type { BarSource, Broker, Clocks, InputStore, Journal, Log } from '../ports.ts';
import type { TradingLimits } from './execution/limits.ts';

/** When a plan needs a second look or a second person. */
export interface ApprovalRules {
  /** Orders of more than so much need two people; undefined: one is enough. */
  readonly twoPersonAbove: Cents | undefined;
  /** A plan that prices moved by more than so many basis points of equity is shown again. */
  readonly replanBps: number;
}

/** What makes decisions repeatable. */
export interface DecisionInputs {
  readonly store: InputStore;
  /** The hash of the program's files that decide. */
  readonly code: string;
}

/** The safe mode that crash after crash ends in: the desk answers, and does not trade. */
export interface Safety {
  /** Why, in words; undefined in ordinary times. */
  reason(): string | undefined;
  /** A person lets it trade again. */
  leave(): void;
}

/** Everything the engine is made of; live, sandbox and simulation differ only in these. */
export interface EngineParts {
  readonly broker: Broker;
  readonly bars: BarSource;
  readonly journal: Journal;
  readonly clocks: Clocks;
  readonly log: Log;
  readonly universe: Universe;
  /** The models that trade. */
  readonly models: readonly Model[];
  /** Models that decide and are not traded; none unless given. */
  readonly shadows?: readonly Model[];
  readonly limits: RiskLimits & TradingLimits;
  readonly rules: PlanRules;
  /** Days of bars whose move a person believes; none unless given. */
  readonly acceptedMoves?: AcceptedMoves;
  /** A missed rebalance older than so many sessions waits for an operator. */
  readonly maxCatchUpSessions: number;
  readonly rebalanceOnRegimeChange: boolean;
  /** Closes in a row that another regime must hold for before it is traded; 5 unless given. */
  readonly regimeHoldSessions?: number;
  /** What money without risk earns in a year, a fraction; 0 unless given. */
  readonly riskFree?: number;
  /** How automatic rebalances are announced; they are not unless given. */
  readonly announce?: AnnounceRules | undefined;
  /** The last entry that was delivered to Discord; unless given, every entry counts as delivered. */
  readonly deliveredThrough?: (() => number) | undefined;
  readonly mode: Mode;
  readonly version: string;
  readonly build: Build;
  readonly approval: ApprovalRules;
  /** A position this far from its target weight is told; a fraction of equity. */
  readonly maxDrift: number;
  /** A collision-free digest of a text, for plan hashes. */
  readonly hash: (text: string) => string;
  /** Where what decisions read is kept, and the hash of the code that decides; nowhere unless given. */
  readonly inputs?: DecisionInputs | undefined;
  /** Never in safe mode unless given. */
  readonly safety?: Safety | undefined;
  /** Told after each step of the start: where its seconds go. */
  readonly mark?: ((step: string) => void) | undefined;
}

/** What one area of the engine takes of its parts. */
type Slice<K extends keyof EngineParts> = Pick<EngineParts, K>;

/** To see: broker and bars, and what a decision on them needs. */
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
>;

/** To carry orders out. */
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

/** To compare books with the broker's, and to close a day in them. */
export type ReconcileParts = Slice<'broker' | 'journal' | 'clocks' | 'log' | 'universe' | 'limits'>;

/** To make plans that wait for a person, and take the answers. */
export type ProposalParts = ExecutionParts & Slice<'approval'>;

/** To do what is due. */
export type TaskParts = ExecutionParts & ReconcileParts & Slice<'announce' | 'deliveredThrough'>;

/** To start, whatever the process ended with before. */
export type StartParts = Slice<'journal' | 'version' | 'mode' | 'build' | 'safety' | 'mark'>;

/** To announce what comes by itself, and to know when. */
export type AnnounceParts = Slice<'journal' | 'clocks' | 'announce' | 'deliveredThrough'> &
  Slice<'models' | 'maxCatchUpSessions' | 'rebalanceOnRegimeChange' | 'regimeHoldSessions'>;

/** To watch what was seen. */
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

/** Looks at the broker and the bars, and keeps what was seen last. */
export interface Observer {
  last(): Observation;
  /**
   * The earlier of our clock and the broker's; undefined until the broker has told its time. A host
   * whose clock runs ahead must not take a bar that is still forming for a close.
   */
  now(): EpochMs | undefined;
  /** Asks the broker for its time unless it is known; without an answer it stays unknown. */
  readBrokerTime(): Promise<void>;
  /** The bars that were read last. */
  bars(): Bars;
  /** The same as they were traded, from the first recorded close on; empty where none are kept. */
  raw(): Bars;
  /** Asks the broker for everything once; a broker that does not answer is an observation too. */
  refresh(): Promise<Observation>;
  /** Brings the bars up to the last complete session and keeps them. */
  refreshBars(progress?: (done: number, of: number) => void): Promise<void>;
  /**
   * Decides as of now on what is seen now. Models of other cadences than those that are given keep
   * their last weights. @throws TradingError when the broker does not answer.
   */
  decide(id: string, cause: Cause, cadences?: readonly Cadence[]): Promise<Outcome>;
  /** The same for the journal: what the decision read is kept, and it carries the hashes. */
  decideAndKeep: Observer['decide'];
}
