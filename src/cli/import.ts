import { realpathSync } from 'node:fs';
import { lastFinalSession } from '#core/domain/calendar.ts';
import { epochMs } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { folderDisk } from '#core/market/files/disk.ts';
import { noFilesReason, otherFiles } from '#core/market/files/folder.ts';
import { type ImportedFile, importBars } from '#core/market/import/import.ts';
import { lineOn } from '#core/market/import/import-at-start.ts';
import { isFolder, latestDay, storeFolder } from './bars.ts';
import { type CliParts, type Command, type OptionValues, UsageError } from './command.ts';
import { required } from './options.ts';
import { table } from './text.ts';

/** A file was rejected or there was none: an error in the arguments, like any other. */
const REFUSED = 2;

/** @throws UsageError when it is not a folder, or is the store itself. */
function source(values: OptionValues, store: string): string {
  const expected = 'a folder of TICKER_1D.parquet files';
  const from = required(values, 'from', expected);
  if (!isFolder(from)) throw new UsageError(`--from: expected ${expected}, found "${from}"`);
  if (isFolder(store) && realpathSync(store) === realpathSync(from)) {
    throw new UsageError(`--from: expected a folder other than the store's, found "${from}"`);
  }
  return from;
}

function report(files: readonly ImportedFile[]): string {
  if (files.length === 0) return '';
  const rows = files.map(({ ticker, verdict, rows: count, added, first, last }) => [
    ...[ticker, verdict, String(count), `${added} new`, first ?? '-', last ?? '-'],
  ]);
  const said = files.filter(({ reason, repairs }) => reason !== null || repairs.length > 0);
  return [table(rows), ...said.map(lineOn)].join('\n');
}

async function run(values: OptionValues, parts: CliParts) {
  const store = storeFolder(values, parts.env);
  const from = source(values, store);
  const files = await importBars({
    from,
    disk: folderDisk(store),
    now: () => epochMs(parts.now()),
    tickers: new Set(instruments(UNIVERSE).map(({ ticker }) => ticker)),
    latest: latestDay(parts),
    through: lastFinalSession(epochMs(parts.now())).date,
  });
  const isRefused = files.some(({ verdict }) => verdict === 'refused');
  const isNothing = files.every(({ verdict }) => verdict === 'skipped');
  const others = (await otherFiles(from)).map((each) => `not imported: ${each}`);
  const remarks = files.length === 0 ? [await noFilesReason(from)] : others;
  const exit = isRefused || isNothing ? REFUSED : 0;
  return { exit, json: { files }, text: report(files), remarks };
}

/** Named importCommand because `import` is a reserved word. */
export const importCommand: Command = {
  usage: '--from DIR',
  options: { from: { type: 'string' } },
  run,
};
