/**
 * Bars prepared for many runs: one panel, checks by range, rankings and regimes computed once per row.
 * Nothing in it depends on an account.
 */
import {
  decisionNeeds,
  findFaults,
  type Need,
  noDecision,
  type RankedUniverse,
  unrankable,
} from '../decide/completeness.ts';
import { type Bars, countThrough } from '../domain/bar.ts';
import { isFirstOfMonth, isFirstOfWeek, sessionsBetween } from '../domain/calendar.ts';
import type { NoDecision } from '../domain/decision.ts';
import type { AcceptedMoves } from '../domain/findings.ts';
import type { RegimeKind } from '../domain/model.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { instruments, type Universe } from '../domain/universe.ts';
import { indexAt, type Panel, panelOf, rowOf } from '../rules/panel.ts';
import { type RowRanking, rankRow } from '../rules/ranking.ts';
import { CADENCE } from '../rules/rebalance.ts';
import { MEAN_SESSIONS, regimeOf } from '../rules/regime.ts';
import { checkBars } from './checked-bars.ts';

/** Inputs of prepareHistory. */
export interface HistoryInput {
  readonly bars: Bars;
  /** Tickers whose file was rejected, with the reason. */
  readonly refused?: ReadonlyMap<Ticker, string>;
  /** Days whose move a person has accepted. */
  readonly acceptedMoves?: AcceptedMoves;
  readonly universe: Universe;
}

/** Candidates that are ranked together over a lookback. */
export interface Ranked {
  /** Indices of the panel's tickers, in tie-break order; the sectors by default. */
  readonly candidates?: Int32Array;
  /** Sessions. */
  readonly lookback: number;
}

/** A history shared by runs, sweeps and monkeys. */
export interface History {
  readonly panel: Panel;
  readonly input: HistoryInput;
  /** For each row, bits of the given cadences that start on it. */
  starts(cadences: number): Uint8Array;
  regimeAt(row: number): RegimeKind;
  /** The candidates by momentum at the close of each requested row. */
  rankings(ranked: Ranked): (row: number) => RowRanking;
  /** Whether all data for a decision as of the row is present. */
  readiness(ranked: readonly Ranked[]): (row: number) => boolean;
  /** Why the sessions cannot be simulated, or undefined: a ticker lacks a bar, or has a data issue. */
  faultsOf(from: SessionDate, to: SessionDate): NoDecision | undefined;
}

/** Prepares bars; takes tens of milliseconds for ten years. */
export function prepareHistory(input: HistoryInput): History {
  const { bars, universe, refused = new Map(), acceptedMoves = [] } = input;
  const panel = panelOf(bars, universe);
  const checked = checkBars({ panel, bars, refused, acceptedMoves });
  const closes = panel.close[panel.benchmark] ?? new Float64Array();
  const firstClose = closes.findIndex((close) => !Number.isNaN(close));
  const begin = startsOf(panel);
  const rankings = new Map<string, (row: number) => RowRanking>();
  const ready = new Map<string, (row: number) => boolean>();
  return {
    panel,
    input,
    starts: memoizedByRow((cadences) => begin.map((bits) => bits & cadences)),
    regimeAt: memoizedByRow((row) => regimeOf(closes, row + 1, row + 1 - firstClose)),
    rankings(ranked) {
      const { candidates = panel.sectors, lookback } = ranked;
      return memoizedByKey(rankings, keyOf(ranked), () =>
        memoizedByRow((row) => rankRow(panel, candidates, row, lookback)),
      );
    },
    readiness(ranked) {
      return memoizedByKey(ready, ranked.map(keyOf).join(';'), () => {
        const readAt = decisionReads(input, panel, ranked);
        return memoizedByRow((row) => {
          const { needs, isRankable } = readAt(row);
          return isRankable && checked.hasNoIssue(row, needs);
        });
      });
    },
    faultsOf(from, to) {
      const needs = coverage(universe, from, to);
      if (checked.hasNoIssue(rowOf(panel, to), needs)) return undefined;
      const faults = findFaults(bars, refused, to, needs, acceptedMoves);
      return faults.length > 0 ? noDecision(to, faults) : undefined;
    },
  };
}

function memoizedByRow<T>(make: (row: number) => T): (row: number) => T {
  const made: (T | undefined)[] = [];
  return (row) => {
    const known = made[row];
    if (known !== undefined) return known;
    const fresh = make(row);
    made[row] = fresh;
    return fresh;
  };
}

function memoizedByKey<T>(made: Map<string, T>, key: string, make: () => T): T {
  const known = made.get(key) ?? make();
  made.set(key, known);
  return known;
}

/** Bars that a decision as of a row reads, and whether each model then has something to rank. */
interface DecisionReads {
  readonly needs: readonly Need[];
  readonly isRankable: boolean;
}

/** The same for all rows between which no ticker grows old enough for a lookback, and the benchmark has its mean. */
function decisionReads(
  { bars, universe }: HistoryInput,
  panel: Panel,
  ranked: readonly Ranked[],
): (row: number) => DecisionReads {
  const lookbacks = ranked.filter(({ candidates }) => !candidates).map(({ lookback }) => lookback);
  const others = ranked
    .filter(({ candidates }) => candidates)
    .map((each) => rankedUniverse(universe, each));
  const begins = ranked.flatMap(({ candidates = panel.sectors, lookback }) =>
    Array.from(candidates, (place) => indexAt(panel.listed, place) + lookback),
  );
  const benchmark = bars.get(universe.benchmark.ticker);
  const made = new Map<string, DecisionReads>();
  return (row) => {
    const asOf = panel.dates[row];
    if (asOf === undefined) return { needs: [], isRankable: false };
    const held = benchmark ? Math.min(MEAN_SESSIONS, countThrough(benchmark, asOf)) : 0;
    const key = `${begins.filter((begin) => begin <= row).length} ${held}`;
    return memoizedByKey(made, key, () => ({
      needs: decisionNeeds({ universe, bars, asOf, lookbacks, others, warmUp: true }),
      isRankable:
        (lookbacks.length === 0 || unrankable(universe, asOf, lookbacks).length === 0) &&
        others.every((each) => unrankable(each.universe, asOf, [each.lookback]).length === 0),
    }));
  };
}

function keyOf({ candidates, lookback }: Ranked): string {
  return candidates ? `${lookback} ${candidates.join()}` : `${lookback}`;
}

function rankedUniverse(
  universe: Universe,
  { candidates = new Int32Array(), lookback }: Ranked,
): RankedUniverse {
  const known = instruments(universe);
  const sectors = [...candidates].flatMap((place) => known[place] ?? []);
  return { universe: { ...universe, sectors }, lookback };
}

function startsOf({ dates }: Panel): Uint8Array {
  return Uint8Array.from(
    dates,
    (date) =>
      (isFirstOfMonth(date) ? CADENCE.monthly : 0) | (isFirstOfWeek(date) ? CADENCE.weekly : 0),
  );
}

/** Every ticker on every session of the test on which it was listed. */
function coverage(universe: Universe, first: SessionDate, last: SessionDate): readonly Need[] {
  return instruments(universe).flatMap(({ ticker, firstSession }) => {
    const from = firstSession > first ? firstSession : first;
    return from > last ? [] : [{ ticker, sessions: sessionsBetween(from, last) + 1 }];
  });
}
