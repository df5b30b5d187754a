/**
 * Data checks of bars, precomputed for a whole history and queried by range. They tell whether a decision
 * is possible; `findFaults` gives the reasons as sentences, and a test keeps the two consistent.
 */
import { findFaults, type Need } from '../decide/completeness.ts';
import type { Bars } from '../domain/bar.ts';
import {
  type AcceptedMoves,
  type DataQualityIssue,
  findingsAcross,
  findingsOf,
  isAccepted,
} from '../domain/findings.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { at, type Panel, rowOf } from '../rules/panel.ts';

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

  function sharedOf(needs: readonly Need[]): SharedChecks {
    const key = needs.map(({ ticker, peer }) => `${ticker}${peer ? '+' : ''}`).join();
    const known = shared.get(key) ?? sharedChecks(input, needs);
    shared.set(key, known);
    return known;
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
    unbroken: unbrokenRuns(panel, ticker, history?.dates ?? []),
    issueCounts: countsOf(panel, rows(refusing.filter(({ rule }) => rule !== 'jump'))),
    leaps: countsOf(panel, rows(refusing.filter(({ rule }) => rule === 'jump'))),
    untraded: new Set(rows(findings.filter(({ rule }) => rule === 'no-volume'))),
  };
}

/** A row that is not a session also breaks the run. */
function unbrokenRuns(panel: Panel, ticker: Ticker, dates: readonly SessionDate[]): Int32Array {
  const closes = panel.close[panel.tickers.indexOf(ticker)];
  const runs = new Int32Array(panel.dates.length);
  let row = -1;
  for (const date of dates) {
    const next = rowOf(panel, date);
    if (next < 0) {
      row = -1;
      continue;
    }
    const close = closes ? at(closes, next) : Number.NaN;
    const before = row >= 0 && row === next - 1 ? (runs[row] ?? 0) : 0;
    runs[next] = Number.isFinite(close) && close > 0 ? before + 1 : 0;
    row = next;
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
