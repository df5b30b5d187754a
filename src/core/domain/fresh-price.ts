/** Which prices count as current: of this session, and recent enough. Pure. */
import type { LatestPrice } from './account.ts';
import { sessionAt } from './calendar.ts';
import { newYorkDate, newYorkTime } from './new-york.ts';
import { type EpochMs, epochMs, type Ticker } from './units.ts';

/** Maximum lead of the exchange's clock over ours, in milliseconds. */
export const MAX_CLOCK_LEAD_MS = 5_000;

/** How long a ticker may lack a price in an open market before an alert is raised. */
export const PRICE_PATIENCE_MS = 30 * 60_000;

/** Bid and ask in dollars a share; either may be missing or implausible. */
export interface Quote {
  readonly bid: number;
  readonly ask: number;
  readonly at: EpochMs;
}

/** Conditions for a price to be usable. */
export interface FreshnessRules {
  readonly now: EpochMs;
  /** Milliseconds; an older price is not used. */
  readonly maxAgeMs: number;
}

/**
 * `none`: no price was given. `ahead`: dated more than five seconds in the future. `closed`: no session is
 * open. `another-session`: from before today's open. `stale`: too old by `overMs`.
 */
export type Freshness =
  | { readonly kind: 'fresh'; readonly price: LatestPrice; readonly ageMs: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'ahead'; readonly price: LatestPrice }
  | { readonly kind: 'closed'; readonly price: LatestPrice }
  | { readonly kind: 'another-session'; readonly price: LatestPrice }
  | {
      readonly kind: 'stale';
      readonly price: LatestPrice;
      readonly ageMs: number;
      readonly overMs: number;
    };

/** Whether a ticker's latest price may be traded on now, and if not, why not. */
export function freshness(latest: LatestPrice | undefined, rules: FreshnessRules): Freshness {
  const { now, maxAgeMs } = rules;
  if (!latest) return { kind: 'none' };
  if (latest.at > now + MAX_CLOCK_LEAD_MS) return { kind: 'ahead', price: latest };
  const session = sessionAt(now);
  if (!session) return { kind: 'closed', price: latest };
  if (latest.at < session.open) return { kind: 'another-session', price: latest };
  const ageMs = Math.max(0, now - latest.at);
  if (ageMs <= maxAgeMs) return { kind: 'fresh', price: latest, ageMs };
  return { kind: 'stale', price: latest, ageMs, overMs: ageMs - maxAgeMs };
}

/** The price, if it may be traded on now. */
export function freshPrice(
  latest: LatestPrice | undefined,
  rules: FreshnessRules,
): LatestPrice | undefined {
  const found = freshness(latest, rules);
  return found.kind === 'fresh' ? found.price : undefined;
}

/**
 * Why there is no price to trade on, for display: `XLRE has no price newer than 12:04`; undefined when
 * there is one.
 */
export function staleReason(ticker: Ticker, found: Freshness): string | undefined {
  switch (found.kind) {
    case 'fresh':
      return undefined;
    case 'none':
      return `${ticker} has no price`;
    case 'ahead':
      return `${ticker}: its latest price is dated in the future, ${momentOf(found.price.at)}`;
    case 'closed':
      return `${ticker}: the market is closed, its latest price is of ${momentOf(found.price.at)}`;
    case 'another-session':
      return `${ticker} has no price of this session, the latest is of ${momentOf(found.price.at)}`;
    case 'stale':
      return (
        `${ticker}: its latest price is ${durationOf(found.ageMs)} old, ` +
        `${durationOf(found.overMs)} more than allowed`
      );
    default:
      return found satisfies never;
  }
}

/**
 * The midpoint of a quote, or undefined where the quote is not sound: both sides above 0, the ask not below
 * the bid, and the spread at most `maxSpreadBps` basis points of the midpoint.
 */
export function midpointOf({ bid, ask }: Quote, maxSpreadBps: number): number | undefined {
  if (!(bid > 0 && ask >= bid)) return undefined;
  // To a millionth of a dollar, the precision of every calculation with prices.
  const middle = Math.round(((bid + ask) / 2) * 1_000_000) / 1_000_000;
  return ((ask - bid) / middle) * 10_000 <= maxSpreadBps + 1e-9 ? middle : undefined;
}

/**
 * The newer of trade and quote; the trade if they are of the same instant. A price dated more than five
 * seconds ahead of `now` is used only if there is no other: such a clock says nothing about age.
 */
export function fresherOf(
  trade: LatestPrice | undefined,
  quote: LatestPrice | undefined,
  now: EpochMs = epochMs(Number.MAX_SAFE_INTEGER - MAX_CLOCK_LEAD_MS),
): LatestPrice | undefined {
  if (!trade || !quote) return trade ?? quote;
  const isAhead = ({ at }: LatestPrice): boolean => at > now + MAX_CLOCK_LEAD_MS;
  if (isAhead(trade) !== isAhead(quote)) return isAhead(trade) ? quote : trade;
  return quote.at > trade.at ? quote : trade;
}

function momentOf(at: EpochMs): string {
  return `${newYorkDate(at)} ${newYorkTime(at)} New York`;
}

/** `12 s`, `5 min`, `3 h`. @param ms at least 0. */
export function durationOf(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
