/** A report on every file of bars: what `rotor verify` prints. */
import { basename } from 'node:path';
import { type BarHistory, lastDate } from '#core/domain/bar.ts';
import { sessionsBetween, sessionsIn } from '#core/domain/calendar.ts';
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
  /** Why it was refused, what was repaired, and what is legal but odd. */
  readonly problems: readonly string[];
}

export interface VerifyReport {
  /** By ticker. */
  readonly files: readonly FileReport[];
}

/** A day's move of the close that is rarer than a split nobody adjusted for. */
const JUMP = 0.4;

/** Checks every `TICKER_1D.parquet` in the folders and their `equities`; no bar may be after `latest`. */
export async function verifyFolder(
  folders: readonly string[],
  latest: SessionDate,
): Promise<VerifyReport> {
  const found = [...(await findFiles(folders))].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const read = await Promise.all(found.map(([symbol, file]) => readBarFile(file, symbol, latest)));
  const ends = read.flatMap((file) =>
    file.kind === 'loaded' ? (lastDate(file.history) ?? []) : [],
  );
  const newest = ends.toSorted().at(-1);
  return { files: read.map((file) => reportOn(file, newest)) };
}

function reportOn(file: BarFile, newest: SessionDate | undefined): FileReport {
  const { kind, history, repairs } = file;
  const mended = repairs.length > 0 ? 'repaired' : 'ok';
  return {
    ticker: file.ticker,
    verdict: kind === 'refused' ? 'refused' : mended,
    rows: history?.dates.length ?? 0,
    first: history?.dates[0] ?? null,
    last: history?.dates.at(-1) ?? null,
    problems: [
      ...(kind === 'refused' ? [file.reason] : []),
      ...repairs.map((repair) => `${basename(file.file)}: ${repair}`),
      ...(kind === 'loaded' ? oddities(file.history, newest) : []),
    ],
  };
}

/** Legal, and worth a look. */
function oddities(history: BarHistory, newest: SessionDate | undefined): readonly string[] {
  const { dates, volume, close } = history;
  const first = dates[0];
  const last = dates.at(-1);
  if (first === undefined || last === undefined) return [];
  const held = new Set(dates);
  const gaps = sessionsIn(first, last).flatMap(({ date }) => (held.has(date) ? [] : [date]));
  const idle = dates.filter((_, row) => volume[row] === 0);
  const jumps = dates.filter((_, row) => isJump(close[row - 1], close[row]));
  return [
    ...listed(gaps, 'session without a row', 'sessions without a row'),
    ...listed(idle, 'row with a volume of 0', 'rows with a volume of 0'),
    ...listed(jumps, 'move of more than 40 %', 'moves of more than 40 %'),
    ...lag(last, newest),
  ];
}

function lag(last: SessionDate, newest: SessionDate | undefined): readonly string[] {
  const behind = newest === undefined ? 0 : sessionsBetween(last, newest);
  const sessions = behind === 1 ? '1 session' : `${behind} sessions`;
  return behind > 0 ? [`ends ${last}, ${sessions} before the newest file (${newest})`] : [];
}

function isJump(before: number | undefined, after: number | undefined): boolean {
  return before !== undefined && after !== undefined && Math.abs(after / before - 1) > JUMP;
}

/** `5 rows with a volume of 0: 2015-10-14, 2015-11-25, 2015-11-27 and 2 more`. */
function listed(days: readonly SessionDate[], one: string, many: string): readonly string[] {
  if (days.length === 0) return [];
  const named = days.slice(0, 3).join(', ');
  const more = days.length > 3 ? ` and ${days.length - 3} more` : '';
  return [`${days.length} ${days.length === 1 ? one : many}: ${named}${more}`];
}
