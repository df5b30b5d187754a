/**
 * Data checks of bars, precomputed for a whole history and queried by range. They tell whether a decision
 * is possible; `findFaults` gives the reasons as sentences, and a test keeps the two consistent.
 */
import { findFaults, type Need } from '../decide/completeness.ts';
import type { BarHistory, Bars } from '../domain/bar.ts';
import {
  type AcceptedMoves,
  type DataQualityIssue,
  findingsAcross,
  findingsOf,
  isAccepted,
} from '../domain/findings.ts';
import type { Ticker } from '../domain/units.ts';
import { at, barsOn, indexAt, type Panel, rowOf } from '../rules/panel.ts';

/** Inputs of checkBars. */
export interface CheckedInput {
  readonly panel: Panel;
  readonly bars: Bars;
  readonly refused: ReadonlyMap<Ticker, string>;
  readonly acceptedMoves: AcceptedMoves;
}

/** The checks of one ticker by row. */
interface OwnChecks {
  /** Number of consecutive sessions up to this one that have a close. */
  readonly unbroken: Int32Array;
  /** Number of rows up to this one with a data issue, of their own and of the move into them. */
  readonly issueCounts: Int32Array;
  readonly leaps: Int32Array;
  /** Rows without a trade. */
  readonly untraded: ReadonlySet<number>;
}

/** Issues across tickers: number of affected rows up to each one. */
interface SharedChecks {
  readonly byTicker: ReadonlyMap<Ticker, Int32Array>;
  readonly everybody: Int32Array;
  /** Twins depend on how much of a run a window contains, so they are checked directly. */
  readonly hasTwins: boolean;
}

/** Queries the checks of a history. */
export interface CheckedBars {
  /** Whether all needs of a decision as of the row are met, without a data issue. */
  hasNoIssue(row: number, needs: readonly Need[]): boolean;
}

/** Checks every row of the panel once. */
export function checkBars(input: CheckedInput): CheckedBars {
  const { panel, bars, refused, acceptedMoves } = input;
  const own = new Map(panel.tickers.map((ticker) => [ticker, ownChecks(input, ticker)]));
  const shared = new Map<string, SharedChecks>();
  const known = new WeakMap<readonly Need[], SharedChecks>();

  function sharedOf(needs: readonly Need[]): SharedChecks {
    const asked = known.get(needs);
    if (asked) return asked;
    const key = needs.map(({ ticker, peer }) => `${ticker}${peer ? '+' : ''}`).join();
    const checks = shared.get(key) ?? sharedChecks(input, needs);
    shared.set(key, checks);
    known.set(needs, checks);
    return checks;
  }

  return {
    hasNoIssue(row, needs) {
      if (!needs.every((need) => isOwnClear(own.get(need.ticker), row, need))) return false;
      const across = sharedOf(needs);
      const asOf = panel.dates[row];
      if (across.hasTwins && asOf !== undefined) {
        return findFaults(bars, refused, asOf, needs, acceptedMoves).length === 0;
      }
      const longest = Math.max(...needs.map(({ sessions }) => sessions));
      if (countIn(across.everybody, row - longest + 1, row) > 0) return false;
      return needs.every(({ ticker, sessions }) => {
        const issueCounts = across.byTicker.get(ticker);
        return !issueCounts || countIn(issueCounts, row - sessions + 1, row) === 0;
      });
    },
  };
}

/** Rows after `from`, up to and including `to`. */
function countIn(counts: Int32Array, from: number, to: number): number {
  return (counts[to] ?? 0) - (from < 0 ? 0 : (counts[from] ?? 0));
}

function isOwnClear(own: OwnChecks | undefined, row: number, need: Need): boolean {
  if (!own || (own.unbroken[row] ?? 0) < need.sessions) return false;
  const from = row - need.sessions + 1;
  if (countIn(own.issueCounts, from - 1, row) > 0 || countIn(own.leaps, from, row) > 0)
    return false;
  if (own.untraded.size === 0 || need.reads === undefined) return true;
  if (need.reads === 'each') {
    return ![...own.untraded].some((untraded) => untraded >= from && untraded <= row);
  }
  return !need.reads.some((back) => back < need.sessions && own.untraded.has(row - back));
}

function ownChecks({ panel, bars, acceptedMoves }: CheckedInput, ticker: Ticker): OwnChecks {
  const history = bars.get(ticker);
  const findings = (history ? findingsOf(history) : []).filter(
    (finding) => !isAccepted(finding, acceptedMoves),
  );
  const refusing = findings.filter(({ severity }) => severity === 'refuses');
  const rows = (issues: readonly DataQualityIssue[]): readonly number[] =>
    issues.map(({ date }) => rowOf(panel, date)).filter((row) => row >= 0);
  return {
    unbroken: unbrokenRuns(panel, panel.tickers.indexOf(ticker), history),
    issueCounts: countsOf(panel, rows(refusing.filter(({ rule }) => rule !== 'jump'))),
    leaps: countsOf(panel, rows(refusing.filter(({ rule }) => rule === 'jump'))),
    untraded: new Set(rows(findings.filter(({ rule }) => rule === 'no-volume'))),
  };
}

/** A bar on a day that is not a session also breaks the run. */
function unbrokenRuns(panel: Panel, place: number, history: BarHistory | undefined): Int32Array {
  const runs = new Int32Array(panel.dates.length);
  const closes = panel.close[place];
  if (!history || !closes) return runs;
  const indices = barsOn(history, panel.dates);
  for (let row = 0; row < runs.length; row++) {
    const index = indexAt(indices, row);
    const follows = index > 0 && indexAt(indices, row - 1) === index - 1;
    // NaN, of a session without a bar, is not above 0.
    if (at(closes, row) > 0 && at(closes, row) < Number.POSITIVE_INFINITY) {
      runs[row] = (follows ? (runs[row - 1] ?? 0) : 0) + 1;
    }
  }
  return runs;
}

function countsOf(panel: Panel, rows: readonly number[]): Int32Array {
  const counts = new Int32Array(panel.dates.length);
  for (const row of rows) counts[row] = (counts[row] ?? 0) + 1;
  for (let row = 1; row < counts.length; row++) {
    counts[row] = (counts[row] ?? 0) + (counts[row - 1] ?? 0);
  }
  return counts;
}

function sharedChecks(
  { panel, bars, acceptedMoves }: CheckedInput,
  needs: readonly Need[],
): SharedChecks {
  const needed = needs.flatMap(({ ticker }) => {
    const history = bars.get(ticker);
    return history ? [[ticker, history] as const] : [];
  });
  const peers = new Set(needs.flatMap(({ ticker, peer }) => (peer ? [ticker] : [])));
  const found = findingsAcross(new Map(needed), {}, peers).filter(
    (finding) => finding.severity === 'refuses' && !isAccepted(finding, acceptedMoves),
  );
  const rowsOf = (ticker: Ticker | undefined): readonly number[] =>
    found
      .filter((finding) => finding.ticker === ticker && finding.rule !== 'twin')
      .map(({ date }) => rowOf(panel, date))
      .filter((row) => row >= 0);
  const named = new Set(
    found.flatMap(({ ticker, rule }) => (rule !== 'twin' && ticker ? [ticker] : [])),
  );
  return {
    byTicker: new Map([...named].map((ticker) => [ticker, countsOf(panel, rowsOf(ticker))])),
    everybody: countsOf(panel, rowsOf(undefined)),
    hasTwins: found.some(({ rule }) => rule === 'twin'),
  };
}
