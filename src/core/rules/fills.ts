/** An account of cash and shares, and the effect of fills on it. */
import type { PlanRules } from '../domain/decision.ts';
import type { Changes } from './changes.ts';
import { at } from './panel.ts';
import { purchaseFactor, shrunk, stepOf, worthOf } from './sizing.ts';

/** Cash and shares; mutable. */
export interface Account {
  /** Cents; negative for a debt. */
  cash: number;
  /** Billionths of a share, by index. */
  readonly held: Float64Array;
  /** Buffers for the prices of one rebalance: at the open, and with slippage. */
  readonly opens: Float64Array;
  readonly slipped: Float64Array;
}

/** An account with that much cash, in cents, and space for that many tickers. */
export function accountOf(cash: number, places: number): Account {
  const column = (): Float64Array => new Float64Array(places);
  return { cash, held: column(), opens: column(), slipped: column() };
}

/** Sets the account back to that much cash, in cents, and no shares. */
export function resetAccount(account: Account, cash: number): void {
  account.cash = cash;
  account.held.fill(0);
}

/** Totals of the fills of one rebalance. */
export interface FillTotals {
  orders: number;
  /** Sum of the values bought and sold, cents. */
  traded: number;
}

/** Called for each fill: billionths of a share, negative when sold, and dollars a share. */
export type ReportFill = (place: number, change: number, price: number) => void;

/** Terms of execution: slippage, and maximum borrowing. */
export interface FillTerms {
  /** Basis points of the price, against us. */
  readonly slippageBps: number;
  /** Maximum borrowing, cents. */
  readonly credit: number;
  readonly rules: PlanRules;
}

/** The fill price of an order after slippage. */
export function slippedPrice(price: number, change: number, slippageBps: number): number {
  return price * (1 + ((change > 0 ? 1 : -1) * slippageBps) / 10_000);
}

/**
 * Sells first, then fills as much of the buys as the cash actually available pays for, in index order. The
 * changes are consumed: their values become those at the fill prices.
 */
export function fillChanges(
  account: Account,
  changes: Changes,
  terms: FillTerms,
  report?: ReportFill,
): FillTotals {
  const filled: FillTotals = { orders: 0, traded: 0 };
  const { opens, slipped } = account;
  const { change, worth } = changes;
  let cost = 0;
  let purchases = 0;
  for (let place = 0; place < change.length; place++) {
    const size = at(change, place);
    if (size === 0) continue;
    const price = slippedPrice(at(opens, place), size, terms.slippageBps);
    slipped[place] = price;
    worth[place] = worthOf(Math.abs(size), price);
    if (size < 0) {
      bookFill(account, place, size, at(worth, place), filled);
      report?.(place, size, price);
      continue;
    }
    cost += at(worth, place);
    purchases += 1;
  }
  const factor = purchaseFactor(cost, purchases, account.cash + terms.credit);
  fillPurchases(account, changes, factor, terms, filled, report);
  return filled;
}

/** Fills the buys that are worth an order after shrinking. */
function fillPurchases(
  account: Account,
  { change }: Changes,
  factor: number,
  { rules }: FillTerms,
  filled: FillTotals,
  report: ReportFill | undefined,
): void {
  const step = stepOf(rules);
  for (let place = 0; place < change.length; place++) {
    const planned = at(change, place);
    if (planned <= 0) continue;
    const price = at(account.slipped, place);
    const size = shrunk(planned, factor, step);
    const value = worthOf(size, price);
    if (size === 0 || value < rules.minOrder) continue;
    bookFill(account, place, size, value, filled);
    report?.(place, size, price);
  }
}

/** Books one execution, worth that many cents. */
function bookFill(
  account: Account,
  place: number,
  change: number,
  value: number,
  filled: FillTotals,
): void {
  account.cash += change > 0 ? -value : value;
  account.held[place] = at(account.held, place) + change;
  filled.orders += 1;
  filled.traded += value;
}
