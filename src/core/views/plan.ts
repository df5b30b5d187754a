import type { Mode } from '../domain/account.ts';
import type { AccountState, ProposalState } from '../domain/account-state.ts';
import type {
  Breach,
  Cause,
  Decision,
  ModelAllocation,
  PlanLine,
  RaiseRequest,
} from '../domain/decision.ts';
import type { Regime } from '../domain/model.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Observation } from '../domain/observation.ts';
import type { Side } from '../domain/order.ts';
import { type Gains, plannedGains } from '../domain/tax/gains.ts';
import type { LotRecord } from '../domain/tax/lot-event.ts';
import {
  type Cents,
  cents,
  type EpochMs,
  type Qty,
  type SessionDate,
  type Ticker,
  valueOf,
} from '../domain/units.ts';

/** One order of a plan; `value` in cents, weights as fractions of equity. */
export interface PlanRow {
  readonly ticker: Ticker;
  readonly side: Side;
  readonly qty: Qty;
  readonly value: Cents;
  readonly fromWeight: number | undefined;
  readonly toWeight: number | undefined;
}

/** A ticker that a plan does not trade, and the reason. */
export interface UnchangedRow {
  readonly ticker: Ticker;
  readonly weight: number;
  readonly why: string;
}

/** The orders of a decision and its effect. Weights and turnover are fractions. */
export interface PlanView {
  readonly id: string;
  readonly mode: Mode;
  readonly cause: Cause;
  readonly asOf: SessionDate;
  readonly regime: Regime;
  readonly votes: readonly ModelAllocation[];
  readonly trims: readonly Breach[];
  /** Set when the risk limits rejected the whole target. */
  readonly refusal: string | undefined;
  readonly equity: Cents;
  /** Sells first. */
  readonly rows: readonly PlanRow[];
  readonly unchanged: readonly UnchangedRow[];
  readonly foreign: readonly { readonly ticker: Ticker; readonly qty: Qty }[];
  readonly turnover: number;
  readonly bought: Cents;
  readonly sold: Cents;
  /** Gains it would realise at those prices; undefined where nothing is sold. */
  readonly gains: Gains | undefined;
}

/** A proposed plan and the state of its approval. */
export interface ProposalView {
  readonly id: string;
  readonly plan: PlanView;
  readonly requestedBy: string;
  /** In real time. */
  readonly expiresAt: EpochMs;
  /** `waiting` may still be answered. */
  readonly state: 'waiting' | 'approved' | 'rejected' | 'expired' | 'replaced';
  /** The approvals so far, and the number required. */
  readonly approvals: ProposalState['approvals'];
  readonly approvers: 1 | 2;
  readonly answeredBy: string | undefined;
  readonly answeredAt: EpochMs | undefined;
  /** The day it was made on, once a later one is known to have begun. */
  readonly madeOn: SessionDate | undefined;
  /** It sells to raise cash, which is reserved once the plan is approved. */
  readonly raise: RaiseRequest | undefined;
  /** Parts of the plan that would be delayed or reduced, one sentence each. */
  readonly remarks: readonly string[];
  /** Why it cannot be approved now: trading is stopped, nothing to do, or another rebalance ran since. */
  readonly blocked: 'HALT' | 'REDUCE' | 'nothing to do' | 'outdated' | undefined;
}

/** The part of an observation shown with a proposal. */
export type ProposalContext = Pick<Observation, 'mode'> &
  Partial<Pick<Observation, 'nextRebalance'>>;

/** The lots that a plan would sell from, as of an instant. */
export interface PlanLots {
  readonly lots: LotRecord;
  readonly at: EpochMs;
}

/** A decision as a plan, before anything is sent. */
export function planView(decision: Decision, mode: Mode, { lots, at }: PlanLots): PlanView {
  const { plan, verdict } = decision;
  const rows = plan.orders.map((order) => {
    const line = plan.lines.find((each) => each.ticker === order.ticker);
    return {
      ticker: order.ticker,
      side: order.side,
      qty: order.qty,
      value: valueOf(order.qty, order.priceAtDecision),
      fromWeight: line?.fromWeight,
      toWeight: line?.toWeight,
    };
  });
  return {
    id: decision.id,
    mode,
    cause: decision.cause,
    asOf: decision.asOf,
    regime: decision.regime,
    votes: decision.votes,
    trims: verdict.breaches,
    refusal: verdict.kind === 'refused' ? verdict.reason : undefined,
    equity: decision.holdings.equity,
    rows,
    unchanged: plan.lines.flatMap(unchangedRow),
    foreign: plan.foreign,
    turnover: plan.turnover,
    bought: total(rows, 'buy'),
    sold: total(rows, 'sell'),
    gains: plan.orders.some(({ side }) => side === 'sell')
      ? plannedGains(lots, plan.orders, at)
      : undefined,
  };
}

/**
 * A proposal and its outcome; undefined when it is unknown. Real time, not market time, decides whether it
 * has expired: `now` is on the wall clock.
 */
export function proposalView(
  book: AccountState,
  seen: ProposalContext,
  id: string,
  now: EpochMs,
): ProposalView | undefined {
  const known = book.proposals.get(id);
  return known && describe(known, book, seen, now);
}

/** The plan that now stands in the place of this one: prices moved, perhaps more than once. */
export function latestPlanId({ proposals }: Pick<AccountState, 'proposals'>, id: string): string {
  const { answer, answeredAt, proposal } = proposals.get(id) ?? {};
  if (answer !== 'replaced' || answeredAt === undefined) return id;
  const all = [...proposals.values()];
  const next = all.slice(all.findIndex((each) => each.proposal.id === id) + 1).find((each) => {
    return each.at >= answeredAt && each.proposal.requestedBy === proposal?.requestedBy;
  });
  return next ? latestPlanId({ proposals }, next.proposal.id) : id;
}

/** A plan without orders is worth approving only where it completes a missed rebalance. */
function blockedBy(
  { proposal, at: madeAt }: ProposalState,
  { state, rebalances }: AccountState,
  { nextRebalance: next }: ProposalContext,
): ProposalView['blocked'] {
  const isRunning = [...rebalances.values()].some(({ result }) => result === undefined);
  const isOverdue = isRunning || next?.owed === true || next?.missed !== undefined;
  const { raise, decision } = proposal;
  if (decision.plan.orders.length === 0 && !isOverdue && !raise) return 'nothing to do';
  if ([...rebalances.values()].some(({ at }) => at >= madeAt)) return 'outdated';
  // Raising cash only sells.
  const isOpen = state.state === 'RUN' || (state.state === 'REDUCE' && raise !== undefined);
  return isOpen ? undefined : state.state;
}

function describe(
  known: ProposalState,
  book: AccountState,
  seen: ProposalContext,
  now: EpochMs,
): ProposalView {
  const { proposal, at, answer, answeredBy, answeredAt, approvals } = known;
  const late = answer === undefined && now >= proposal.expiresAt;
  return {
    id: proposal.id,
    // As proposed: once its orders are filled, the lots are gone.
    plan: planView(proposal.decision, seen.mode, { lots: book.lots, at }),
    requestedBy: proposal.requestedBy,
    expiresAt: proposal.expiresAt,
    state: late ? 'expired' : (answer ?? 'waiting'),
    approvals,
    approvers: proposal.approvers ?? 1,
    answeredBy,
    answeredAt,
    madeOn: answer === 'expired' ? earlierDay(at, answeredAt) : undefined,
    raise: proposal.raise,
    remarks: proposal.remarks ?? [],
    blocked: blockedBy(known, book, seen),
  };
}

/** A held or wanted ticker that is not traded, with the reason. */
function unchangedRow(line: PlanLine): readonly UnchangedRow[] {
  if (line.action !== 'stay') return [];
  const why = line.why ?? 'already at its target';
  return [{ ticker: line.ticker, weight: line.fromWeight, why }];
}

function total(rows: readonly PlanRow[], side: Side): Cents {
  return cents(rows.filter((row) => row.side === side).reduce((sum, row) => sum + row.value, 0));
}

function earlierDay(made: EpochMs, ended: EpochMs | undefined): SessionDate | undefined {
  const day = newYorkDate(made);
  return ended !== undefined && newYorkDate(ended) !== day ? day : undefined;
}
