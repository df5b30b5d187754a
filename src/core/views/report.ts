/** A day, a week or a month of the books. Its content is final once the period is over. */
import type { Mode } from '../domain/account.ts';
import type { AccountState, CheckedMonth, EquityPoint } from '../domain/account-state.ts';
import { dividendsBetween } from '../domain/estimated-dividends.ts';
import { instantOf, measuredAccount, measuredEquity } from '../domain/measured-equity.ts';
import { maxDrawdown } from '../domain/performance.ts';
import { type Cents, cents, type SessionDate } from '../domain/units.ts';
import { type AlphaPoint, alphaPoints } from './alpha.ts';
import { type Contribution, contributionOf } from './contribution.ts';
import { type Costs, costsBetween } from './costs.ts';
import {
  benchmarkOf,
  between,
  type CurvePoint,
  type CurveSource,
  closesOf,
  dividendsOf,
  missedIn,
} from './curve.ts';
import { difference } from './measure.ts';
import { type MonthReturn, monthReturns, type Returns } from './month.ts';
import { belongs, isLast, type Period } from './periods.ts';
import { type ShortfallParts, shortfalls, sumShortfalls } from './shortfall.ts';

/** The report of one day, week or month. */
export interface ReportView extends Returns {
  readonly mode: Mode;
  readonly accountNumber: string | undefined;
  readonly period: Period;
  /** The close, or the start of the account, that it counts from. */
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** Number of closes. */
  readonly closes: number;
  /** Sessions between `from` and `to` whose close was not recorded. */
  readonly missed: number;
  /** False while the calendar has more sessions for it and no later one is recorded. */
  readonly over: boolean;
  /** The official closes of its last session are not available yet: its numbers may change slightly. */
  readonly provisional: boolean;
  /** Managed equity, and the managed cash. */
  readonly equity: Cents;
  readonly cash: Cents;
  /** The whole account where it differs. */
  readonly whole: Cents | undefined;
  /** Flows into and out of the managed part, in cents; both at least 0. */
  readonly flows: { readonly deposited: Cents; readonly withdrawn: Cents };
  /** For You: estimated dividends that a paper account is not paid; 0 with real money. */
  readonly estimatedDividends: Cents;
  /** False where SPY is price only, because there are no bars of it. */
  readonly hasDividends: boolean;
  /** The maximum drawdown within the period, 0 to 1. */
  readonly drawdown: number | undefined;
  /** Distance of its last close from the highest one so far, 0 to 1. */
  readonly belowPeak: number | undefined;
  /** Undefined where holdings were not recorded or do not add up. */
  readonly contribution: Contribution | undefined;
  readonly costs: Costs;
  /** For a month: the cost of its rebalances against the paper model, where known. */
  readonly shortfall: ShortfallParts | undefined;
  /** Half the traded value over the mean equity of its closes, a fraction. */
  readonly turnover: number | undefined;
  /** The check at the end of the month, where its last close ends one. */
  readonly checked: CheckedMonth | undefined;
  /** 0 at the beginning. */
  readonly points: readonly AlphaPoint[];
  /** Every month up to this one. */
  readonly months: readonly MonthReturn[];
}

/** Inputs of a report besides the book: the mode, and those of a curve. */
export interface ReportSource extends CurveSource {
  readonly mode: Mode;
}

/** Undefined without a close in the period. */
export function reportView(
  book: AccountState,
  period: Period,
  source: ReportSource,
): ReportView | undefined {
  const own = book.equity.filter(({ session }) => belongs(session, period));
  const { adjusted, mode } = source;
  const curve = closesOf(book, source);
  const last = own.at(-1);
  const start = curve.findIndex(({ kind, date }) => kind === 'close' && belongs(date, period)) - 1;
  const begin = curve[start];
  if (!last || !begin) return undefined;
  const until = curve.slice(0, start + own.length + 1);
  const points = until.slice(start);
  const { you, spy } = between(begin, until.at(-1) ?? begin);
  // Everything in the book came after the baseline, even where a broker dates it to midnight.
  const since = begin.kind === 'start' ? Number.NEGATIVE_INFINITY : begin.at;
  const costs = costsBetween(book, since, instantOf(last));
  return {
    mode,
    accountNumber: book.account?.number,
    period,
    from: begin.date,
    to: last.session,
    closes: own.length,
    missed: missedIn(points),
    over: isLast(period.kind, last.session) || book.equity.at(-1) !== last,
    provisional: last.provisional ?? false,
    ...measuredAccount(last),
    flows: flowsOver(points),
    you,
    spy,
    alpha: difference(you, spy),
    estimatedDividends: dividendsBetween(dividendsOf(book, source), begin.date, last.session),
    hasDividends: benchmarkOf(book, source)?.hasDividends ?? false,
    drawdown: maxDrawdown(known(points)),
    belowPeak: belowPeak(known(until)),
    contribution: contributionOf(book, book.equity[start - 1], last),
    costs,
    shortfall:
      period.kind === 'month'
        ? sumShortfalls(
            shortfalls(book, adjusted ?? new Map()).filter(
              ({ at }) => at > since && at <= instantOf(last),
            ),
          )
        : undefined,
    turnover: turnoverOf(costs, own),
    checked: book.checkedMonths.get(last.session),
    points: alphaPoints(points),
    months: monthReturns(until),
  };
}

/** Deposits and withdrawals over the points, both at least 0. */
function flowsOver(points: readonly CurvePoint[]): ReportView['flows'] {
  const all = points.slice(1).flatMap(({ flows }) => [flows.deposited, -flows.withdrawn]);
  const sum = (sign: 1 | -1): Cents =>
    cents(all.reduce((total, flow) => total + Math.max(0, flow * sign), 0));
  return { deposited: sum(1), withdrawn: sum(-1) };
}

/** All values of You, or none if one is unknown. */
function known(points: readonly CurvePoint[]): readonly number[] {
  const values = points.flatMap(({ you }) => you ?? []);
  return values.length === points.length ? values : [];
}

function belowPeak(values: readonly number[]): number | undefined {
  const last = values.at(-1);
  const peak = Math.max(...values);
  return last === undefined || peak <= 0 ? undefined : 1 - last / peak;
}

function turnoverOf({ traded }: Costs, closes: readonly EquityPoint[]): number | undefined {
  const equity = closes.reduce((sum, point) => sum + measuredEquity(point), 0) / closes.length;
  return equity > 0 ? traded / 2 / equity : undefined;
}
