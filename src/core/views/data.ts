/** The bars used for decisions, ticker by ticker. */
import type { Mode } from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import { lastFinalSession, sessionsBetween } from '../domain/calendar.ts';
import { findingLines } from '../domain/finding-words.ts';
import type { BarProvenance, DataQualityIssue } from '../domain/findings.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs, SessionDate, Ticker } from '../domain/units.ts';
import { instruments } from '../domain/universe.ts';

/** The bars of one ticker: number, age and quality. */
export interface DataRow {
  readonly ticker: Ticker;
  readonly rows: number;
  readonly first: SessionDate | undefined;
  readonly last: SessionDate | undefined;
  /** Sessions after the last bar whose bars are available; undefined without a bar. */
  readonly ageSessions: number | undefined;
  /** Why it blocks a decision now, as a sentence; undefined when it does not. */
  readonly finding: string | undefined;
  /** Its data quality issues as sentences, those that block decisions first. */
  readonly findings: readonly string[];
  /** Undefined where the source does not track it. */
  readonly provenance: BarProvenance | undefined;
}

/** The bars of every ticker, and the last session that all of them have. */
export interface DataView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly source: string;
  /** The last session that every ticker has. */
  readonly asOf: SessionDate | undefined;
  readonly expected: SessionDate | undefined;
  /** The ticker whose bars end first; undefined without bars. */
  readonly oldest: Pick<DataRow, 'ticker' | 'last' | 'ageSessions'> | undefined;
  /** Data quality issues across all tickers, as sentences. */
  readonly findings: readonly string[];
  /** Every ticker that a decision reads, in universe order; unknown ones last. */
  readonly rows: readonly DataRow[];
  /** Why no decision is possible now; a sentence. */
  readonly missing: string | undefined;
}

/** The view of the bars, as of the last refresh. */
export function dataView(bars: Bars, seen: Observation): DataView {
  const { source, asOf, missing } = seen.data;
  const closed = lastFinalSession(seen.at).date;
  const rows = instruments(seen.universe).map(({ ticker }): DataRow => {
    const provenance = seen.data.provenance?.get(ticker);
    const dates = bars.get(ticker)?.dates ?? [];
    // Rejected bars are still held, and people want to see what they are.
    const last = dates.at(-1) ?? provenance?.last;
    const own = provenance?.findings.filter((finding) => finding.ticker === ticker);
    return {
      ticker,
      rows: dates.length || (provenance?.rows ?? 0),
      first: dates[0] ?? provenance?.first,
      last,
      ageSessions: last && Math.max(0, sessionsBetween(last, closed)),
      finding: missing?.found.get(ticker),
      findings: findingLines(own ?? []),
      provenance,
    };
  });
  return {
    mode: seen.mode,
    at: seen.at,
    source,
    asOf,
    expected: missing?.expected ?? asOf,
    oldest: oldestOf(rows),
    findings: findingLines(issuesOfAllTickers(seen)),
    rows: [...rows, ...unknownTickers(seen, new Set(rows.map(({ ticker }) => ticker)))],
    missing: missing?.reason,
  };
}

/** Findings about tickers that are not in the universe. */
function unknownTickers({ data }: Observation, known: ReadonlySet<Ticker>): readonly DataRow[] {
  const found = [...(data.missing?.found ?? [])].filter(([ticker]) => !known.has(ticker));
  return found.map(([ticker, finding]) => ({
    ticker,
    rows: 0,
    first: undefined,
    last: undefined,
    ageSessions: undefined,
    finding,
    findings: [],
    provenance: undefined,
  }));
}

function oldestOf(rows: readonly DataRow[]): DataRow | undefined {
  const held = rows.filter(({ last }) => last !== undefined);
  return held.toSorted((a, b) => (b.ageSessions ?? 0) - (a.ageSessions ?? 0))[0];
}

/** Each once, although it is listed under every ticker. */
function issuesOfAllTickers({ data }: Observation): readonly DataQualityIssue[] {
  const all = [...(data.provenance?.values() ?? [])].flatMap(({ findings }) => findings);
  const shared = all.filter(({ ticker }) => ticker === undefined);
  return [...new Map(shared.map((each) => [`${each.date} ${each.rule}`, each])).values()];
}
