/** A month of the account beside the same month by the backtest. */
import type { Cents, SessionDate } from './units.ts';

/** In cents; positive: the account has that much more. */
export interface ParityParts {
  /** From the prices at decision to those of the fills. */
  readonly price: Cents;
  /** Other numbers of shares than the backtest's: whole shares, limits, holdings, what was not filled. */
  readonly size: Cents;
  /** The broker's fees, less what the backtest pays for each fill. */
  readonly cost: Cents;
  /** From the open at which the backtest trades to the prices at decision, and the night before it. */
  readonly timing: Cents;
  /** Shares that came or went, income beside what adjusted prices hold of it, and corporate actions. */
  readonly flows: Cents;
  /** Trades by hand, and plans that a person asked for. */
  readonly person: Cents;
}

/** The month of the account against that of the backtest. */
export interface MonthParity {
  /** The close, or the beginning of the account, that both count from. */
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** Gains in cents, without what came and went. */
  readonly account: Cents;
  readonly backtest: Cents;
  readonly parts: ParityParts;
  /** Of the account's gain, what its own records do not explain. */
  readonly residual: Cents;
}
