/** `DATA_IMPORT`: runs the same import at each start, before anything is requested from the source. */
import { lastFinalSession } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import type { Ticker } from '#core/domain/units.ts';
import { sentence } from '#core/errors.ts';
import { folderDisk } from '#core/market/files/disk.ts';
import { noFilesReason, otherFiles } from '#core/market/files/folder.ts';
import type { Clock, Log } from '#core/ports.ts';
import { type ImportedFile, importBars } from './import.ts';

/** Dependencies of importAtStart. */
export interface ImportAtStart {
  /** Undefined: nothing to import. */
  readonly from: string | undefined;
  /** The store's folder. */
  readonly to: string;
  readonly tickers: readonly Ticker[];
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Logs what was imported and what was not. Never throws: the source has all of it too, and a Rotor that
 * does not start monitors nothing.
 */
export async function importAtStart({ from, to, tickers, clock, log }: ImportAtStart) {
  if (from === undefined) return;
  const now = clock.now();
  const tell = (file: ImportedFile, done: number, of: number): void => {
    const text = `bars: import ${done} of ${of}: ${lineOn(file)}`;
    if (file.verdict === 'refused') log.warn(text);
    else log.info(text);
  };
  try {
    const files = await importBars({
      from,
      disk: folderDisk(to),
      now: () => clock.now(),
      tickers: new Set(tickers),
      latest: newYorkDate(now),
      through: lastFinalSession(now).date,
      once: true,
      onFile: tell,
    });
    if (files.length === 0) return log.warn(`bars: DATA_IMPORT: ${await noFilesReason(from)}`);
    for (const other of await otherFiles(from)) {
      log.warn(`bars: DATA_IMPORT: not imported: ${other}`);
    }
  } catch (error) {
    log.error(`bars: DATA_IMPORT: the import ended early: ${sentence(error)}`);
  }
}

/** `equities/XLK_1D.parquet: imported, 2741 of 2741 rows`, with repairs or faults. */
export function lineOn({ file, verdict, added, rows, repairs, reason }: ImportedFile): string {
  const what = verdict === 'imported' ? `imported, ${added} of ${rows} rows new` : verdict;
  const said = [...repairs, ...(reason === null ? [] : [reason])];
  return [`${file}: ${what}`, ...said].join('; ');
}
