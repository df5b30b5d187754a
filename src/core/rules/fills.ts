/** An account of cash and shares, and what a fill does to it. */
import type { PlanRules } from '../domain/decision.ts';
import { at } from './panel.ts';
import { fitPurchases, stepOf, worthOf } from './sizing.ts';

/** Cash and shares; written in place. */
export interface Account {
  /** Cents; negative where they are owed. */
  cash: number;
  /** Billionths of a share, by place. */
  readonly held: Float64Array;
  /** Room for the prices of one rebalance: at the open, and with the slippage. */
  readonly opens: Float64Array;
  readonly slipped: Float64Array;
}

/** An account of so much cash, cents, and room for so many tickers. */
export function accountOf(cash: number, places: number): Account {
  const column = (): Float64Array => new Float64Array(places);
  return { cash, held: column(), opens: column(), slipped: column() };
}

/** What the fills of one rebalance came to. */
export interface FillTotals {
  orders: number;
  /** Sum of the values bought and sold, cents. */
  traded: number;
}

/** Told of each fill: billionths of a share, negative sold, and dollars a share. */
export type ReportFill = (place: number, change: number, price: number) => void;

/** How orders are filled: at what cost, and with how much borrowed money at most. */
export interface FillTerms {
  /** Hundredths of a per cent of the price, against us. */
  readonly slippageBps: number;
  /** Cents that may be owed. */
  readonly credit: number;
  readonly rules: PlanRules;
}

/** The price of an order that costs the slippage. */
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
 * Sells, then as much of the buys as the money that is really there pays for, in place order. The
 * changes are spent: buys are shrunk in them.
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

/** Fills what has that sign and is worth at least so many cents. */
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
