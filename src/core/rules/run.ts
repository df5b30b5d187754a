/** Simulates an account over many sessions: decisions as of the previous session, fills at the open. */
import type { PlanRules } from '../domain/decision.ts';
import { EXACT_PRODUCT, valueOfMicros, wholeValue } from '../domain/units.ts';
import { type Changes, createChanges, creditOf, planChanges, type Sizing } from './changes.ts';
import { type Account, accountOf, fillChanges, type ReportFill, resetAccount } from './fills.ts';
import { at, type Panel } from './panel.ts';
import {
  computeTargets,
  createTargetBuffers,
  EVERY_CADENCE,
  type RowRules,
  resetTargets,
  type TargetBuffers,
} from './rebalance.ts';

const NANOS = 1_000_000_000;

/** Inputs of a simulation. */
export interface RunTerms extends RowRules {
  readonly panel: Panel;
  /** Rows of the panel, both inclusive; `from` at least 1. */
  readonly from: number;
  readonly to: number;
  /** Cents, all cash at the first open. */
  readonly equity: number;
  readonly slippageBps: number;
  readonly rules: PlanRules;
  /** Fraction of the money left unplanned; that of the rules by default. */
  readonly reserve?: number;
  /** For each row, the cadences that start on it. */
  readonly starts: Uint8Array;
  /** Whether all data for a decision as of the row is present. */
  isReady(row: number): boolean;
  /** New by default. */
  readonly buffers?: RunBuffers;
  /** Interest on the cash since the previous session, cents; none by default. */
  interest?(cash: number, row: number): number;
  /** Called before the fills of each rebalance, with the account at the open. */
  onDecision?(row: number, cadences: number, account: Readonly<Account>, equity: number): void;
  onFill?(row: number, ...fill: Parameters<ReportFill>): void;
}

/** Result of a simulation. */
export interface RunResult {
  /** Cents: at the start, then at each close. */
  readonly equity: Float64Array;
  /** Cents at each close. */
  readonly cash: Float64Array;
  /** Number of filled orders. */
  readonly orders: number;
  /** Sum over the rebalances of half the value traded divided by equity, a multiple. */
  readonly turnover: number;
  /** Rows on whose open a rebalance took place. */
  readonly decided: readonly number[];
  /** Rows on which a due rebalance could not be decided. */
  readonly skipped: readonly number[];
}

/** Space for one run; a run that is given it overwrites the result of the previous one. */
export interface RunBuffers {
  readonly targets: TargetBuffers;
  /** The changes of one rebalance. */
  readonly changes: Changes;
  readonly account: Account;
  readonly equity: Float64Array;
  readonly cash: Float64Array;
}

/** Space for runs of that many models, tradable tickers and sessions. */
export function createRunBuffers(models: number, places: number, sessions: number): RunBuffers {
  return {
    targets: createTargetBuffers(models, places),
    changes: createChanges(places),
    account: accountOf(0, places),
    equity: new Float64Array(sessions + 1),
    cash: new Float64Array(sessions),
  };
}

interface Running extends RunBuffers {
  readonly terms: RunTerms;
  readonly decided: number[];
  readonly skipped: number[];
  /** The cadences that are due, 0 when none is. */
  owed: number;
  orders: number;
  turnover: number;
}

/** Starts in cash and trades on the first row, then on each row on which a model's cadence starts. */
export function runAccount(terms: RunTerms): RunResult {
  const { from, to, starts } = terms;
  const run = begin(terms);
  for (let row = from; row <= to; ) {
    run.owed |= starts[row] ?? 0;
    rebalance(run, row);
    const next = nextDue(run, row + 1);
    markToMarket(run, row, next);
    row = next;
  }
  const { cash, orders, turnover, decided, skipped } = run;
  return { equity: run.equity, cash, orders, turnover, decided, skipped };
}

function begin(terms: RunTerms): Running {
  const { from, to, panel, equity, models } = terms;
  const places = panel.tickers.length - 1;
  const buffers = terms.buffers ?? createRunBuffers(models.length, places, to - from + 1);
  resetTargets(buffers.targets);
  resetAccount(buffers.account, equity);
  buffers.equity[0] = equity;
  return {
    ...buffers,
    terms,
    ...{ decided: [], skipped: [], owed: EVERY_CADENCE, orders: 0, turnover: 0 },
  };
}

/** The next row on which a decision is due, or the row after the last. */
function nextDue({ terms, owed }: Running, row: number): number {
  if (owed !== 0) return row;
  let next = row;
  while (next <= terms.to && (terms.starts[next] ?? 0) === 0) next += 1;
  return next;
}

function rebalance(run: Running, row: number): void {
  const { terms, account, changes } = run;
  if (!terms.isReady(row - 1)) {
    run.skipped.push(row);
    return;
  }
  accrue(run, row);
  writeOpens(terms.panel, row, account.opens);
  const equity = worthAtOpen(run, row);
  terms.onDecision?.(row, run.owed, account, equity);
  const { cash, held, opens: prices } = account;
  const sizing = { equity, cash, held, prices, reserve: terms.reserve };
  writeChanges(run, row, sizing);
  run.owed = 0;
  run.decided.push(row);
  const { slippageBps, rules, limits } = terms;
  const fillTerms = { slippageBps, rules, credit: creditOf(equity, limits) };
  const { onFill } = terms;
  const report: ReportFill | undefined = onFill && ((...fill) => onFill(row, ...fill));
  const filled = fillChanges(account, changes, fillTerms, report);
  run.orders += filled.orders;
  run.turnover += filled.traded / equity / 2;
}

/** Plans the trades that reach the target; none where the target cannot be traded. */
function writeChanges(
  { terms, targets, changes, owed }: Running,
  row: number,
  sizing: Sizing,
): void {
  computeTargets(targets, terms, { row: row - 1, cadences: owed }, sizing.equity);
  if (targets.isSound) planChanges(targets.target, sizing, terms.limits, terms.rules, changes);
  else changes.change.fill(0);
}

function writeOpens({ open }: Panel, row: number, opens: Float64Array): void {
  for (let place = 0; place < opens.length; place++) {
    const column = open[place];
    opens[place] = column ? at(column, row) : Number.NaN;
  }
}

function worthAtOpen({ account: { cash, held }, terms }: Running, row: number): number {
  let worth = cash;
  for (let place = 0; place < held.length; place++) {
    const column = terms.panel.openMicros[place];
    const nanos = at(held, place);
    if (nanos !== 0 && column) worth += valueOfMicros(nanos, at(column, row));
  }
  return worth;
}

/** Once a session, at its open; the account begins at the first one, so no day has passed by then. */
function accrue({ account, terms }: Running, row: number): void {
  if (terms.interest && row > terms.from) account.cash += terms.interest(account.cash, row);
}

/** Writes cash and equity at the closes of the rows before `end`; there are no trades between them. */
function markToMarket(run: Running, row: number, end: number): void {
  const { account, terms, equity, cash, decided } = run;
  const { from, panel } = terms;
  const isAccrued = decided.at(-1) === row;
  for (let day = row; day < end; day++) {
    if (day > row || !isAccrued) accrue(run, day);
    cash[day - from] = account.cash;
    equity[day - from + 1] = account.cash;
  }
  for (let place = 0; place < account.held.length; place++) {
    const nanos = at(account.held, place);
    const closes = panel.closeMicros[place];
    if (nanos !== 0 && closes) addWorth(equity, nanos, closes, { row, end, shift: 1 - from });
  }
}

interface Rows {
  readonly row: number;
  readonly end: number;
  /** Offset from a row of the panel to its index in the curve. */
  readonly shift: number;
}

function addWorth(
  equity: Float64Array,
  nanos: number,
  closes: Float64Array,
  { row, end, shift }: Rows,
): void {
  const whole = nanos / NANOS;
  const shares = Math.floor(whole) === whole && nanos > 0 ? whole : Number.NaN;
  for (let day = row; day < end; day++) {
    const micros = at(closes, day);
    const product = shares * micros;
    // NaN, for a missing close, is never below the bound.
    const value = product <= EXACT_PRODUCT ? wholeValue(product) : valueOfMicros(nanos, micros);
    equity[day + shift] = at(equity, day + shift) + value;
  }
}
