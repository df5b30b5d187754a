/** Dividends, interest and fees of a year, by ticker, as booked by the broker. */
import type { Mode } from '../domain/account.ts';
import type { AccountState, CashFlow } from '../domain/account-state.ts';
import { isReturnOfCapital } from '../domain/activity.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Observation } from '../domain/observation.ts';
import { type Cents, cents, type EpochMs, type Ticker } from '../domain/units.ts';
import { dividendsOf } from './curve.ts';

/** Sums in cents; withheld or paid amounts are negative. */
export interface Income {
  readonly dividends: Cents;
  readonly interest: Cents;
  readonly fees: Cents;
  /** Return of capital: not income, and in no other sum. */
  readonly returned: Cents;
}

/** The income of a year. */
export interface IncomeView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly accountNumber: string | undefined;
  readonly year: number;
  /** By ticker, undefined for the account as a whole; largest first. */
  readonly rows: readonly (Income & { readonly ticker: Ticker | undefined })[];
  readonly total: Income;
  /** Estimated dividends that a paper account is not paid; in no other sum. */
  readonly estimated: Cents;
  /** Every year with income, in time order. */
  readonly years: readonly (Income & { readonly year: number })[];
}

/** The view of a calendar year, by the broker's New York day. */
export function incomeView(book: AccountState, seen: Observation, year: number): IncomeView {
  const flows = book.cashFlows.filter(({ activity }) => isIncome(activity.kind));
  const byYear = Map.groupBy(flows, yearOfFlow);
  const own = byYear.get(year) ?? [];
  const byTicker = Map.groupBy(own, ({ activity }) => activity.ticker);
  const estimated = dividendsOf(book, seen).filter(({ session }) => session.startsWith(`${year}-`));
  return {
    mode: seen.mode,
    at: seen.at,
    accountNumber: seen.account?.number ?? book.account?.number,
    year,
    rows: [...byTicker]
      .map(([ticker, all]) => ({ ticker, ...incomeOf(all) }))
      .toSorted((a, b) => sizeOf(b) - sizeOf(a)),
    total: incomeOf(own),
    estimated: cents(estimated.reduce((sum, { amount }) => sum + amount, 0)),
    years: [...byYear]
      .map(([each, all]) => ({ year: each, ...incomeOf(all) }))
      .toSorted((a, b) => a.year - b.year),
  };
}

const COLUMN = { dividend: 'dividends', interest: 'interest', fee: 'fees' } as const;

function isIncome(kind: string): kind is keyof typeof COLUMN {
  return kind in COLUMN;
}

function yearOfFlow({ activity }: CashFlow): number {
  return Number(newYorkDate(activity.at).slice(0, 4));
}

function incomeOf(flows: readonly CashFlow[]): Income {
  const sum = { dividends: 0, interest: 0, fees: 0, returned: 0 };
  for (const { activity } of flows) {
    if (isReturnOfCapital(activity)) sum.returned += activity.cash;
    else if (isIncome(activity.kind)) sum[COLUMN[activity.kind]] += activity.cash;
  }
  return {
    dividends: cents(sum.dividends),
    interest: cents(sum.interest),
    fees: cents(sum.fees),
    returned: cents(sum.returned),
  };
}

function sizeOf({ dividends, interest, fees, returned }: Income): number {
  return Math.abs(dividends) + Math.abs(interest) + Math.abs(fees) + Math.abs(returned);
}
