/** The broker's truth against our ledger. Pure. */
import type { Account, Position } from '../domain/account.ts';
import type { Ledger } from '../domain/ledger.ts';
import { centsToDecimal, qtyToDecimal, type Ticker } from '../domain/units.ts';

export interface Difference {
  /** Undefined: the difference is in cash. */
  readonly ticker: Ticker | undefined;
  readonly ours: string;
  readonly broker: string;
}

/**
 * Share by share over the union of both sides, so that a position that vanished is seen as well as
 * one that appeared; then cash to the cent.
 */
export function reconcile(
  ledger: Ledger,
  account: Account,
  positions: readonly Position[],
): readonly Difference[] {
  const theirs = new Map(positions.map((position) => [position.ticker, position.qty]));
  const differences: Difference[] = [];
  for (const ticker of new Set([...ledger.lots.keys(), ...theirs.keys()])) {
    const ours = ledger.lots.get(ticker)?.qty;
    const broker = theirs.get(ticker);
    if (ours !== broker) {
      differences.push({
        ticker,
        ours: ours === undefined ? 'none' : qtyToDecimal(ours),
        broker: broker === undefined ? 'none' : qtyToDecimal(broker),
      });
    }
  }
  if (ledger.cash !== account.cash) {
    differences.push({
      ticker: undefined,
      ours: centsToDecimal(ledger.cash),
      broker: centsToDecimal(account.cash),
    });
  }
  return differences;
}

/** One line a person can act on: `XLK: ours 10, broker 12`. */
export function describe(differences: readonly Difference[]): string {
  return differences
    .map(({ ticker, ours, broker }) => `${ticker ?? 'cash'}: ours ${ours}, broker ${broker}`)
    .join('; ');
}
