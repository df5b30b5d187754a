/**
 * How far the managed part of the account is below its best since a person let it trade: along the closes,
 * time-weighted as every return is, so that money that comes or goes neither makes a fall nor hides one. Pure.
 */
import type { AccountState } from './account-state.ts';
import { unreconciledCash } from './cash-flow.ts';
import type { AccountSnapshot, DatedAccountSnapshot } from './managed-account.ts';
import { instantOf, measuredEquity, measuredFlows, measuredGrowth } from './measured-equity.ts';
import { cents } from './units.ts';

/** How the managed part grew along some stands, 1 at the beginning, and the best that it was. */
interface Path {
  readonly last: AccountSnapshot & { readonly at: number };
  readonly value: number;
  readonly peak: number;
}

/** Every look asks for the same closes: by the state of the account, which never changes. */
const PATHS = new WeakMap<AccountState, Path>();

/** From 0 to 1; 0 at the best so far, and while nothing is known to count from. */
export function belowPeak(book: AccountState, now: DatedAccountSnapshot): number {
  const from = book.drawdownFrom;
  if (!from) return 0;
  const closes = PATHS.get(book) ?? pathOfCloses(book, from);
  PATHS.set(book, closes);
  const last = { ...withMissing(book, now), at: Number.POSITIVE_INFINITY };
  const { value, peak } = goneOn(book, from, closes, last);
  return peak > 0 && value < peak ? 1 - value / peak : 0;
}

function pathOfCloses(book: AccountState, from: DatedAccountSnapshot): Path {
  return book.equity.reduce<Path>(
    (path, point) => {
      const at = instantOf(point);
      return at > from.at ? goneOn(book, from, path, { ...point, at }) : path;
    },
    { last: from, value: 1, peak: 1 },
  );
}

function goneOn(
  book: AccountState,
  from: DatedAccountSnapshot,
  { last: before, value, peak }: Path,
  after: Path['last'],
): Path {
  // What came before the beginning and was booked after it was left out of it.
  const bookedSince = before === from ? from.at : undefined;
  const span = { since: before.at, until: after.at, bookedSince };
  const grown = measuredGrowth(before, after, measuredFlows(book, before, after, span));
  // From where there was nothing to grow it begins anew.
  const [next, best] = grown === undefined ? [1, 1] : [value * grown, peak];
  return { last: after, value: next, peak: Math.max(best, next * explained(after)) };
}

/** The part of a close that the books could explain: nobody's money makes no peak. */
function explained({
  notBooked = 0,
  ...snapshot
}: AccountSnapshot & { readonly notBooked?: number }): number {
  const equity = measuredEquity(snapshot);
  return notBooked > 0 && equity > 0 ? Math.max(0, 1 - notBooked / equity) : 1;
}

/** Money that is gone and that nothing explains yet is no fall. */
function withMissing(book: AccountState, now: DatedAccountSnapshot): DatedAccountSnapshot {
  const missing = Math.min(0, notBookedOf(book, now));
  const cash = now.cash === undefined ? undefined : cents(now.cash - missing);
  return { ...now, equity: cents(now.equity - missing), cash };
}

/** What of the measured part the books do not have, in cents: cash, and shares at their worth. */
export function notBookedOf(
  { ledger }: Pick<AccountState, 'ledger'>,
  { cash, holdings, managedBy }: AccountSnapshot,
): number {
  if (cash === undefined) return 0;
  const own = managedBy && new Set(managedBy.own);
  const ours = own ? [...(holdings ?? [])].filter(([ticker]) => own.has(ticker)) : holdings;
  return unreconciledCash(ledger, { cash, holdings: ours && new Map(ours) });
}
