/** Calculations shared by several views. */
import type { Position } from '../domain/account.ts';
import type { AccountState, ManagedOrder, Rebalance } from '../domain/account-state.ts';
import { type MeasuredAccount, measuredAccount } from '../domain/measured-equity.ts';
import { MOMENTUM_EPSILON, type ModelParameters, type RankedTicker } from '../domain/model.ts';
import { type Observation, snapshotOf } from '../domain/observation.ts';
import type { Fill } from '../domain/order.ts';
import { type Cents, cents, type EpochMs, type Ticker } from '../domain/units.ts';

/** Part of a whole as a fraction; undefined unless the whole is positive. */
export function fraction(part: number | undefined, whole: number | undefined): number | undefined {
  if (part === undefined || whole === undefined || whole <= 0) return undefined;
  return part / whole;
}

/** Later over earlier, less 1; undefined when either is unknown or the earlier is not positive. */
export function change(later: number | undefined, earlier: number | undefined): number | undefined {
  const ratio = fraction(later, earlier);
  return ratio === undefined ? undefined : ratio - 1;
}

/** `left` less `right`; undefined when either is unknown. */
export function difference(
  left: number | undefined,
  right: number | undefined,
): number | undefined {
  return left === undefined || right === undefined ? undefined : left - right;
}

/** The sum of all positions in cents; undefined when one of them has no value. */
export function heldValue(positions: readonly Position[]): Cents | undefined {
  let sum = 0;
  for (const { marketValue } of positions) {
    if (marketValue === undefined) return undefined;
    sum += marketValue;
  }
  return cents(sum);
}

/** The currently managed part of the account; each undefined before the account was observed. */
export function managedNow(seen: Observation): {
  readonly [part in keyof MeasuredAccount]: MeasuredAccount[part] | undefined;
} {
  const now = snapshotOf(seen);
  return now ? measuredAccount(now) : { equity: undefined, cash: undefined, whole: undefined };
}

/** Positions of Rotor's; all of them while it is unknown which are. */
export function ownPositions({ managedBy, positions }: Observation): readonly Position[] {
  return positions.filter(({ ticker }) => managedBy?.own.includes(ticker) ?? true);
}

/** Sum of absolute position values over equity, a fraction. */
export function exposure(
  equity: Cents | undefined,
  positions: readonly Position[],
): number | undefined {
  const values = positions.map((position) => position.marketValue);
  if (values.some((value) => value === undefined)) return undefined;
  const sum = values.reduce<number>((total, value) => total + Math.abs(value ?? 0), 0);
  return fraction(sum, equity);
}

/** The rebalance decided last; undefined before the first. */
export function lastRebalance(book: AccountState): Rebalance | undefined {
  return [...book.rebalances.values()].at(-1);
}

/** The last one that involved the models; selling everything involves none. */
export function lastVoted(book: AccountState): Rebalance | undefined {
  return [...book.rebalances.values()].findLast(({ decision }) => decision.votes.length > 0);
}

/** How the last rebalance ended, or that it is running. */
export interface LastOutcome {
  readonly id: string;
  readonly at: EpochMs;
  readonly outcome: 'running' | 'complete' | 'partial';
}

/** The outcome of the rebalance decided last; undefined before the first. */
export function lastOutcome(book: AccountState): LastOutcome | undefined {
  const last = lastRebalance(book);
  return last && { id: last.decision.id, at: last.at, outcome: last.result?.kind ?? 'running' };
}

/** Every attempt at one order of a decision, in the order they were written. */
export function attemptsAt(
  managedOrders: readonly ManagedOrder[],
  ticker: Ticker,
  side: 'buy' | 'sell',
): readonly ManagedOrder[] {
  return managedOrders.filter(({ intent }) => intent.ticker === ticker && intent.side === side);
}

/** Whether a model with these parameters selects the ticker: the same bound as in the selection itself. */
export function qualifies(
  { rank, momentum }: Pick<RankedTicker, 'rank' | 'momentum'>,
  { top, minimumMomentum }: Pick<ModelParameters, 'top' | 'minimumMomentum'>,
): boolean {
  return rank <= top && momentum >= minimumMomentum - MOMENTUM_EPSILON;
}

/** Every execution, ours and external; each counts once. */
export function fillsOf(
  book: Pick<AccountState, 'managedOrders' | 'externalFills'>,
): readonly Fill[] {
  const all = [
    ...[...book.managedOrders.values()].flatMap(({ fills }) => fills),
    ...book.externalFills,
  ];
  return [...new Map(all.map((fill) => [fill.id, fill])).values()];
}
