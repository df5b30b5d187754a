import type { Mode } from '../domain/account.ts';
import type { Build } from '../domain/account-state.ts';
import type { PlanRules, RiskLimits } from '../domain/decision.ts';
import type { AcceptedMoves } from '../domain/findings.ts';
import type { Model } from '../domain/model.ts';
import type { Cents, EpochMs } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import type { BarSource, Broker, Clock, Journal, Log } from '../ports.ts';
import type { TradingLimits } from './execution/limits.ts';

/** When a plan needs a second look or a second person. */
export interface ApprovalRules {
  /** Orders of more than so much need two people; undefined: one is enough. */
  readonly twoPersonAbove: Cents | undefined;
  /** A plan that prices moved by more than so many basis points of equity is shown again. */
  readonly replanBps: number;
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
  readonly clock: Clock;
  /**
   * People's time, in which approvals expire. The same as the clock everywhere but in the sandbox,
   * whose market runs faster than people.
   */
  readonly wallNow: () => EpochMs;
  readonly log: Log;
  readonly universe: Universe;
  readonly models: readonly Model[];
  readonly limits: RiskLimits & TradingLimits;
  readonly rules: PlanRules;
  /** Days of bars whose move a person believes; none unless given. */
  readonly acceptedMoves?: AcceptedMoves;
  /** A missed rebalance older than so many sessions waits for an operator. */
  readonly maxCatchUpSessions: number;
  readonly rebalanceOnRegimeChange: boolean;
  /** Closes in a row that another regime must hold for before it is traded; 5 unless given. */
  readonly regimeHoldSessions?: number;
  readonly mode: Mode;
  readonly version: string;
  readonly build: Build;
  readonly approval: ApprovalRules;
  /** A position this far from its target weight is told; a fraction of equity. */
  readonly maxDrift: number;
  /** A collision-free digest of a text, for plan hashes. */
  readonly hash: (text: string) => string;
  /** Never in safe mode unless given. */
  readonly safety?: Safety | undefined;
  /** Told after each step of the start: where its seconds go. */
  readonly mark?: ((step: string) => void) | undefined;
}
