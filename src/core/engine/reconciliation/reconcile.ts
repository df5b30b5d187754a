/** Compares the broker's account with our ledger. Pure. */
import type { Account, Position, UnmanagedHolding } from '#core/domain/account.ts';
import type { Ledger } from '#core/domain/ledger.ts';
import {
  type Cents,
  cents,
  centsToDecimal,
  type EpochMs,
  type Qty,
  qty,
  qtyToDecimal,
  type Ticker,
} from '#core/domain/units.ts';

/** One difference between the books and the broker: a ticker's shares, or the cash. */
export interface Difference {
  /** Undefined: the difference is in cash. */
  readonly ticker: Ticker | undefined;
  readonly ours: string;
  readonly broker: string;
  /** The amount to add to ours. */
  readonly qty: Qty;
  readonly cash: Cents;
}

/** One comparison, with the answers it was based on. */
export interface ReconcileResult {
  readonly differences: readonly Difference[];
  readonly account: Account;
  readonly positions: readonly Position[];
  readonly unmanaged: readonly UnmanagedHolding[];
  /** When the answers were requested. */
  readonly askedAt: EpochMs;
}

const NO_CASH = cents(0);
const NO_SHARES = qty(0);

/**
 * Share by share over the union of both sides, so that missing and additional positions are both found;
 * then cash. Brokers keep more decimals than a cent, so cash may differ by one cent per booked fill.
 */
export function reconcile(
  ledger: Ledger,
  account: Account,
  positions: readonly Position[],
  fillsBooked: number,
): readonly Difference[] {
  const theirs = new Map(positions.map((position) => [position.ticker, position.qty]));
  const tickers = new Set([...ledger.lots.keys(), ...theirs.keys()]);
  const shares = [...tickers].flatMap((ticker): Difference[] => {
    const ours = ledger.lots.get(ticker)?.qty ?? NO_SHARES;
    const broker = theirs.get(ticker) ?? NO_SHARES;
    if (ours === broker) return [];
    return [
      {
        ticker,
        ours: qtyToDecimal(ours),
        broker: qtyToDecimal(broker),
        qty: qty(broker - ours),
        cash: NO_CASH,
      },
    ];
  });
  const gap = cents(account.cash - ledger.cash);
  if (Math.abs(gap) <= fillsBooked) return shares;
  return [
    ...shares,
    {
      ticker: undefined,
      ours: centsToDecimal(ledger.cash),
      broker: centsToDecimal(account.cash),
      qty: NO_SHARES,
      cash: gap,
    },
  ];
}

/** One line a person can act on: `XLK: ours 10, broker 12`. */
export function describe(differences: readonly Difference[]): string {
  return differences
    .map(({ ticker, ours, broker }) => `${ticker ?? 'cash'}: ours ${ours}, broker ${broker}`)
    .join('; ');
}
