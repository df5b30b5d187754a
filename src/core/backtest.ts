/**
 * The same decide() over history. A session's decision reads bars through the session before it and
 * fills at that session's open, slippage against us: a signal is never filled on its own close.
 * Adjusted prices stand for traded ones, and shares are bought at them.
 */
import { carriedAllocations } from './decide/carried.ts';
import { findFaults, type Need, noDecision } from './decide/completeness.ts';
import { decide } from './decide/decide.ts';
import { fitPurchases, stepOf } from './decide/sizing.ts';
import { type Bar, type Bars, barAt, countThrough } from './domain/bar.ts';
import {
  isFirstOfMonth,
  isFirstOfWeek,
  sessionOffset,
  sessionsBetween,
  sessionsIn,
} from './domain/calendar.ts';
import type {
  Cause,
  Decision,
  Holdings,
  NoDecision,
  PlanRules,
  RiskLimits,
} from './domain/decision.ts';
import type { AcceptedMoves } from './domain/findings.ts';
import { applyFill, equityOf, type Ledger } from './domain/ledger.ts';
import { type Cadence, cadenceOf, type Model } from './domain/model.ts';
import type { Fill, OrderIntent } from './domain/order.ts';
import {
  type Cents,
  cents,
  epochMs,
  type SessionDate,
  type Ticker,
  valueOf,
} from './domain/units.ts';
import { instruments, type Universe } from './domain/universe.ts';

/** Everything a backtest reads: bars, universe, models, rules and the span of sessions. */
export interface BacktestInput {
  readonly bars: Bars;
  /** Tickers whose file was refused, with the reason. */
  readonly refused?: ReadonlyMap<Ticker, string>;
  /** Days whose move is no doubt any more. */
  readonly acceptedMoves?: AcceptedMoves;
  readonly universe: Universe;
  /** At least one. */
  readonly models: readonly Model[];
  /** Calendar days, both included. */
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** Cash at the first session's open. */
  readonly equity: Cents;
  /** Hundredths of a per cent of the open, paid on every fill. */
  readonly slippageBps: number;
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
}

/** The account at one session's close. */
export interface DayEnd {
  readonly session: SessionDate;
  readonly equity: Cents;
  readonly cash: Cents;
  /** The benchmark's adjusted close, dollars a share: total return, as `total-return.ts` defines it. */
  readonly benchmark: number;
}

/**
 * A finished run: the equity of each day, the decisions, and the rebalances that could not be
 * decided.
 */
export interface Backtest {
  readonly kind: 'tested';
  readonly days: readonly DayEnd[];
  /** The benchmark's price when the equity was still all cash: the first session's open. */
  readonly benchmarkStart: number;
  readonly decisions: readonly Decision[];
  /** Sessions on which a rebalance was due and could not be decided; it stayed owed. */
  readonly skipped: readonly NoDecision[];
  readonly fills: readonly Fill[];
  /** Sum over the rebalances of half the value traded over the equity, a multiple. */
  readonly turnover: number;
}

/** The running totals of one backtest. */
interface Run {
  ledger: Ledger;
  /** Owed until a decision is taken, and then done once. */
  due: Cause | undefined;
  /** Whose models the owed rebalance is of, but for the initial one, which is everybody's. */
  readonly cadences: Set<Cadence>;
  turnover: number;
  readonly days: DayEnd[];
  readonly decisions: Decision[];
  readonly skipped: NoDecision[];
  readonly fills: Fill[];
}

/**
 * Trades from cash: at the first session, then on the first session of each month, and of each week
 * where a model is weekly. No decision
 * when a ticker lacks a bar of a session that it was listed on, or when not one could be taken.
 * @throws RangeError when there is no session from `from` to `to`.
 */
export function backtest(input: BacktestInput): Backtest | NoDecision {
  const { bars, universe, from, to, equity } = input;
  const dates = sessionsIn(from, to).map(({ date }) => date);
  const [first, last] = [dates[0], dates.at(-1)];
  if (!first || !last) throw new RangeError(`backtest: no session from ${from} to ${to}`);
  const needs = coverage(universe, first, last);
  const faults = findFaults(bars, input.refused ?? new Map(), last, needs, input.acceptedMoves);
  if (faults.length > 0) return noDecision(last, faults);

  const run: Run = {
    ledger: { cash: equity, lots: new Map() },
    due: 'initial',
    cadences: new Set(),
    turnover: 0,
    days: [],
    decisions: [],
    skipped: [],
    fills: [],
  };
  for (const session of dates) simulateSession(input, run, session);
  const failed = run.skipped.at(-1);
  if (run.decisions.length === 0 && failed) return failed;
  const benchmarkStart = priceOn(input, universe.benchmark.ticker, first, 'open');
  const { days, decisions, skipped, fills, turnover } = run;
  return { kind: 'tested', days, benchmarkStart, decisions, skipped, fills, turnover };
}

/** Every ticker on every session of the test that it was listed on. */
function coverage(universe: Universe, first: SessionDate, last: SessionDate): readonly Need[] {
  return instruments(universe).flatMap(({ ticker, firstSession }) => {
    const from = firstSession > first ? firstSession : first;
    return from > last ? [] : [{ ticker, sessions: sessionsBetween(from, last) + 1 }];
  });
}

/** The cadences of the models that rebalance on the session, monthly first. */
function startingOn(session: SessionDate, models: readonly Model[]): readonly Cadence[] {
  const starting: readonly Cadence[] = [
    ...(isFirstOfMonth(session) ? (['monthly'] as const) : []),
    ...(isFirstOfWeek(session) ? (['weekly'] as const) : []),
  ];
  return starting.filter((cadence) => models.some((model) => cadenceOf(model) === cadence));
}

function simulateSession(input: BacktestInput, run: Run, session: SessionDate): void {
  for (const cadence of startingOn(session, input.models)) {
    run.cadences.add(cadence);
    run.due ??= cadence;
  }
  if (run.due) rebalance(input, run, session, run.due);
  const benchmark = priceOn(input, input.universe.benchmark.ticker, session, 'close');
  const { cash } = run.ledger;
  run.days.push({ session, equity: worth(input, run.ledger, session, 'close'), cash, benchmark });
}

function rebalance(input: BacktestInput, run: Run, session: SessionDate, cause: Cause): void {
  const holdings = holdingsAtOpen(input, run.ledger, session);
  const cadences = cause === 'initial' ? undefined : [...run.cadences];
  const outcome = decide({
    ...input,
    id: `backtest-${session}`,
    cause,
    accountId: 'backtest',
    asOf: sessionOffset(session, -1).date,
    carried: carriedAllocations(run.decisions.at(-1), input.models, cadences),
    holdings,
    prices: pricesOn(input, session, 'open'),
    warmUp: true,
  });
  if (outcome.kind === 'no-decision') {
    run.skipped.push(outcome);
    return;
  }
  run.due = undefined;
  run.cadences.clear();
  run.decisions.push(outcome);
  const fills = fillAtOpen(input, run, outcome);
  const traded = fills.reduce((sum, { qty, price }) => sum + valueOf(qty, price), 0);
  run.turnover += traded / holdings.equity / 2;
}

/** Sells, then as much of the buys as the money that is really there pays for. */
function fillAtOpen(input: BacktestInput, run: Run, { plan, holdings }: Decision): readonly Fill[] {
  const { limits, rules, slippageBps } = input;
  const slipped = ({ side, priceAtDecision }: OrderIntent): number =>
    priceAtDecision * (1 + ((side === 'buy' ? 1 : -1) * slippageBps) / 10_000);
  const sells = plan.orders.filter(({ side }) => side === 'sell');
  const sold = sells.map((order) => fillOf(order, order.qty, slipped(order)));
  for (const fill of sold) run.ledger = applyFill(run.ledger, fill);

  const buys = plan.orders.filter(({ side }) => side === 'buy');
  const credit = Math.floor(Math.max(0, limits.maxGross - 1) * holdings.equity);
  const sizes = fitPurchases(
    buys.map((order) => ({ qty: order.qty, price: slipped(order) })),
    cents(run.ledger.cash + credit),
    stepOf(rules),
  );
  const bought = buys
    .map((order, index) => fillOf(order, sizes[index] ?? order.qty, slipped(order)))
    .filter(({ qty, price }) => qty > 0 && valueOf(qty, price) >= rules.minOrder);
  for (const fill of bought) run.ledger = applyFill(run.ledger, fill);
  run.fills.push(...sold, ...bought);
  return [...sold, ...bought];
}

function fillOf(
  { clientOrderId, ticker, side }: OrderIntent,
  qty: Fill['qty'],
  price: number,
): Fill {
  return { id: clientOrderId, orderId: clientOrderId, ticker, side, qty, price, at: epochMs(0) };
}

function holdingsAtOpen(input: BacktestInput, ledger: Ledger, session: SessionDate): Holdings {
  const positions = new Map([...ledger.lots].map(([ticker, { qty }]) => [ticker, qty]));
  return { equity: worth(input, ledger, session, 'open'), cash: ledger.cash, positions };
}

function worth(
  input: BacktestInput,
  ledger: Ledger,
  session: SessionDate,
  when: 'open' | 'close',
): Cents {
  const equity = equityOf(ledger, pricesOn(input, session, when));
  if (equity === undefined)
    throw new RangeError(`backtest: a position has no ${when} on ${session}`);
  return equity;
}

/** Every ticker that has a bar of the session. */
function pricesOn(
  { bars }: BacktestInput,
  session: SessionDate,
  when: 'open' | 'close',
): ReadonlyMap<Ticker, number> {
  const prices = new Map<Ticker, number>();
  for (const ticker of bars.keys()) {
    const bar = barOn(bars, ticker, session);
    if (bar) prices.set(ticker, bar[when]);
  }
  return prices;
}

function priceOn(
  { bars }: BacktestInput,
  ticker: Ticker,
  session: SessionDate,
  when: 'open' | 'close',
): number {
  const bar = barOn(bars, ticker, session);
  if (!bar) throw new RangeError(`backtest: ${ticker} has no bar of ${session}`);
  return bar[when];
}

function barOn(bars: Bars, ticker: Ticker, session: SessionDate): Bar | undefined {
  const history = bars.get(ticker);
  const bar = history && barAt(history, countThrough(history, session) - 1);
  return bar?.date === session ? bar : undefined;
}
