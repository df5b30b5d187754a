/** The bars that the desk decides on, ticker by ticker. */
import type { Mode } from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import { lastFinalSession, sessionsBetween } from '../domain/calendar.ts';
import { findingLines } from '../domain/finding-words.ts';
import type { BarProvenance, DataQualityIssue } from '../domain/findings.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs, SessionDate, Ticker } from '../domain/units.ts';
import { instruments } from '../domain/universe.ts';

/** The bars of one ticker: how many, how old, and how good. */
export interface DataRow {
  readonly ticker: Ticker;
  readonly rows: number;
  readonly first: SessionDate | undefined;
  readonly last: SessionDate | undefined;
  /** Sessions after the last bar whose bars can be had; undefined without a bar. */
  readonly ageSessions: number | undefined;
  /** Why it stands in the way of a decision now, in words; undefined when it does not. */
  readonly finding: string | undefined;
  /** Its data quality issues in words, those that refuse decisions first. */
  readonly findings: readonly string[];
  /** Undefined where the source keeps no account of it. */
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
  /** Data quality issues across all tickers, in words. */
  readonly findings: readonly string[];
  /** Every ticker that a decision reads, in universe order; strangers last. */
  readonly rows: readonly DataRow[];
  /** Why no decision could be taken now; a sentence. */
  readonly missing: string | undefined;
}

/** The view of the bars that are held, by the last look at the source. */
export function dataView(bars: Bars, seen: Observation): DataView {
  const { source, asOf, missing } = seen.data;
  const closed = lastFinalSession(seen.at).date;
  const rows = instruments(seen.universe).map(({ ticker }): DataRow => {
    const provenance = seen.data.provenance?.get(ticker);
    const dates = bars.get(ticker)?.dates ?? [];
    // What was refused is held all the same, and people want to see what it is.
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
    findings: findingLines(everyones(seen)),
    rows: [...rows, ...strangers(seen, new Set(rows.map(({ ticker }) => ticker)))],
    missing: missing?.reason,
  };
}

/** Findings about tickers that the universe does not have. */
function strangers({ data }: Observation, known: ReadonlySet<Ticker>): readonly DataRow[] {
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

/** Each once, though it is among the findings of every ticker. */
function everyones({ data }: Observation): readonly DataQualityIssue[] {
  const all = [...(data.provenance?.values() ?? [])].flatMap(({ findings }) => findings);
  const shared = all.filter(({ ticker }) => ticker === undefined);
  return [...new Map(shared.map((each) => [`${each.date} ${each.rule}`, each])).values()];
}
