/**
 * Compares a month of the account with the same month of `backtest()`: every cent of the difference has one
 * cause. The parts are calculated from fills, activities and prices; the gain of the account from its
 * closes. Pure.
 */
import type { AccountState } from '../domain/account-state.ts';
import { type Bars, closeOn, countThrough } from '../domain/bar.ts';
import { nextSession, sessionOffset, sessionOn } from '../domain/calendar.ts';
import type { AccountSnapshot } from '../domain/managed-account.ts';
import type { MonthParity, ParityParts } from '../domain/month-parity.ts';
import { newYorkDate } from '../domain/new-york.ts';
import type { Fill } from '../domain/order.ts';
import { cashFlowsIn, outsideValue } from '../domain/people-flows.ts';
import {
  type Cents,
  cents,
  type SessionDate,
  type Ticker,
  toShares,
  valueOf,
} from '../domain/units.ts';
import { type CurvePoint, closesOf } from './curve.ts';

/** The period of a month, and the starting values of its backtest. */
export interface MonthSpan {
  readonly from: CurvePoint;
  readonly to: CurvePoint;
  /** Sessions of the backtest. */
  readonly first: SessionDate;
  readonly last: SessionDate;
}

/** The result of a backtest of the month: starting in cash, at adjusted prices. */
export interface MonthRun {
  readonly gain: Cents;
  readonly fills: readonly (Pick<Fill, 'ticker' | 'side' | 'qty'> & {
    readonly day: SessionDate;
  })[];
}

/** Bars of all of Rotor's tickers, adjusted and unadjusted. */
export interface ParityBars {
  readonly adjusted: Bars;
  readonly raw: Bars;
}

/** The last complete month, or the current one where there is none; undefined before a close in it. */
export function parityMonth(book: AccountState, before?: SessionDate): MonthSpan | undefined {
  const curve = closesOf(book).filter(({ date }) => before === undefined || date <= before);
  const months = [...new Set(curve.slice(1).map(({ date }) => date.slice(0, 7)))];
  const ended = months.findLast((month) => isOver(curve, month)) ?? months.at(-1);
  const own = ended === undefined ? [] : curve.filter((each) => isIn(each, ended));
  const [start, to] = [own[0] && curve[curve.indexOf(own[0]) - 1], own.at(-1)];
  if (!start || !to) return undefined;
  const next = nextSession(start.at).date;
  // An account that began during a session trades in it.
  const first = start.kind === 'start' && sessionOn(start.date) ? startOf(start) : next;
  return { from: start, to, first, last: to.date };
}

function isIn({ kind, date }: CurvePoint, month: string): boolean {
  return kind === 'close' && date.startsWith(month);
}

function isOver(curve: readonly CurvePoint[], month: string): boolean {
  const last = curve.findLast((each) => isIn(each, month));
  return last !== undefined && sessionOffset(last.date, 1).date.slice(0, 7) !== month;
}

function startOf({ at, date }: CurvePoint): SessionDate {
  return (sessionOn(date)?.close ?? 0) > at ? date : nextSession(at).date;
}

/** Undefined where a required bar is missing, or older entries do not record the holdings. */
export function monthParity(
  book: AccountState,
  span: MonthSpan,
  run: MonthRun,
  bars: ParityBars,
): MonthParity | undefined {
  const found = snapshotsOf(book, span);
  if (!found) return undefined;
  const own = new Set(found.end.managedBy?.own ?? [...bars.adjusted.keys()]);
  const priced = createPrices(bars, span);
  const sums = new Map<keyof ParityParts, number>();
  const add = (part: keyof ParityParts, value: number): void => {
    sums.set(part, (sums.get(part) ?? 0) + value);
  };
  const facts = { book, span, own, priced, add, ...found };
  addHoldings(facts);
  addTrades(facts);
  addActivities(facts);
  addRun(run, priced, add);
  const measured = measuredGain(book, span);
  const difference = [...sums.values()].reduce((sum, each) => sum + each, 0);
  if (!Number.isFinite(difference)) return undefined;
  const explained = Math.round(difference + run.gain);
  return {
    from: span.from.date,
    to: span.to.date,
    account: cents(measured),
    backtest: run.gain,
    parts: rounded(sums, explained - run.gain),
    residual: cents(measured - explained),
  };
}

interface Facts {
  readonly book: AccountState;
  readonly span: MonthSpan;
  readonly own: ReadonlySet<Ticker>;
  readonly start: AccountSnapshot;
  readonly end: AccountSnapshot;
  readonly priced: Prices;
  readonly add: (part: keyof ParityParts, value: number) => void;
}

function snapshotsOf(book: AccountState, { from, to }: MonthSpan) {
  const start =
    from.kind === 'start'
      ? book.baseline
      : book.equity.find(({ session }) => session === from.date);
  const end = book.equity.find(({ session }) => session === to.date);
  return start?.holdings && end?.holdings ? { start, end } : undefined;
}

function measuredGain(book: AccountState, { from, to }: MonthSpan): number {
  const curve = closesOf(book);
  const index = (point: CurvePoint): number =>
    curve.findIndex(({ kind, date }) => kind === point.kind && date === point.date);
  const within = curve.slice(index(from) + 1, index(to) + 1);
  const came = within.reduce((sum, { flows }) => sum + flows.deposited - flows.withdrawn, 0);
  return to.equity - from.equity - came;
}

/** Worth of a share, in cents: at the end if held since a day, and at the backtest's opening price. */
interface Prices {
  readonly end: (ticker: Ticker, day: SessionDate) => number;
  readonly open: (ticker: Ticker, day: SessionDate) => number;
  /** On the scale of the adjusted bars. */
  readonly adjusted: (ticker: Ticker, day: SessionDate) => number;
  readonly adjustedEnd: (ticker: Ticker) => number;
}

/**
 * The end value of a share held since a day, dividends included: its adjusted growth, starting from the
 * unadjusted price of that day. NaN where a bar is missing.
 */
function createPrices({ adjusted, raw }: ParityBars, { last }: MonthSpan): Prices {
  const close = (from: Bars, ticker: Ticker, day: SessionDate): number => {
    const history = from.get(ticker);
    return (history && closeOn(history, day)) ?? Number.NaN;
  };
  const scale = (ticker: Ticker, day: SessionDate): number => {
    const traded = raw.get(ticker);
    const known = traded && closeOn(traded, day);
    return known === undefined ? 1 : known / close(adjusted, ticker, day);
  };
  const open = (ticker: Ticker, day: SessionDate): number => {
    const history = adjusted.get(ticker);
    const row = history ? countThrough(history, day) - 1 : -1;
    return history?.dates[row] === day ? (history.open[row] ?? Number.NaN) * 100 : Number.NaN;
  };
  const adjustedEnd = (ticker: Ticker): number => close(adjusted, ticker, last) * 100;
  return {
    adjusted: open,
    adjustedEnd,
    open: (ticker, day) => open(ticker, day) * scale(ticker, day),
    end: (ticker, day) => adjustedEnd(ticker) * scale(ticker, day),
  };
}

/** Adds the effect of the holdings at the beginning, and the value of those at the end. */
function addHoldings({ start, end, own, span, priced, add }: Facts): void {
  for (const [ticker, { qty, value }] of start.holdings ?? []) {
    if (!own.has(ticker) || qty === 0) continue;
    const shares = toShares(qty);
    const [open, last] = [priced.open(ticker, span.first), priced.end(ticker, span.first)];
    add('timing', shares * open - value);
    add('size', shares * (last - open));
    add('flows', -shares * last);
  }
  for (const [ticker, { value }] of end.holdings ?? []) if (own.has(ticker)) add('flows', value);
}

/** Everything in the book came after its beginning, even at the same instant. */
function sinceOf({ from }: MonthSpan): number {
  return from.kind === 'start' ? Number.NEGATIVE_INFINITY : from.at;
}

/** Adds fills of Rotor's plans by cause, external fills, and fills of plans that people requested. */
function addTrades({ book, span, own, priced, add }: Facts): void {
  const since = sinceOf(span);
  const isWithin = ({ at }: Fill): boolean => at > since && at <= span.to.at;
  const worth = (fill: Fill): number =>
    sharesOf(fill) * priced.end(fill.ticker, newYorkDate(fill.at));
  for (const { intent, fills } of book.managedOrders.values()) {
    const decision = book.rebalances.get(intent.decisionId)?.decision;
    for (const fill of fills.filter(isWithin)) {
      const shares = sharesOf(fill);
      add('flows', -worth(fill));
      if (!decision || decision.cause === 'manual') {
        add('person', worth(fill) - paidFor(fill));
        continue;
      }
      const open = shares * priced.open(fill.ticker, newYorkDate(fill.at));
      const decided = shares * intent.priceAtDecision * 100;
      add('size', worth(fill) - open);
      add('timing', open - decided);
      add('price', decided - paidFor(fill));
    }
  }
  for (const fill of book.externalFills.filter(isWithin)) {
    if (!own.has(fill.ticker)) continue;
    add('flows', -worth(fill));
    add('person', worth(fill) - paidFor(fill));
  }
}

function sharesOf({ side, qty }: Pick<Fill, 'side' | 'qty'>): number {
  return side === 'buy' ? toShares(qty) : -toShares(qty);
}

/** In cents, as the cash changed; negative for cash received. */
function paidFor({ side, qty, price }: Fill): number {
  return side === 'buy' ? valueOf(qty, price) : -valueOf(qty, price);
}

/** Adds cash income and costs, and share movements at their worth then. */
function addActivities({ book, span, own, add }: Facts): void {
  for (const flow of cashFlowsIn(book, { since: sinceOf(span), until: span.to.at })) {
    const { activity } = flow;
    if (activity.ticker !== undefined && !own.has(activity.ticker)) continue;
    const gain = activity.cash - outsideValue(flow);
    add(activity.kind === 'fee' ? 'cost' : 'flows', gain);
  }
}

function addRun(
  { gain, fills }: MonthRun,
  { adjusted, adjustedEnd }: Prices,
  add: Facts['add'],
): void {
  let free = 0;
  for (const { day, ...fill } of fills) {
    free += sharesOf(fill) * (adjustedEnd(fill.ticker) - adjusted(fill.ticker, day));
  }
  add('size', -free);
  add('cost', free - gain);
}

/** Parts in whole cents that add up; the rounding goes to the largest. */
function rounded(sums: ReadonlyMap<keyof ParityParts, number>, whole: number): ParityParts {
  const parts = { price: 0, size: 0, cost: 0, timing: 0, flows: 0, person: 0 };
  for (const [part, value] of sums) parts[part] = Math.round(value) || 0;
  const total = Object.values(parts).reduce((sum, each) => sum + each, 0);
  const [largest = 'size'] = [...sums.keys()].toSorted(
    (a, b) => Math.abs(parts[b]) - Math.abs(parts[a]),
  );
  parts[largest] += whole - total;
  const { price, size, cost, timing, flows, person } = parts;
  return {
    price: cents(price),
    size: cents(size),
    cost: cents(cost),
    timing: cents(timing),
    flows: cents(flows),
    person: cents(person),
  };
}
