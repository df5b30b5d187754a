import type { Ranking, Regime } from './model.ts';
import type { OrderIntent, Side } from './order.ts';
import type { Cents, EpochMs, Qty, SessionDate, Ticker } from './units.ts';
import type { Weights } from './weights.ts';

/** Why a rebalance is due. */
export type Cause = 'initial' | 'monthly' | 'weekly' | 'regime' | 'manual';

/** One model's part in a decision. `budget` is relative, `leverage` a factor of its weights. */
export interface ModelAllocation {
  /** The model's id. */
  readonly id: string;
  readonly active: boolean;
  readonly budget: number;
  /** Its part of the budgets active now; 0 when it is not active. */
  readonly share: number;
  readonly leverage: number;
  /** The model's own weights, sum 1; empty when it is not active. */
  readonly weights: Weights;
  /** The session of the decision that the weights come from, when the model did not rebalance in this one. */
  readonly carriedFrom?: SessionDate;
}

/** The weights of all models together, after MAX_GROSS. */
export interface Portfolio {
  readonly target: Weights;
  /** Sum of the weights before and after MAX_GROSS scaled them. */
  readonly grossBefore: number;
  readonly grossAfter: number;
}

/** One thing that risk changed. `from` and `to` are weights. */
export interface Breach {
  readonly rule: 'MAX_WEIGHT' | 'MIN_POSITION_USD' | 'MAX_GROSS';
  /** Undefined when the rule is about the sum. */
  readonly ticker: Ticker | undefined;
  readonly from: number;
  readonly to: number;
  /** The weight that the trim leaves in cash. */
  readonly cash: Cents;
}

/**
 * The answer of the risk limits: the weights as they were, trimmed ones, or a refusal. Every breach
 * is listed.
 */
export type RiskVerdict =
  | { readonly kind: 'approved'; readonly weights: Weights; readonly breaches: readonly Breach[] }
  | { readonly kind: 'trimmed'; readonly weights: Weights; readonly breaches: readonly Breach[] }
  | {
      readonly kind: 'refused';
      readonly weights: Weights;
      readonly breaches: readonly Breach[];
      readonly reason: string;
    };

/** One ticker of a plan, traded or not. */
export interface PlanLine {
  readonly ticker: Ticker;
  readonly fromQty: Qty;
  readonly toQty: Qty;
  /** Shares of equity at the prices of the plan. */
  readonly fromWeight: number;
  readonly toWeight: number;
  /** Dollars a share used for sizing. */
  readonly price: number;
  readonly action: Side | 'stay';
  /** Why it is not traded, in words; undefined when it is. */
  readonly why: string | undefined;
}

/** The orders from what is held to the target, and a line for each ticker. */
export interface Plan {
  readonly lines: readonly PlanLine[];
  /** Sells before buys; each in universe order. */
  readonly orders: readonly OrderIntent[];
  /** Sum of absolute order values over equity / 2, a fraction. */
  readonly turnover: number;
  /** Held tickers that are not Rotor's to trade; left alone and shown. */
  readonly foreign: readonly { readonly ticker: Ticker; readonly qty: Qty }[];
}

/** The holdings when it was decided. */
export interface Holdings {
  readonly equity: Cents;
  readonly cash: Cents;
  readonly positions: ReadonlyMap<Ticker, Qty>;
}

/**
 * Hashes of what a decision read. What they stand for is kept beside the journal, so that the decision
 * can be made again.
 */
export interface InputHashes {
  /** Undefined where everything is sold, which reads none. */
  readonly bars?: string;
  /** Of limits, plan rules and moves that a person accepted. */
  readonly limits: string;
  readonly prices: string;
  /** Of the program's files that decide. */
  readonly code: string;
}

/** The whole record of one decision; everything a person may ask about it later is in here. */
export interface Decision {
  readonly kind: 'decided';
  readonly id: string;
  readonly cause: Cause;
  readonly asOf: SessionDate;
  readonly regime: Regime;
  /** One for each lookback that a model uses. */
  readonly rankings: readonly Ranking[];
  readonly votes: readonly ModelAllocation[];
  /**
   * What each model in the shadow would hold, were it alone; nothing of it is traded. Absent where there
   * is none; one that its bars do not let decide is left out.
   */
  readonly shadows?: readonly ModelAllocation[];
  readonly portfolio: Portfolio;
  readonly verdict: RiskVerdict;
  readonly holdings: Holdings;
  /** The closes of `asOf`, dollars a share; the collar holds latest trades against them. */
  readonly closes: ReadonlyMap<Ticker, number>;
  /** Dollars a share that the plan was sized with. */
  readonly prices: ReadonlyMap<Ticker, number>;
  readonly plan: Plan;
  /** Undefined in entries of versions that did not keep them. */
  readonly inputs?: InputHashes;
}

/** Missing is never a signal: positions stay. */
export interface NoDecision {
  readonly kind: 'no-decision';
  /** A sentence that names ticker, expected and found. */
  readonly reason: string;
  readonly expected: SessionDate;
  /** Per faulty ticker: its last date, or what is wrong (`none`, `gap at DATE`, `jump on DATE`). */
  readonly found: ReadonlyMap<Ticker, string>;
  /** Every bar is there, and some of them cannot be believed. */
  readonly inDoubt?: true;
}

/** A decision, or the reason why there is none. */
export type Outcome = Decision | NoDecision;

const FLATTEN = 'flatten-';

/** The id of the n-th decision of a New York day to sell everything. */
export function flattenId(day: SessionDate, number: number): string {
  return `${FLATTEN}${day}-${number}`;
}

const FLATTEN_REASON = 'flatten: ';

/** The reason of the stop of buying that a flatten brings. */
export function flattenReason(words: string): string {
  return `${FLATTEN_REASON}${words}`;
}

/** What a person gave as the reason of a flatten; undefined for the reason of another stop. */
export function flattenWords(reason: string): string | undefined {
  return reason.startsWith(FLATTEN_REASON) ? reason.slice(FLATTEN_REASON.length) : undefined;
}

/** Whether the decision sells everything because a person said so, whatever the models want. */
export function isFlatten({ cause, id }: Pick<Decision, 'cause' | 'id'>): boolean {
  return cause === 'manual' && id.startsWith(FLATTEN);
}

/** The ids of plans that raise cash begin with it. */
export const RAISE = 'raise-';

/** Whether the decision sells to raise cash; the target in force stays as it was. */
export function isRaise({ cause, id }: Pick<Decision, 'cause' | 'id'>): boolean {
  return cause === 'manual' && id.startsWith(RAISE);
}

/** Cash that somebody wants raised. */
export interface RaiseRequest {
  readonly amount: Cents;
  readonly neededBy?: SessionDate | undefined;
}

/** The limits on target weights; weights are shares of equity. */
export interface RiskLimits {
  /** Sum of weights, 1.0 to 1.5. */
  readonly maxGross: number;
  /** Weight of one sector; the defensive asset is exempt. */
  readonly maxWeight: number;
  readonly minPosition: Cents;
}

/** Which differences to the target become orders. */
export interface PlanRules {
  readonly fractional: boolean;
  readonly minOrder: Cents;
  /** Fraction of equity. */
  readonly minDrift: number;
}

/** A plan that waits for a person's yes. */
export interface Proposal {
  readonly id: string;
  readonly planHash: string;
  readonly decision: Decision;
  readonly requestedBy: string;
  readonly expiresAt: EpochMs;
  /** The account it was made for; undefined in entries that do not say. */
  readonly accountId?: string;
  /** How many different people must approve; 1 in entries that do not say. */
  readonly approvers?: 1 | 2;
  /** It sells to raise cash, which is kept once it is approved. */
  readonly raise?: RaiseRequest | undefined;
  /** What of it would wait or be cut, a sentence each; none in entries that do not say. */
  readonly remarks?: readonly string[];
}
