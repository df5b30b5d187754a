/**
 * The one curve behind every performance number: the account and the benchmark at equal instants, as growth
 * since the baseline. Cash flows are removed, period by period.
 */

import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { Bars } from '../domain/bar.ts';
import { lastClosedSession, sessionAt, sessionsBetween } from '../domain/calendar.ts';
import {
  dividendsBetween,
  type EstimatedDividend,
  estimatedDividends,
} from '../domain/estimated-dividends.ts';
import { keepingLast, keepingSame } from '../domain/kept.ts';
import type { AccountSnapshot } from '../domain/managed-account.ts';
import { instantOf, measuredEquity, measuredStep } from '../domain/measured-equity.ts';
import { newYorkDate } from '../domain/new-york.ts';
import { type Observation, snapshotOf } from '../domain/observation.ts';
import type { Flows } from '../domain/performance.ts';
import { type TotalReturn, totalReturnOf } from '../domain/total-return.ts';
import { type Cents, type EpochMs, type SessionDate, utcDate } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import { fraction } from './measure.ts';

/** Growth of the account and of the benchmark at one instant. */
export interface CurvePoint {
  /** `live` is not a close: it counts in returns and drawdown, not in volatility. */
  readonly kind: 'start' | 'close' | 'live';
  readonly date: SessionDate;
  readonly at: EpochMs;
  /** Equity of the managed part, including deposits and withdrawals. */
  readonly equity: Cents;
  /** Flows into and out of that part since the previous point, in cents; none at the start. */
  readonly flows: Flows;
  /**
   * Growth since the baseline, 1 there; undefined from the point at which the account had nothing to grow.
   */
  readonly you: number | undefined;
  /** Total return, dividends included; price only where `CurveSource` has no bars. */
  readonly spy: number | undefined;
}

/** Inputs of a curve besides the book. */
export interface CurveSource {
  /** Dividend- and split-adjusted bars of the benchmark and of the holdings. */
  readonly adjusted?: Bars | undefined;
  /** The same, unadjusted. */
  readonly raw?: Bars | undefined;
  /** Identifies the benchmark among them. */
  readonly universe?: Universe | undefined;
  /** On paper and in the sandbox unpaid dividends are estimated. */
  readonly mode?: Mode | undefined;
}

const NO_FLOWS: Flows = { deposited: 0, withdrawn: 0 };

/** Total return of the benchmark since the baseline; undefined before there is one. */
export function benchmarkOf(
  { baseline, equity }: Pick<CurveBook, 'baseline' | 'equity'>,
  { adjusted, universe }: CurveSource,
): TotalReturn | undefined {
  if (!baseline) return undefined;
  const history = universe && adjusted?.get(universe.benchmark.ticker);
  return totalReturnOf(history, tradedIn(equity), newYorkDate(baseline.at));
}

const tradedIn = keepingLast((equity: CurveBook['equity']) =>
  equity.map(({ session, benchmark }) => ({ session, price: benchmark })),
);

/** Dividends that belong to You though the account was not paid them; none with real money. */
export function dividendsOf(
  { equity, cashFlows }: Pick<CurveBook, 'equity' | 'cashFlows'>,
  { adjusted, raw, mode }: CurveSource,
): readonly EstimatedDividend[] {
  const isUnpaid = mode === 'PAPER' || mode === 'SANDBOX';
  return isUnpaid ? keptDividends({ equity, cashFlows, adjusted, raw }) : [];
}

const keptDividends = keepingSame(
  ({ adjusted, raw, ...book }: Pick<CurveBook, 'equity' | 'cashFlows'> & CurveSource) =>
    estimatedDividends(book, adjusted, raw),
);

/** The baseline and each session's close; empty before there is a baseline. */
export function closesOf(book: AccountState, source: CurveSource = {}): readonly CurvePoint[] {
  const { baseline, equity, cashFlows, externalFills } = book;
  const { adjusted, raw, universe, mode } = source;
  return keptCloses({
    ...{ baseline, equity, cashFlows, externalFills },
    ...{ adjusted, raw, universe, mode },
  });
}

/** The parts of the book that the curve is drawn from. */
type CurveBook = Pick<AccountState, 'baseline' | 'equity' | 'cashFlows' | 'externalFills'>;

/** Every period of a report and every refresh asks for the same ones. */
const keptCloses = keepingSame((given: CurveBook & CurveSource) => closePoints(given, given));

function closePoints(book: CurveBook, source: CurveSource): readonly CurvePoint[] {
  const { baseline } = book;
  const market = benchmarkOf(book, source);
  if (!baseline || !market) return [];
  const { at } = baseline;
  const benchmark = market.price(newYorkDate(at), baseline.benchmark);
  const dividends = dividendsOf(book, source);
  const start: CurvePoint = {
    kind: 'start',
    date: newYorkDate(at),
    at,
    equity: measuredEquity(baseline),
    flows: NO_FLOWS,
    you: 1,
    spy: 1,
  };
  const points = [start];
  let [last, before]: [CurvePoint, AccountSnapshot] = [start, baseline];
  for (const point of book.equity) {
    // Dividends that the account would have been paid count as cash received on that day.
    const earned = dividendsBetween(dividends, last.date, point.session);
    const close = { kind: 'close', date: point.session, at: instantOf(point) } as const;
    last = {
      ...close,
      ...grownTo(book, { last, before, after: point, until: close.at, earned }),
      spy: fraction(market.close(point.session, point.benchmark), benchmark),
    };
    points.push(last);
    before = point;
  }
  return points;
}

/** The closes and the instant of the observation; without its numbers only the closes. */
export function curveOf(book: AccountState, seen: Observation): readonly CurvePoint[] {
  const closes = closesOf(book, seen);
  const last = closes.at(-1);
  const live = last && liveOf(book, seen, last);
  return live ? [...closes, live] : closes;
}

function liveOf(book: AccountState, seen: Observation, last: CurvePoint): CurvePoint | undefined {
  const before = book.equity.at(-1) ?? book.baseline;
  const after = snapshotOf(seen);
  if (!before || !after) return undefined;
  return {
    kind: 'live',
    date: newYorkDate(seen.at),
    at: seen.at,
    ...grownTo(book, { last, before, after, until: Number.POSITIVE_INFINITY, earned: 0 }),
    spy: benchmarkNow(book, seen),
  };
}

/** The account from one point of the curve to the next. */
interface Step {
  readonly last: CurvePoint;
  readonly before: AccountSnapshot;
  readonly after: AccountSnapshot;
  readonly until: number;
  readonly earned: number;
}

/**
 * Everything in the book came after the baseline, so the first period has no lower bound: a broker may date
 * a deposit to the midnight before it.
 */
function grownTo(
  book: Pick<CurveBook, 'cashFlows' | 'externalFills'>,
  { last, before, after, until, earned }: Step,
): Pick<CurvePoint, 'equity' | 'flows' | 'you'> {
  const since = last.kind === 'start' ? Number.NEGATIVE_INFINITY : last.at;
  const { flows, grown } = measuredStep(book, before, after, { since, until, earned });
  const you = last.you === undefined || grown === undefined ? undefined : last.you * grown;
  return { equity: measuredEquity(after), flows, you };
}

/** Growth of the benchmark from the baseline to its current price; undefined when either is unknown. */
export function benchmarkNow(book: AccountState, seen: Observation): number | undefined {
  const market = benchmarkOf(book, seen);
  const now = seen.prices.get(seen.universe.benchmark.ticker);
  const { baseline } = book;
  if (!market || !baseline || now === undefined) return undefined;
  const begin = market.price(newYorkDate(baseline.at), baseline.benchmark);
  return fraction(market.price(newYorkDate(seen.at), now), begin);
}

/**
 * Number of sessions within the points whose close is missing. A live point's session is not over, or is
 * being recorded.
 */
export function missedIn(points: readonly CurvePoint[]): number {
  let missed = 0;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (!before) continue;
    // A session during which the account began has a close of its own.
    const first = before.kind === 'start' ? utcDate(Date.parse(before.date) - 1) : before.date;
    missed += Math.max(0, sessionsBetween(first, sessionOf(point)) - 1);
  }
  return missed;
}

/** The session that the point belongs to: at night and before the open it is the last one. */
export function sessionOf({ kind, date, at }: CurvePoint): SessionDate {
  if (kind === 'close') return date;
  return (sessionAt(at) ?? lastClosedSession(at)).date;
}

/** Growth from one point of the curve to another, a fraction; undefined when either is unknown. */
export function between(
  from: CurvePoint,
  to: CurvePoint,
): { readonly you: number | undefined; readonly spy: number | undefined } {
  const ratio = (later: number | undefined, earlier: number | undefined): number | undefined => {
    const whole = fraction(later, earlier);
    return whole === undefined ? undefined : whole - 1;
  };
  return { you: ratio(to.you, from.you), spy: ratio(to.spy, from.spy) };
}
