/**
 * Applies the decision rules to historical bars. A session's decision reads bars up to the previous session
 * and fills at that session's open, slippage against us: a signal is never filled on its own close.
 * Adjusted prices are used as traded prices, and shares are bought at them.
 */
import { type History, prepareHistory } from './backtest/history.ts';
import { interestOf, type Rates } from './backtest/interest.ts';
import { rankedBy, rowModelOf } from './backtest/row-models.ts';
import { runRows } from './backtest/run-rows.ts';
import { carriedAllocations } from './decide/carried.ts';
import { decide } from './decide/decide.ts';
import type { Bars } from './domain/bar.ts';
import { sessionsIn } from './domain/calendar.ts';
import type {
  Cause,
  Decision,
  Holdings,
  NoDecision,
  PlanRules,
  RiskLimits,
} from './domain/decision.ts';
import type { AcceptedMoves } from './domain/findings.ts';
import type { Cadence, Model } from './domain/model.ts';
import type { Fill } from './domain/order.ts';
import { type Cents, cents, epochMs, qty, type SessionDate, type Ticker } from './domain/units.ts';
import type { Universe } from './domain/universe.ts';
import { at, type Panel, rowOf } from './rules/panel.ts';
import { CADENCE, EVERY_CADENCE } from './rules/rebalance.ts';
import type { RunResult } from './rules/run.ts';

/** Inputs of a backtest: bars, universe, models, rules and the range of sessions. */
export interface BacktestInput {
  readonly bars: Bars;
  /** Tickers whose file was rejected, with the reason. */
  readonly refused?: ReadonlyMap<Ticker, string>;
  /** Days whose move a person has accepted. */
  readonly acceptedMoves?: AcceptedMoves;
  readonly universe: Universe;
  /** At least one. */
  readonly models: readonly Model[];
  /** Calendar days, both inclusive. */
  readonly from: SessionDate;
  readonly to: SessionDate;
  /** Cash at the first session's open. */
  readonly equity: Cents;
  /** Basis points of the open, charged on every fill. */
  readonly slippageBps: number;
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
  /** Interest on idle cash and cost of borrowing; none by default. */
  readonly rates?: Rates;
  /** Prepared bars, where several backtests share them. */
  readonly history?: History;
}

/** The account at one session's close. */
export interface DayEnd {
  readonly session: SessionDate;
  readonly equity: Cents;
  readonly cash: Cents;
  /** The benchmark's adjusted close, dollars a share: total return as defined in `total-return.ts`. */
  readonly benchmark: number;
}

/** A finished run: equity of each day, decisions, and rebalances that could not be decided. */
export interface Backtest {
  readonly kind: 'tested';
  readonly days: readonly DayEnd[];
  /** The benchmark's price while the equity was still all cash: the first session's open. */
  readonly benchmarkStart: number;
  readonly decisions: readonly Decision[];
  /** Sessions on which a due rebalance could not be decided; it stayed due. */
  readonly skipped: readonly NoDecision[];
  readonly fills: readonly Fill[];
  /** Sum over the rebalances of half the value traded divided by equity, a multiple. */
  readonly turnover: number;
}

/** The account at one rebalance. */
interface Moment {
  readonly row: number;
  readonly cadences: number;
  readonly holdings: Holdings;
}

/**
 * Starts in cash and trades at the first session, then on the first session of each month, and of each week
 * where a model is weekly. No decision when a ticker lacks a bar of a session on which it was listed, or
 * when no rebalance could be decided.
 * @throws RangeError when there is no session from `from` to `to`.
 */
export function backtest(input: BacktestInput): Backtest | NoDecision {
  const { from, to } = input;
  const dates = sessionsIn(from, to).map(({ date }) => date);
  const [first, last] = [dates[0], dates.at(-1)];
  if (!first || !last) throw new RangeError(`backtest: no session from ${from} to ${to}`);
  const history = input.history ?? prepareHistory(input);
  const fault = history.faultsOf(first, last);
  if (fault) return fault;

  const { panel } = history;
  const moments: Moment[] = [];
  const fills: Fill[] = [];
  const interest = input.rates && interestOf(history, input.rates);
  const outcome = runRows(history, {
    ...input,
    models: input.models.map((model) => rowModelOf(model, history)),
    ranked: input.models.map((model) => rankedBy(model, history)),
    from: rowOf(panel, first),
    to: rowOf(panel, last),
    more: {
      ...(interest && { interest }),
      onDecision(row, cadences, { cash, held }, equity) {
        moments.push({ row, cadences, holdings: holdingsOf(panel, held, cents(cash), equity) });
      },
      onFill: (row, place, change, price) => fills.push(fillOf(panel, row, place, change, price)),
    },
  });
  return resultOf(input, history, { outcome, moments, fills, dates });
}

interface Ran {
  readonly outcome: RunResult;
  readonly moments: readonly Moment[];
  readonly fills: readonly Fill[];
  readonly dates: readonly SessionDate[];
}

/** The run as records: each decision is recomputed by `decide`, which applies the same rules. */
function resultOf(input: BacktestInput, history: History, ran: Ran): Backtest | NoDecision {
  const { outcome, moments, fills, dates } = ran;
  const { panel } = history;
  if (outcome.decided.length === 0 && outcome.skipped.length > 0) {
    return skippedAt(input, history, outcome.skipped.at(-1) ?? 0);
  }
  const benchmarkOpen = panel.open[panel.benchmark] ?? new Float64Array();
  const lazily = once(() => decisionsOf(input, panel, moments));
  const skipped = once(() => outcome.skipped.map((row) => skippedAt(input, history, row)));
  return {
    kind: 'tested',
    days: daysOf(panel, outcome, dates),
    benchmarkStart: at(benchmarkOpen, rowOf(panel, dates[0] ?? input.from)),
    fills,
    turnover: outcome.turnover,
    get decisions() {
      return lazily();
    },
    get skipped() {
      return skipped();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function daysOf(
  panel: Panel,
  { equity, cash }: RunResult,
  dates: readonly SessionDate[],
): readonly DayEnd[] {
  const closes = panel.close[panel.benchmark] ?? new Float64Array();
  const first = rowOf(panel, dates[0] ?? panel.dates[0] ?? ('' as SessionDate));
  return dates.map((session, day) => ({
    session,
    equity: cents(at(equity, day + 1)),
    cash: cents(at(cash, day)),
    benchmark: at(closes, first + day),
  }));
}

function holdingsOf(panel: Panel, held: Float64Array, cash: Cents, equity: number): Holdings {
  const positions = panel.tickers
    .slice(0, held.length)
    .map((ticker, place) => [ticker, qty(at(held, place))] as const)
    .filter(([, quantity]) => quantity !== 0);
  return { equity: cents(equity), cash, positions: new Map(positions) };
}

function fillOf(panel: Panel, row: number, place: number, change: number, price: number): Fill {
  const ticker = panel.tickers[place] ?? panel.universe.benchmark.ticker;
  const side = change > 0 ? 'buy' : 'sell';
  const id = `${panel.dates[row] ?? row}-${ticker}-${side}`;
  return { id, orderId: id, ticker, side, qty: qty(Math.abs(change)), price, at: epochMs(0) };
}

function decisionsOf(
  input: BacktestInput,
  panel: Panel,
  moments: readonly Moment[],
): readonly Decision[] {
  const decisions: Decision[] = [];
  for (const moment of moments) {
    const outcome = decideAt(input, panel, moment, decisions.at(-1));
    if (outcome.kind === 'decided') decisions.push(outcome);
  }
  return decisions;
}

function decideAt(
  input: BacktestInput,
  panel: Panel,
  { row, cadences, holdings }: Moment,
  last: Decision | undefined,
): Decision | NoDecision {
  const due = cadencesOf(cadences);
  const cause: Cause = due === undefined ? 'initial' : (due[0] ?? 'monthly');
  return decide({
    ...input,
    id: `backtest-${panel.dates[row] ?? row}`,
    cause,
    accountId: 'backtest',
    asOf: panel.dates[row - 1] ?? input.from,
    carried: carriedAllocations(last, input.models, due),
    holdings,
    prices: opensOf(panel, row),
    warmUp: true,
  });
}

function skippedAt(input: BacktestInput, history: History, row: number): NoDecision {
  const { panel } = history;
  const holdings: Holdings = { equity: input.equity, cash: input.equity, positions: new Map() };
  const outcome = decideAt(input, panel, { row, cadences: EVERY_CADENCE, holdings }, undefined);
  if (outcome.kind === 'no-decision') return outcome;
  throw new RangeError(`backtest: ${panel.dates[row] ?? row} was skipped and can be decided`);
}

/** Cadences of the models that rebalance, monthly first; undefined: all. */
function cadencesOf(bits: number): readonly Cadence[] | undefined {
  if (bits === EVERY_CADENCE) return undefined;
  return (['monthly', 'weekly'] as const).filter((cadence) => (bits & CADENCE[cadence]) !== 0);
}

/** Opens of every ticker with a bar of the session. */
function opensOf({ tickers, open }: Panel, row: number): ReadonlyMap<Ticker, number> {
  return new Map(
    tickers.flatMap((ticker, place) => {
      const price = at(open[place] ?? new Float64Array(), row);
      return Number.isNaN(price) ? [] : [[ticker, price] as const];
    }),
  );
}
