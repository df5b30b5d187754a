/** A month of the account compared with the same month of the backtest. */
import type { Cents, SessionDate } from './units.ts';

/** In cents; positive: the account has more. */
export interface ParityParts {
  /** From decision prices to fill prices. */
  readonly price: Cents;
  /** Share counts other than the backtest's: whole shares, limits, holdings, unfilled orders. */
  readonly size: Cents;
  /** The broker's fees, less the backtest's cost of each fill. */
  readonly cost: Cents;
  /** From the open at which the backtest trades to the decision prices, and the night before it. */
  readonly timing: Cents;
  /** Shares moved in or out, income against that in adjusted prices, and corporate actions. */
  readonly flows: Cents;
  /** Manual trades, and plans requested by a person. */
  readonly person: Cents;
}

/** The account's month against the backtest's. */
export interface MonthParity {
  /** The close, or the start of the account, that both are measured from. */
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** Gains in cents, without cash flows. */
  readonly account: Cents;
  readonly backtest: Cents;
  readonly parts: ParityParts;
  /** The part of the account's gain not explained by its own records. */
  readonly residual: Cents;
}
