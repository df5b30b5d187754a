/** The report of `rotor verify` on every bar file. */
import { basename } from 'node:path';
import { sessionOnOrBefore, sessionsBetween } from '#core/domain/calendar.ts';
import { findingLines } from '#core/domain/finding-words.ts';
import { type DataQualityIssue, findingsByTicker } from '#core/domain/findings.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { type BarFile, findFiles, readBarFile } from './folder.ts';

/** A stable JSON format: `null`, not an absent key, where a file has no usable rows. */
export interface FileReport {
  readonly ticker: Ticker;
  /** `repaired`: only equal duplicate rows or a wrong order; used for decisions like `ok`. */
  readonly verdict: 'ok' | 'repaired' | 'refused';
  readonly rows: number;
  readonly first: SessionDate | null;
  readonly last: SessionDate | null;
  /** Why it was rejected, the repairs made, and every finding as a sentence. */
  readonly problems: readonly string[];
  /** Sessions that closed after the last row. */
  readonly ageSessions: number | null;
  /** From the manifest. */
  readonly source: string | null;
  readonly feed: string | null;
  readonly adjustment: string | null;
  /** An instant in UTC. */
  readonly fetchedAt: string | null;
  /** For a file that is not rejected, by date; a finding without a ticker is about every file. */
  readonly findings: readonly DataQualityIssue[];
}

/** The result of `rotor verify`, as printed with `--json`. */
export interface VerifyReport {
  /** By ticker. */
  readonly files: readonly FileReport[];
}

/** The reference for checking the files. */
export interface VerifyOptions {
  /** Tickers that are expected to move together. */
  readonly peers: readonly Ticker[];
  /** The last closed session, for the ages; by default the one on or before `latest`. */
  readonly closed?: SessionDate | undefined;
}

/**
 * Checks every `TICKER_1D.parquet` in the folders and their `equities`; no bar may be after `latest`.
 */
export async function verifyFolder(
  folders: readonly string[],
  latest: SessionDate,
  { peers, closed = sessionOnOrBefore(latest).date }: VerifyOptions,
): Promise<VerifyReport> {
  const found = [...(await findFiles(folders))].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const read = await Promise.all(found.map(([symbol, file]) => readBarFile(file, symbol, latest)));
  const loaded = read.flatMap((file) =>
    file.kind === 'loaded' ? [[file.ticker, file.history] as const] : [],
  );
  const findings = findingsByTicker(new Map(loaded), peers);
  return {
    files: read.map((file) => reportOn(file, findings.get(file.ticker) ?? [], closed)),
  };
}

function reportOn(
  file: BarFile,
  findings: readonly DataQualityIssue[],
  closed: SessionDate,
): FileReport {
  const { kind, history, repairs, entry } = file;
  const mended = repairs.length > 0 ? 'repaired' : 'ok';
  const last = history?.dates.at(-1);
  return {
    ticker: file.ticker,
    verdict: kind === 'refused' ? 'refused' : mended,
    rows: history?.dates.length ?? 0,
    first: history?.dates[0] ?? null,
    last: last ?? null,
    problems: [
      ...(kind === 'refused' ? [file.reason] : []),
      ...repairs.map((repair) => `${basename(file.file)}: ${repair}`),
      ...findingLines(findings),
    ],
    ageSessions: last === undefined ? null : Math.max(0, sessionsBetween(last, closed)),
    source: entry?.source ?? null,
    feed: entry?.feed ?? null,
    adjustment: entry?.adjustment ?? null,
    fetchedAt: entry?.fetchedAt ?? null,
    findings,
  };
}
