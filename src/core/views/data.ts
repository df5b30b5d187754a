/** The bars that the desk decides on, ticker by ticker. */
import type { Mode } from '../domain/account.ts';
import type { BarProvenance, Bars } from '../domain/bar.ts';
import { lastClosedSession, sessionsBetween } from '../domain/calendar.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs, SessionDate, Ticker } from '../domain/units.ts';
import { instruments, UNIVERSE } from '../domain/universe.ts';

export interface DataRow {
  readonly ticker: Ticker;
  readonly rows: number;
  readonly first: SessionDate | undefined;
  readonly last: SessionDate | undefined;
  /** Closed sessions after the last bar; undefined without a bar. */
  readonly ageSessions: number | undefined;
  /** What is wrong with it, in words; undefined when nothing is. */
  readonly finding: string | undefined;
  /** Undefined where the source keeps no account of it. */
  readonly provenance: BarProvenance | undefined;
}

export interface DataView {
  readonly mode: Mode;
  readonly at: EpochMs;
  readonly source: string;
  /** The last session that every ticker has. */
  readonly asOf: SessionDate | undefined;
  readonly expected: SessionDate | undefined;
  /** Every ticker that a decision reads, in universe order; strangers last. */
  readonly rows: readonly DataRow[];
  /** Why no decision could be taken now; a sentence. */
  readonly missing: string | undefined;
}

export function dataView(bars: Bars, seen: Observation): DataView {
  const { source, asOf, missing } = seen.data;
  const closed = lastClosedSession(seen.at).date;
  const rows = instruments(UNIVERSE).map(({ ticker }): DataRow => {
    const dates = bars.get(ticker)?.dates ?? [];
    const last = dates.at(-1);
    return {
      ticker,
      rows: dates.length,
      first: dates[0],
      last,
      ageSessions: last && Math.max(0, sessionsBetween(last, closed)),
      finding: missing?.found.get(ticker),
      provenance: seen.data.provenance?.get(ticker),
    };
  });
  return {
    mode: seen.mode,
    at: seen.at,
    source,
    asOf,
    expected: missing?.expected ?? asOf,
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
    provenance: undefined,
  }));
}
