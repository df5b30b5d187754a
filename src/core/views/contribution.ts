/** Sources of a gain: exact to the cent by ticker, and by model as the decisions allocated it. */
import type { AccountState, EquityPoint } from '../domain/account-state.ts';
import type { Decision } from '../domain/decision.ts';
import type { AccountSnapshot } from '../domain/managed-account.ts';
import {
  instantOf,
  measuredEquity,
  measuredFlows,
  measuredTickers,
} from '../domain/measured-equity.ts';
import { outsideValue } from '../domain/people-flows.ts';
import { type Cents, cents, type Ticker, valueOf } from '../domain/units.ts';
import { fillsOf } from './measure.ts';

/** The gain of a period, split by ticker and by model, in cents. The parts add up to the whole gain. */
export interface Contribution {
  /** Price gains and dividends, largest first; tickers without a gain or loss are left out. */
  readonly byTicker: readonly Part<Ticker>[];
  /**
   * Each ticker's gain in the proportions in which the models wanted it; `undefined` for tickers that none
   * wanted.
   */
  readonly byModel: readonly Part<string | undefined>[];
  /** Interest, fees and anything unassigned: the whole gain less all tickers'. */
  readonly rest: Cents;
  /** Equity at the end less the beginning, less deposits, plus withdrawals. */
  readonly total: Cents;
  /** The base of the gain: equity at the beginning plus deposits, in cents. */
  readonly base: Cents;
}

/** The gain of one ticker or model in cents; negative is a loss. */
export interface Part<T> {
  readonly of: T;
  readonly gain: Cents;
}

/** The account at one instant, its holdings known. */
interface Held extends AccountSnapshot {
  readonly at: number;
  readonly holdings: NonNullable<EquityPoint['holdings']>;
}

/**
 * The gains between two closes (`from` undefined: from the baseline), summed over the closes between them.
 * Undefined where the holdings of either end were not recorded, or the shares at one close are not those of
 * the previous one plus executions and movements: then a gain by ticker would be a guess.
 */
export function contributionOf(
  book: AccountState,
  from: EquityPoint | undefined,
  to: EquityPoint,
): Contribution | undefined {
  const snapshots = snapshotsOf(book, from, to);
  if (!snapshots) return undefined;
  const tickers = new Map<Ticker, number>();
  const models = new Map<string | undefined, number>();
  let total = 0;
  let base: number = snapshots[0] ? measuredEquity(snapshots[0]) : 0;
  for (const [index, stand] of snapshots.entries()) {
    const before = snapshots[index - 1];
    if (!before) continue;
    const gains = gainsOf(book, before, stand);
    if (!gains) return undefined;
    const span = { since: before.at, until: stand.at };
    const { deposited, withdrawn } = measuredFlows(book, before, stand, span);
    base += deposited;
    total += measuredEquity(stand) - measuredEquity(before) - deposited + withdrawn;
    for (const [ticker, gain] of gains) {
      tickers.set(ticker, (tickers.get(ticker) ?? 0) + gain);
      for (const [model, part] of sharesIn(book, ticker, stand.at)) {
        models.set(model, (models.get(model) ?? 0) + gain * part);
      }
    }
  }
  const known = [...tickers.values()].reduce((sum, gain) => sum + gain, 0);
  return {
    byTicker: partsOf(tickers),
    byModel: partsOf(models),
    rest: cents(total - known),
    total: cents(total),
    base: cents(base),
  };
}

/** The first, the last, and every close between them with recorded holdings. */
function snapshotsOf(
  book: AccountState,
  from: EquityPoint | undefined,
  to: EquityPoint,
): readonly Held[] | undefined {
  const first = from ? snapshotOf(from) : beginning(book);
  const last = snapshotOf(to);
  if (!first || !last) return undefined;
  const between = book.equity
    .filter(({ session }) => session < to.session && (!from || session > from.session))
    .flatMap((point) => snapshotOf(point) ?? []);
  return [first, ...between, last];
}

function snapshotOf(point: EquityPoint): Held | undefined {
  const { holdings } = point;
  return holdings && { ...point, at: instantOf(point), holdings };
}

/**
 * The baseline. An older one does not record holdings: the shares at the first close less the changes up to
 * then must be none.
 */
function beginning({ baseline }: AccountState): Held | undefined {
  const holdings = baseline?.holdings ?? new Map();
  return baseline && { ...baseline, at: Number.NEGATIVE_INFINITY, holdings };
}

/** Cents per measured ticker; undefined where the shares do not add up. */
function gainsOf(
  book: AccountState,
  before: Held,
  after: Held,
): ReadonlyMap<Ticker, number> | undefined {
  const within = ({ at }: { readonly at: number }): boolean => at > before.at && at <= after.at;
  const own = measuredTickers(book, before, after, { since: before.at, until: after.at });
  const shares = new Map<Ticker, number>();
  const gains = new Map<Ticker, number>();
  const add = (ticker: Ticker, qty: number, cash: number): void => {
    if (own && !own.has(ticker)) return;
    shares.set(ticker, (shares.get(ticker) ?? 0) + qty);
    gains.set(ticker, (gains.get(ticker) ?? 0) + cash);
  };
  for (const [ticker, { qty, value }] of before.holdings) add(ticker, qty, -value);
  for (const fill of fillsOf(book).filter(within)) {
    const value = valueOf(fill.qty, fill.price);
    if (fill.side === 'buy') add(fill.ticker, fill.qty, -value);
    else add(fill.ticker, -fill.qty, value);
  }
  for (const flow of book.cashFlows) {
    const { ticker, qty, cash } = flow.activity;
    // Deposited or withdrawn shares, at their worth, are not a gain.
    const isIn = ticker !== undefined && within({ at: flow.counted });
    if (isIn) add(ticker, qty, cash - outsideValue(flow));
  }
  for (const [ticker, { qty, value }] of after.holdings) add(ticker, -qty, value);
  return [...shares.values()].every((left) => left === 0) ? gains : undefined;
}

/**
 * How the decision in force at the instant divides the ticker among the models, sum 1. A ticker that it
 * does not want was still held for the previous decision.
 */
function sharesIn(
  book: AccountState,
  ticker: Ticker,
  at: number,
): ReadonlyMap<string | undefined, number> {
  const made = [...book.rebalances.values()].filter((each) => each.at <= at);
  for (const { decision } of made.toReversed().slice(0, 2)) {
    const wanted = wantedBy(decision, ticker);
    const whole = wanted.reduce((sum, [, weight]) => sum + weight, 0);
    if (whole > 0) return new Map(wanted.map(([id, weight]) => [id, weight / whole]));
  }
  return new Map([[undefined, 1]]);
}

function wantedBy({ votes }: Decision, ticker: Ticker): readonly (readonly [string, number])[] {
  return votes
    .map(
      ({ id, share, leverage, weights }) =>
        [id, share * leverage * (weights.get(ticker) ?? 0)] as const,
    )
    .filter(([, weight]) => weight > 0);
}

function partsOf<T>(gains: ReadonlyMap<T, number>): readonly Part<T>[] {
  return [...gains]
    .map(([of, gain]) => ({ of, gain: cents(Math.round(gain)) }))
    .filter(({ gain }) => gain !== 0)
    .sort((left, right) => right.gain - left.gain);
}
