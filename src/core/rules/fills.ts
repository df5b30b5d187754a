/** An account of cash and shares, and the effect of fills on it. */
import type { PlanRules } from '../domain/decision.ts';
import { at } from './panel.ts';
import { fitPurchases, stepOf, worthOf } from './sizing.ts';

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

/** Books one execution. Cash moves by quantity times price rounded to the cent. */
export function bookFill(account: Account, place: number, change: number, price: number): number {
  const value = worthOf(Math.abs(change), price);
  account.cash += change > 0 ? -value : value;
  account.held[place] = at(account.held, place) + change;
  return value;
}

/**
 * Sells first, then fills as much of the buys as the cash actually available pays for, in index order. The
 * changes are consumed: shrunk buys are written back.
 */
export function fillChanges(
  account: Account,
  changes: Float64Array,
  { slippageBps, credit, rules }: FillTerms,
  report?: ReportFill,
): FillTotals {
  const filled: FillTotals = { orders: 0, traded: 0 };
  const { opens, slipped } = account;
  for (let place = 0; place < changes.length; place++) {
    slipped[place] = slippedPrice(at(opens, place), at(changes, place), slippageBps);
  }
  fillSide(account, changes, -1, 0, filled, report);
  fitPurchases(changes, slipped, account.cash + credit, stepOf(rules));
  fillSide(account, changes, 1, rules.minOrder, filled, report);
  return filled;
}

/** Fills changes of that sign that are worth at least that many cents. */
function fillSide(
  account: Account,
  changes: Float64Array,
  sign: 1 | -1,
  least: number,
  filled: FillTotals,
  report: ReportFill | undefined,
): void {
  for (let place = 0; place < changes.length; place++) {
    const change = at(changes, place);
    if (change * sign <= 0) continue;
    const price = at(account.slipped, place);
    if (least > 0 && worthOf(change, price) < least) continue;
    filled.orders += 1;
    filled.traded += bookFill(account, place, change, price);
    report?.(place, change, price);
  }
}
