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
  /** Its share of the budgets active now; 0 when it is not active. */
  readonly share: number;
  readonly leverage: number;
  /** The model's own weights, sum 1; empty when it is not active. */
  readonly weights: Weights;
  /**
   * The session of the decision that the weights were carried over from, when the model did not rebalance
   * in this one.
   */
  readonly carriedFrom?: SessionDate;
}

/** The combined weights of all models, after MAX_GROSS. */
export interface Portfolio {
  readonly target: Weights;
  /** Sum of the weights before and after scaling to MAX_GROSS. */
  readonly grossBefore: number;
  readonly grossAfter: number;
}

/** One change made by the risk limits. `from` and `to` are weights. */
export interface Breach {
  readonly rule: 'MAX_WEIGHT' | 'MIN_POSITION_USD' | 'MAX_GROSS';
  /** Undefined when the rule is about the sum. */
  readonly ticker: Ticker | undefined;
  readonly from: number;
  readonly to: number;
  /** The weight that the reduction leaves in cash. */
  readonly cash: Cents;
}

/**
 * The result of the risk limits: the weights unchanged, reduced weights, or a rejection. Every breach is
 * listed.
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
  /** Fraction of equity at the prices of the plan. */
  readonly fromWeight: number;
  readonly toWeight: number;
  /** Dollars a share used for sizing. */
  readonly price: number;
  readonly action: Side | 'stay';
  /** Why it is not traded, as a sentence; undefined when it is. */
  readonly why: string | undefined;
}

/** The orders from current holdings to the target, and a line for each ticker. */
export interface Plan {
  readonly lines: readonly PlanLine[];
  /** Sells before buys; each in universe order. */
  readonly orders: readonly OrderIntent[];
  /** Sum of absolute order values over equity / 2, a fraction. */
  readonly turnover: number;
  /** Held tickers that Rotor does not manage; left alone and shown. */
  readonly foreign: readonly { readonly ticker: Ticker; readonly qty: Qty }[];
}

/** The holdings at decision time. */
export interface Holdings {
  readonly equity: Cents;
  readonly cash: Cents;
  readonly positions: ReadonlyMap<Ticker, Qty>;
}

/**
 * Hashes of the inputs of a decision. The inputs themselves are stored with the journal, so that the
 * decision can be recomputed.
 */
export interface InputHashes {
  /** Undefined for a sale of everything, which reads no bars. */
  readonly bars?: string;
  /** Hash of limits, plan rules and moves that a person accepted. */
  readonly limits: string;
  readonly prices: string;
  /** Hash of the source files that decide. */
  readonly code: string;
}

/** The full record of one decision; everything that may be asked about it later is in here. */
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
   * Weights that each shadow model would hold on its own; none of it is traded. Absent without shadow
   * models; one whose bars do not allow a decision is left out.
   */
  readonly shadows?: readonly ModelAllocation[];
  readonly portfolio: Portfolio;
  readonly verdict: RiskVerdict;
  readonly holdings: Holdings;
  /** The closes of `asOf`, dollars a share; the collar compares latest trades with them. */
  readonly closes: ReadonlyMap<Ticker, number>;
  /** Prices used to size the plan, dollars a share. */
  readonly prices: ReadonlyMap<Ticker, number>;
  readonly plan: Plan;
  /** Undefined in entries of versions that did not record them. */
  readonly inputs?: InputHashes;
}

/** Missing data is never a signal: positions stay unchanged. */
export interface NoDecision {
  readonly kind: 'no-decision';
  /** A sentence with the ticker, the expected value and the value found. */
  readonly reason: string;
  readonly expected: SessionDate;
  /** Per faulty ticker: its last date, or the fault (`none`, `gap at DATE`, `jump on DATE`). */
  readonly found: ReadonlyMap<Ticker, string>;
  /** All bars are present, but some are not credible. */
  readonly inDoubt?: true;
}

/** A decision, or the reason for having none. */
export type Outcome = Decision | NoDecision;

const FLATTEN = 'flatten-';

/** The id of the n-th decision to sell everything on a New York day. */
export function flattenId(day: SessionDate, number: number): string {
  return `${FLATTEN}${day}-${number}`;
}

const FLATTEN_REASON = 'flatten: ';

/** The reason of the stop of buying that a flatten brings. */
export function flattenReason(words: string): string {
  return `${FLATTEN_REASON}${words}`;
}

/** Returns a person's reason for a flatten; undefined where the reason is of another stop. */
export function flattenWords(reason: string): string | undefined {
  return reason.startsWith(FLATTEN_REASON) ? reason.slice(FLATTEN_REASON.length) : undefined;
}

/** Whether the decision sells everything at a person's request, regardless of the models. */
export function isFlatten({ cause, id }: Pick<Decision, 'cause' | 'id'>): boolean {
  return cause === 'manual' && id.startsWith(FLATTEN);
}

/** Prefix of the ids of plans that raise cash. */
export const RAISE = 'raise-';

/** Whether the decision sells to raise cash; the current target stays unchanged. */
export function isRaise({ cause, id }: Pick<Decision, 'cause' | 'id'>): boolean {
  return cause === 'manual' && id.startsWith(RAISE);
}

/** A request to raise cash. */
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

/** A plan that waits for approval. */
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
  /** It sells to raise cash, which is reserved once the plan is approved. */
  readonly raise?: RaiseRequest | undefined;
  /**
   * Parts of the plan that would be delayed or reduced, one sentence each; empty in entries that do not
   * say.
   */
  readonly remarks?: readonly string[];
}

/** Whether there is anything to approve: orders or cash to keep, and no refusal by risk. */
export function isApprovable({ decision, raise }: Pick<Proposal, 'decision' | 'raise'>): boolean {
  const { plan, verdict } = decision;
  return verdict.kind !== 'refused' && (plan.orders.length > 0 || raise !== undefined);
}
