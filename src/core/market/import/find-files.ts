/** Bar files in a folder other than the store's, found and read without touching them. */
import { join } from 'node:path';
import type { BarHistory } from '#core/domain/bar.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { folderDisk } from '#core/market/files/disk.ts';
import { tickerFilesIn } from '#core/market/files/folder.ts';
import { type Inspection, inspect } from '#core/market/files/inspect-file.ts';
import type { FileEntry } from '#core/market/files/manifest.ts';
import { manifestOn } from '#core/market/files/manifest-file.ts';

/** One file, and the ticker in its name. */
export interface Found {
  /** Path relative to the folder: `equities/XLK_1D.parquet`. */
  readonly file: string;
  readonly folder: string;
  readonly name: string;
  readonly ticker: Ticker;
}

/** A file's sound rows, its hash and their origin. */
export interface Rows extends Pick<FileEntry, 'sha256' | 'feed' | 'adjustment'> {
  readonly history: BarHistory;
  readonly repairs: readonly string[];
}

/**
 * Every `TICKER_1D.parquet`, those directly in the folder before those of its `equities`.
 * @throws TradingError `fix-config` when a folder cannot be listed.
 */
export async function findFiles(from: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const inside of ['', 'equities']) {
    const folder = join(from, inside);
    for (const [symbol, name] of await tickerFilesIn(folder)) {
      found.push({ file: join(inside, name), folder, name, ticker: symbol });
    }
  }
  return found;
}

/** Every row checked, or why none may be used. A manifest next to the file is checked first. */
export async function readFound(
  { folder, name, ticker: symbol }: Found,
  { latest }: { readonly latest: SessionDate },
): Promise<Rows | { readonly reason: string }> {
  const disk = folderDisk(folder);
  const beside = await manifestOn(disk);
  if (beside.kind !== 'read') return { reason: beside.reason };
  const listed = beside.manifest.get(symbol);
  return rowsOf(await inspect({ disk, latest, listed, name, ticker: symbol }));
}

function rowsOf(inspected: Inspection): Rows | { readonly reason: string } {
  switch (inspected.kind) {
    case 'unlisted':
      return { ...inspected, feed: 'unknown', adjustment: 'unknown' };
    case 'sound':
      return { ...inspected.entry, history: inspected.history, repairs: [] };
    case 'damaged':
    case 'unread':
      return { reason: inspected.reason };
    case 'same':
    case 'absent':
      return { reason: 'went away while it was read' };
    default:
      return inspected satisfies never;
  }
}
