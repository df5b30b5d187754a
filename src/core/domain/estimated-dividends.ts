/**
 * Estimates dividends that a broker's paper account does not pay: a dividend lowers the adjusted closes
 * before its ex-date, so a recorded unadjusted close differs from today's bars by it. Pure.
 */
import type { AccountState, EquityPoint } from './account-state.ts';
import type { Bars } from './bar.ts';
import { adjustedClose } from './total-return.ts';
import { type Cents, cents, type Qty, type SessionDate, type Ticker, toShares } from './units.ts';

/** The dividend of one ticker, on the shares held before its ex-date. */
export interface EstimatedDividend {
  readonly ticker: Ticker;
  /** The recorded close before the ex-date; days earlier where closes are missing. */
  readonly after: SessionDate;
  /** The recorded close on or after the ex-date. */
  readonly session: SessionDate;
  readonly qty: Qty;
  readonly amount: Cents;
}

/** A smaller change of the adjustment factor is rounding, not a dividend; a fraction of the price. */
const MIN_DIVIDEND = 0.0005;
/** A larger one is a split or a spin-off. */
const MAX_DIVIDEND = 0.1;
/**
 * Between dividends the adjustment factor is constant; where it is not, the recorded prices are not closes.
 */
const ADJUSTMENT_TOLERANCE = 0.0004;
/** Shares that a corporate action brings are booked at most this long after the price fell. */
const BROUGHT_WITHIN_MS = 5 * 86_400_000;
/** They are worth what the price fell by, give or take a day's move; a fraction. */
const BROUGHT_TOLERANCE = 0.25;
/** A broker books a dividend on its pay date, at most this long after the ex-date. */
const PAID_WITHIN_MS = 50 * 86_400_000;

/**
 * Every dividend between two recorded closes that the broker has not booked, oldest first; a spin-off or a
 * dividend in shares, which it has booked as shares, is none. Nothing is estimated where a recorded price differs from the bars: a wrong close would look like a dividend.
 * @param raw unadjusted bars; without them only dividends of shares still held on the ex-date are found.
 */
export function estimatedDividends(
  { equity, cashFlows }: Pick<AccountState, 'equity' | 'cashFlows'>,
  adjusted: Bars | undefined,
  raw: Bars = new Map(),
): readonly EstimatedDividend[] {
  if (!adjusted) return [];
  const found = equity.flatMap((point, index) => between(equity, index, point, { adjusted, raw }));
  const priceOf = (ticker: Ticker, session: SessionDate): number | undefined =>
    priceOn(equity, { adjusted, raw }, ticker, session);
  return unpaid(found, cashFlows).filter((each) => !cameInShares(each, cashFlows, priceOf));
}

/** Sum in cents of those after `since`, up to and including `until`. */
export function dividendsBetween(
  dividends: readonly EstimatedDividend[],
  since: SessionDate,
  until: SessionDate,
): Cents {
  const counted = dividends.filter(({ session }) => session > since && session <= until);
  return cents(counted.reduce((sum, { amount }) => sum + amount, 0));
}

function between(
  points: readonly EquityPoint[],
  index: number,
  point: EquityPoint,
  bars: BothBars,
): readonly EstimatedDividend[] {
  const before = points[index - 1];
  if (!before) return [];
  return [...(before.holdings ?? [])].flatMap(([ticker, { qty, value }]) => {
    // Dividends of unmanaged holdings do not count towards You.
    if (before.managedBy && !before.managedBy.own.includes(ticker)) return [];
    const at = (offset: number): Adjustment | undefined => {
      const near = points[index + offset];
      return near && adjustmentAt(near, ticker, bars);
    };
    const [last, now] = [at(-1), at(0)];
    // A short position owes the dividend, which is not estimated.
    if (!last || !now || qty < 0) return [];
    const part = 1 - last.factor / now.factor;
    const least = Math.max(MIN_DIVIDEND, 3 * (last.rounding + now.rounding));
    if (!(part >= least && part <= MAX_DIVIDEND)) return [];
    if (!isSteady(at(-2), last) || !isSteady(now, at(1))) return [];
    const dates = { after: before.session, session: point.session };
    return [{ ticker, ...dates, qty, amount: cents(Math.round(value * part)) }];
  });
}

interface BothBars {
  readonly adjusted: Bars;
  readonly raw: Bars;
}

/**
 * Adjusted close over unadjusted close, and the possible error from rounding the recorded value to a cent.
 */
interface Adjustment {
  readonly factor: number;
  readonly rounding: number;
}

function adjustmentAt(
  { session, holdings }: EquityPoint,
  ticker: Ticker,
  { adjusted, raw }: BothBars,
): Adjustment | undefined {
  const now = adjustedClose(adjusted, ticker, session);
  if (now === undefined) return undefined;
  // A holder who sells on the ex-date still earns the dividend, but the holdings no longer show its price.
  const traded = adjustedClose(raw, ticker, session);
  if (traded !== undefined) return { factor: now / traded, rounding: 0 };
  const held = holdings?.get(ticker);
  if (!held) return undefined;
  return { factor: now / (held.value / 100 / toShares(held.qty)), rounding: 0.5 / held.value };
}

function isSteady(one: Adjustment | undefined, other: Adjustment | undefined): boolean {
  if (!one || !other) return true;
  const slack = ADJUSTMENT_TOLERANCE + 3 * (one.rounding + other.rounding);
  return Math.abs(one.factor / other.factor - 1) <= slack;
}

/** Removes those the broker paid: each booked dividend pays the first estimate before it. */
function unpaid(
  found: readonly EstimatedDividend[],
  cashFlows: AccountState['cashFlows'],
): readonly EstimatedDividend[] {
  const paid = cashFlows.map(({ activity }) => activity).filter(({ kind }) => kind === 'dividend');
  const used = new Set<string>();
  return found.filter(({ ticker, after, session }) => {
    const [from, to] = [Date.parse(after), Date.parse(session) + PAID_WITHIN_MS];
    const match = paid.find(
      (each) => each.ticker === ticker && !used.has(each.id) && each.at >= from && each.at <= to,
    );
    if (match) used.add(match.id);
    return !match;
  });
}

/**
 * Dollars a share at the first recorded close from that session on that holds some; by the bars where they
 * were sold before any.
 */
function priceOn(
  equity: readonly EquityPoint[],
  { adjusted, raw }: BothBars,
  ticker: Ticker,
  session: SessionDate,
): number | undefined {
  const held = equity
    .find((point) => point.session >= session && point.holdings?.has(ticker))
    ?.holdings?.get(ticker);
  if (held) return held.value / 100 / toShares(held.qty);
  return adjustedClose(raw, ticker, session) ?? adjustedClose(adjusted, ticker, session);
}

/** Whether a corporate action brought shares of about that worth: the price fell by them. */
function cameInShares(
  { after, session, amount }: EstimatedDividend,
  cashFlows: AccountState['cashFlows'],
  priceOf: (ticker: Ticker, session: SessionDate) => number | undefined,
): boolean {
  const [from, to] = [Date.parse(after), Date.parse(session) + BROUGHT_WITHIN_MS];
  return cashFlows.some(({ activity: { kind, ticker, qty, cash, at } }) => {
    if (kind !== 'split' || ticker === undefined || qty <= 0) return false;
    if (at < from || at > to) return false;
    const price = priceOf(ticker, session);
    if (price === undefined) return false;
    const worth = price * 100 * toShares(qty) + cash;
    return Math.abs(worth / amount - 1) <= BROUGHT_TOLERANCE;
  });
}
