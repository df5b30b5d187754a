/** Which part of an account is Rotor's: what targets, limits, drift and returns are measured on. Pure. */
import type { ValuedHoldings } from './account.ts';
import { type Cents, cents, type EpochMs, type Ticker } from './units.ts';

/** The part of the account that its owner keeps from Rotor. */
export interface ManagedRules {
  /** Cash that is never invested: `RESERVE_USD`. */
  readonly reserve: Cents;
  /** At most so much is managed: `MAX_MANAGED_USD`; undefined: all of it. */
  readonly maxManaged: Cents | undefined;
}

/** Which part is Rotor's, and how much of it Rotor manages; recorded with every close. */
export interface ManagedTerms extends ManagedRules {
  /** What Rotor may trade; everything else that is held is somebody else's. */
  readonly own: readonly Ticker[];
}

/** Equity, cash and holdings of the account at one instant. */
export interface AccountSnapshot {
  readonly equity: Cents;
  /** Undefined where an older version did not write it down. */
  readonly cash?: Cents | undefined;
  readonly holdings?: ValuedHoldings | undefined;
  /** Undefined as well: then the whole account is measured. */
  readonly managedBy?: ManagedTerms | undefined;
}

/** The same with its instant. */
export interface DatedAccountSnapshot extends AccountSnapshot {
  readonly at: EpochMs;
}

/** The account in cents, everything at the same instant. */
export interface WholeAccount {
  readonly cash: Cents;
  /** Positions that Rotor may trade. */
  readonly ownValue: Cents;
  /** What it would cost to buy back what others sold short; 0 unless given. */
  readonly owed?: Cents;
}

/** The part that Rotor manages. */
export interface ManagedAccount {
  /** Never below 0. */
  readonly equity: Cents;
  /** Cash of it; negative where Rotor holds more than it may manage. */
  readonly cash: Cents;
}

/**
 * Equity less what is somebody else's (everything that is neither cash nor a position of Rotor's)
 * less the reserve, at most `maxManaged`. Its cash is what of it is not in positions, and never more
 * than the account's cash less the reserve and less what short sales brought in.
 */
export function managedAccount(whole: WholeAccount, rules: ManagedRules): ManagedAccount {
  const free = whole.cash - (whole.owed ?? 0) - rules.reserve;
  const own = free + whole.ownValue;
  const capped = Math.min(own, rules.maxManaged ?? own);
  const equity = Math.max(0, capped);
  const cash = Math.min(equity - whole.ownValue, free);
  return { equity: cents(equity), cash: cents(cash) };
}

/** An equity that its own parts contradict. */
export interface EquityContradiction {
  /** The equity of the whole account, as the broker reports it. */
  readonly stated: Cents;
  /** Cash and every position at the prices of the same answer. */
  readonly counted: Cents;
}

/**
 * Whether an equity is contradicted by cash and positions of the same reading: undefined while they are
 * within `tolerance` (a fraction of the larger) of each other, else both numbers.
 */
export function equityContradiction(
  stated: Cents,
  counted: Cents,
  tolerance: number,
): EquityContradiction | undefined {
  const gap = Math.abs(stated - counted);
  const allowed = tolerance * Math.max(Math.abs(stated), Math.abs(counted));
  // A cent for each rounding; an account of a few dollars is not in contradiction over cents.
  return gap <= Math.max(allowed, 100) ? undefined : { stated, counted };
}
