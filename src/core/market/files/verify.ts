/** A report on every file of bars: what `rotor verify` prints. */
import { basename } from 'node:path';
import { sessionOnOrBefore, sessionsBetween } from '#core/domain/calendar.ts';
import { findingLines } from '#core/domain/finding-words.ts';
import { type DataQualityIssue, findingsByTicker } from '#core/domain/findings.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { type BarFile, findFiles, readBarFile } from './folder.ts';

/** As JSON a contract: `null`, not an absent key, where a file has no row to speak of. */
export interface FileReport {
  readonly ticker: Ticker;
  /** `repaired`: only equal duplicate rows or a wrong order; read for decisions like `ok`. */
  readonly verdict: 'ok' | 'repaired' | 'refused';
  readonly rows: number;
  readonly first: SessionDate | null;
  readonly last: SessionDate | null;
  /** Why it was refused, what was repaired, and every finding in words. */
  readonly problems: readonly string[];
  /** Sessions that closed after the last row. */
  readonly ageSessions: number | null;
  /** As the manifest beside the file has it. */
  readonly source: string | null;
  readonly feed: string | null;
  readonly adjustment: string | null;
  /** An instant in UTC. */
  readonly fetchedAt: string | null;
  /** Of a file that is not refused, by date; one without a ticker is about every file. */
  readonly findings: readonly DataQualityIssue[];
}

/** What `rotor verify` found, as it is printed with `--json`. */
export interface VerifyReport {
  /** By ticker. */
  readonly files: readonly FileReport[];
}

/** What the files are held against. */
export interface VerifyOptions {
  /** Tickers that move with each other. */
  readonly peers: readonly Ticker[];
  /** The last session that is over, for the ages; that on or before `latest` unless told. */
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
