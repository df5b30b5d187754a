/** Months of closes against the benchmark, from the last close before each to the last one in it. */
import type { Book } from '../domain/book.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Cents, SessionDate } from '../domain/units.ts';
import { between, type CurvePoint, closesOf } from './curve.ts';
import { difference } from './measure.ts';

/** Returns as fractions between the same two closes for both sides. */
export interface Returns {
  readonly you: number | undefined;
  /** Price only. */
  readonly spy: number | undefined;
  readonly alpha: number | undefined;
}

export interface MonthReturn extends Returns {
  /** `YYYY-MM`. */
  readonly month: string;
}

export interface MonthView {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly session: SessionDate;
  readonly equity: Cents;
  readonly cash: Cents;
  readonly today: Returns;
  readonly monthToDate: Returns;
  /** Closes counted in the month so far. */
  readonly sessions: number;
  readonly orders: number;
}

/** The month as of its last close in the book; undefined without a close in it. */
export function monthView(book: Book, month: string): MonthView | undefined {
  const own = book.equity.filter(({ session }) => session.startsWith(month));
  const last = own.at(-1);
  if (!last) return undefined;
  const closes = closesOf(book);
  return {
    month,
    session: last.session,
    equity: last.equity,
    cash: last.cash,
    today: upTo(closes, (date) => date === last.session),
    monthToDate: upTo(closes, (date) => date.startsWith(month)),
    sessions: own.length,
    orders: ordersOf(book, month),
  };
}

/**
 * Every month that has a close, oldest first. The first counts from where the account began; one
 * after a month without closes counts from the last close there is, so that their product is the
 * whole return.
 */
export function monthReturns(closes: readonly CurvePoint[]): readonly MonthReturn[] {
  const months = new Set(
    closes.filter(({ kind }) => kind === 'close').map(({ date }) => date.slice(0, 7)),
  );
  return [...months].map((month) => ({
    month,
    ...upTo(closes, (date) => date.startsWith(month)),
  }));
}

/** From the last point before the closes that belong to the span, to the last of these. */
function upTo(closes: readonly CurvePoint[], belongs: (date: SessionDate) => boolean): Returns {
  const first = closes.findIndex(({ kind, date }) => kind === 'close' && belongs(date));
  const last = closes.findLast(({ kind, date }) => kind === 'close' && belongs(date));
  const before = closes[first - 1];
  if (!before || !last) return { you: undefined, spy: undefined, alpha: undefined };
  const { you, spy } = between(before, last);
  return { you, spy, alpha: difference(you, spy) };
}

/** Orders of rebalances that were decided in the month, New York time. */
function ordersOf(book: Book, month: string): number {
  return [...book.legs.values()].filter(
    ({ order, intent }) => order !== undefined && decidedIn(book, intent.decisionId, month),
  ).length;
}

function decidedIn(book: Book, decisionId: string, month: string): boolean {
  const at = book.rebalances.get(decisionId)?.at;
  return at !== undefined && newYorkDate(at).startsWith(month);
}
