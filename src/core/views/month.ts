/** One month of closes against the benchmark: the daily line and the monthly report in one. */
import type { Book } from '../domain/book.ts';
import type { EquityPoint } from '../domain/entry.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Cents, SessionDate } from '../domain/units.ts';
import { change, difference } from './measure.ts';

/** Returns as fractions between the same two closes for both sides. */
export interface Period {
  readonly you: number | undefined;
  /** Price only. */
  readonly spy: number | undefined;
  readonly alpha: number | undefined;
}

export interface MonthView {
  /** `YYYY-MM`. */
  readonly month: string;
  readonly session: SessionDate;
  readonly equity: Cents;
  readonly cash: Cents;
  readonly today: Period;
  readonly monthToDate: Period;
  /** Closes counted in the month so far. */
  readonly sessions: number;
  readonly orders: number;
}

/** The month as of its last close in the book; undefined without a close in it. */
export function monthView(book: Book, month: string): MonthView | undefined {
  const own = book.equity.filter(({ session }) => session.startsWith(month));
  const last = own.at(-1);
  if (!last) return undefined;
  const start = book.baseline;
  const before = (session: SessionDate): Pick<EquityPoint, 'equity' | 'benchmark'> | undefined =>
    book.equity.filter((point) => point.session < session).at(-1) ?? start;
  return {
    month,
    session: last.session,
    equity: last.equity,
    cash: last.cash,
    today: period(before(last.session), last),
    monthToDate: period(before(own[0]?.session ?? last.session), last),
    sessions: own.length,
    orders: ordersOf(book, month),
  };
}

function period(
  from: Pick<EquityPoint, 'equity' | 'benchmark'> | undefined,
  to: EquityPoint,
): Period {
  const you = change(to.equity, from?.equity);
  const spy = change(to.benchmark, from?.benchmark);
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
