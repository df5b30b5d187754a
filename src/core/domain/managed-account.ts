/** The part of an account that Rotor manages: targets, limits, drift and returns are based on it. Pure. */
import type { ValuedHoldings } from './account.ts';
import { type Cents, cents, type EpochMs, type Ticker } from './units.ts';

/** The part of the account that its owner withholds from Rotor. */
export interface ManagedRules {
  /** Cash that is never invested: `RESERVE_USD`. */
  readonly reserve: Cents;
  /** Maximum amount managed: `MAX_MANAGED_USD`; undefined: all of it. */
  readonly maxManaged: Cents | undefined;
}

/** Which part is managed, and how much of it; recorded with every close. */
export interface ManagedTerms extends ManagedRules {
  /** Tickers that Rotor may trade; all other holdings are unmanaged. */
  readonly own: readonly Ticker[];
}

/** Equity, cash and holdings of the account at one instant. */
export interface AccountSnapshot {
  readonly equity: Cents;
  /** Undefined where an older version did not record it. */
  readonly cash?: Cents | undefined;
  readonly holdings?: ValuedHoldings | undefined;
  /** Undefined for the same reason: then the whole account is measured. */
  readonly managedBy?: ManagedTerms | undefined;
}

/** The same with its time. */
export interface DatedAccountSnapshot extends AccountSnapshot {
  readonly at: EpochMs;
}

/** From where drawdown is measured. */
export interface DrawdownStart extends DatedAccountSnapshot {
  /** How many cash flows were booked by then: later ones came after it, whatever the clock showed. */
  readonly flows: number;
}

/** The account in cents, all values of the same instant. */
export interface WholeAccount {
  readonly cash: Cents;
  /** Value of the positions that Rotor may trade. */
  readonly ownValue: Cents;
  /** Cost of buying back external short positions; 0 by default. */
  readonly owed?: Cents;
}

/** The part that Rotor manages. */
export interface ManagedAccount {
  /** Never below 0. */
  readonly equity: Cents;
  /** Its cash; negative where Rotor holds more than it may manage. */
  readonly cash: Cents;
}

/**
 * Equity less unmanaged holdings (everything that is neither cash nor a position of Rotor's) less the
 * reserve, at most `maxManaged`. Its cash is the part not in positions, and never more than the account's
 * cash less the reserve and the proceeds of short sales.
 */
export function managedAccount(whole: WholeAccount, rules: ManagedRules): ManagedAccount {
  const free = whole.cash - (whole.owed ?? 0) - rules.reserve;
  const own = free + whole.ownValue;
  const capped = Math.min(own, rules.maxManaged ?? own);
  const equity = Math.max(0, capped);
  const cash = Math.min(equity - whole.ownValue, free);
  return { equity: cents(equity), cash: cents(cash) };
}

/** An equity that does not match the sum of its parts. */
export interface EquityContradiction {
  /** The equity of the whole account, as the broker reports it. */
  readonly stated: Cents;
  /** Cash and every position at the prices of the same answer. */
  readonly counted: Cents;
}

/**
 * Compares equity with cash and positions of the same reading: undefined while they are within `tolerance`
 * (a fraction of the larger) of each other, else both numbers.
 */
export function equityContradiction(
  stated: Cents,
  counted: Cents,
  tolerance: number,
): EquityContradiction | undefined {
  const gap = Math.abs(stated - counted);
  const allowed = tolerance * Math.max(Math.abs(stated), Math.abs(counted));
  // A cent for each rounding; an account of a few dollars is not rejected over cents.
  return gap <= Math.max(allowed, 100) ? undefined : { stated, counted };
}
