import type { Cents, EpochMs, Qty, Ticker } from './units.ts';

/** Cash or shares that moved at the broker without an order. */
export interface Activity {
  /** The broker's id; booking it twice changes nothing. */
  readonly id: string;
  readonly kind: 'deposit' | 'withdrawal' | 'dividend' | 'interest' | 'fee' | 'split' | 'other';
  readonly ticker: Ticker | undefined;
  /** Change in shares; 0 when only cash moved. */
  readonly qty: Qty;
  /** Change in cash; negative went out. */
  readonly cash: Cents;
  readonly at: EpochMs;
}
