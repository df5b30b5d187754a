/**
 * Drawdown of the managed part of the account since a person let it trade: computed from the closes,
 * time-weighted like every return, so that deposits and withdrawals neither cause nor hide a loss. Pure.
 */
import type { AccountState, EquityPoint } from './account-state.ts';
import { unreconciledCash } from './cash-flow.ts';
import { keepingFold } from './kept.ts';
import type { AccountSnapshot, DatedAccountSnapshot, DrawdownStart } from './managed-account.ts';
import { instantOf, measuredEquity, measuredStep } from './measured-equity.ts';
import { cents } from './units.ts';

/** Growth of the managed part over a series of snapshots, starting at 1, and its highest value. */
interface Path {
  readonly last: { readonly snapshot: AccountSnapshot; readonly at: number };
  readonly value: number;
  readonly peak: number;
}

/** Where the path begins, and the flows that it leaves out. */
interface PathStart extends Pick<AccountState, 'cashFlows' | 'externalFills'> {
  readonly from: DrawdownStart;
}

/** From 0 to 1; 0 at the peak, and while there is no known starting point. */
export function belowPeak(book: AccountState, now: DatedAccountSnapshot): number {
  const from = book.drawdownFrom;
  if (!from) return 0;
  const { equity, cashFlows, externalFills } = book;
  const start = { cashFlows, externalFills, from };
  const last = { snapshot: withMissing(book, now), at: Number.POSITIVE_INFINITY };
  const { value, peak } = goneOn(start, pathOver(start, equity), last);
  return Math.max(0, 1 - value / peak);
}

/** Every refresh asks for the same closes, and each day for one more. */
const pathOver = keepingFold<PathStart, EquityPoint, Path>(
  ({ from }) => ({ last: { snapshot: from, at: from.at }, value: 1, peak: 1 }),
  (path, point, start) => {
    const at = instantOf(point);
    return at > start.from.at ? goneOn(start, path, { snapshot: point, at }) : path;
  },
);

function goneOn(start: PathStart, { last: before, value, peak }: Path, after: Path['last']): Path {
  const { from } = start;
  // Cash flows dated before the beginning but booked after it were not part of it.
  const bookedAfter = before.snapshot === from ? from.flows : undefined;
  const span = { since: before.at, until: after.at, bookedAfter };
  const { grown } = measuredStep(start, before.snapshot, after.snapshot, span);
  // Where there was nothing to grow, growth starts again at 1.
  const [next, best] = grown === undefined ? [1, 1] : [value * grown, peak];
  return { last: after, value: next, peak: Math.max(best, next * explained(after.snapshot)) };
}

/** The part of a close that the books explain: unexplained money must not set a peak. */
function explained({
  notBooked = 0,
  ...snapshot
}: AccountSnapshot & { readonly notBooked?: number }): number {
  const equity = measuredEquity(snapshot);
  const isPartly = notBooked > 0 && equity > 0;
  return isPartly ? Math.max(0, 1 - notBooked / equity) : 1;
}

/** Adds back unexplained missing money: it is not a loss. */
function withMissing(book: AccountState, now: DatedAccountSnapshot): DatedAccountSnapshot {
  const missing = Math.min(0, notBookedOf(book, now));
  const cash = now.cash === undefined ? undefined : cents(now.cash - missing);
  return { ...now, equity: cents(now.equity - missing), cash };
}

/** The part of measured equity missing from the books, in cents: cash, and shares at their worth. */
export function notBookedOf(
  { ledger }: Pick<AccountState, 'ledger'>,
  { cash, holdings, managedBy }: AccountSnapshot,
): number {
  if (cash === undefined) return 0;
  const own = managedBy && new Set(managedBy.own);
  const ours = own ? [...(holdings ?? [])].filter(([ticker]) => own.has(ticker)) : holdings;
  return unreconciledCash(ledger, { cash, holdings: ours });
}
