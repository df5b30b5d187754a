/** The gain of a position since the close before the last session that opened. */
import type { Position } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { BarHistory, Bars } from '../domain/bar.ts';
import { type Session, sessionOffset, sessionOnOrBefore } from '../domain/calendar.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { type Cents, cents, type EpochMs, type SessionDate, toShares } from '../domain/units.ts';
import { fillsOf } from './measure.ts';

/** The last session opened by then: today's, or the previous one. */
export function lastOpened(at: EpochMs): Session {
  const session = sessionOnOrBefore(newYorkDate(at));
  return session.open <= at ? session : sessionOffset(session.date, -1);
}

/**
 * Shares held since that close at their change in price, shares traded since at their trade prices.
 * Undefined without a current price or that close.
 */
export function gainSinceClose(
  { ticker, qty, currentPrice }: Position,
  book: Pick<AccountState, 'managedOrders' | 'externalFills'>,
  { bars, session }: { readonly bars: Bars; readonly session: Session },
): Cents | undefined {
  const close = closeBefore(bars.get(ticker), session.date);
  if (close === undefined || currentPrice === undefined) return undefined;
  const traded = fillsOf(book).filter((fill) => fill.ticker === ticker && fill.at >= session.open);
  // Bought shares were not held at that close; sold ones were, and are gone since.
  const change = traded.reduce(
    (sum, { side, qty: shares, price }) => {
      return sum + toShares(shares) * (side === 'buy' ? close - price : price - close);
    },
    toShares(qty) * (currentPrice - close),
  );
  return Number.isFinite(change) ? cents(Math.round(change * 100)) : undefined;
}

function closeBefore(history: BarHistory | undefined, date: SessionDate): number | undefined {
  const row = history?.dates.findLastIndex((each) => each < date) ?? -1;
  return row < 0 ? undefined : history?.close[row];
}
