import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BarHistory } from '#core/domain/bar.ts';
import type { Ticker } from '#core/domain/units.ts';
import { parseTable } from '#core/market/files/parquet-table.ts';
import { historyOf } from '#core/market/files/table-history.ts';

/** The rows of one file as they stand in it, unchecked; rejects with its name and why it has none. */
export async function readBars(file: string, ticker: Ticker): Promise<BarHistory> {
  const reading = parseTable(new Uint8Array(await readFile(file)).buffer, ticker);
  if (reading.kind === 'table') return historyOf(reading.table, ticker);
  throw new Error(`${basename(file)}: ${reading.reason}`);
}
