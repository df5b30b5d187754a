/** Sound files of many writers: what is damaged afterwards. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bar, type BarHistory, barHistory } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import { parquetBytes } from '#core/market/files/parquet.ts';
import { parseTable } from '#core/market/files/parquet-table.ts';
import { historyOf } from '#core/market/files/table-history.ts';
import { day, XLK } from '../histories.ts';
import { chanceFrom } from './chance.ts';
import { DOUBLES, fileOf } from './writer.ts';

export interface Original {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly history: BarHistory;
}

const FIXTURES = join(import.meta.dirname, '../fixtures');

/** Prices with every bit of a double in use, as adjusted prices have them. */
export function walk(from: string, to: string, seed: number): readonly Bar[] {
  const chance = chanceFrom(seed);
  let close = 40 + 100 * chance.fraction();
  return sessionsIn(day(from), day(to)).map(({ date }) => {
    const open = close * (1 + (chance.fraction() - 0.5) * 0.01);
    close = open * (1 + (chance.fraction() - 0.49) * 0.02);
    const high = Math.max(open, close) * (1 + chance.fraction() * 0.01);
    const low = Math.min(open, close) * (1 - chance.fraction() * 0.01);
    return { date, open, high, low, close, volume: 1_000_000 + chance.below(9_000_000) };
  });
}

/** Rotor's own files, short and of ten years, other encodings, and what pandas and pyarrow wrote. */
export async function originals(): Promise<readonly [Original, ...Original[]]> {
  const year = barHistory(XLK, walk('2023-06-01', '2024-06-28', 1));
  const own = { name: 'a year of Rotor', bytes: await parquetBytes(year), history: year };
  const decade = barHistory(XLK, walk('2015-01-02', '2024-06-28', 2));
  const plain = { ...DOUBLES, compression: 'UNCOMPRESSED' } as const;
  const gzip = { ...DOUBLES, compression: 'GZIP', statistics: false } as const;
  const made = [
    { name: 'ten years of Rotor', bytes: await parquetBytes(decade), history: decade },
    { name: 'a year uncompressed', bytes: await fileOf(rowsOf(year), plain), history: year },
    { name: 'a year in gzip', bytes: await fileOf(rowsOf(year), gzip), history: year },
  ];
  const files = readdirSync(FIXTURES).filter((name) => name.endsWith('.parquet'));
  const others: Original[] = [];
  for (const name of files.toSorted()) {
    const bytes = Uint8Array.from(readFileSync(join(FIXTURES, name)));
    const reading = parseTable(new Uint8Array(bytes).buffer);
    if (reading.kind !== 'table') throw new Error(`${name}: ${reading.reason}`);
    others.push({ name, bytes, history: historyOf(reading.table, XLK) });
  }
  return [own, ...made, ...others];
}

export function rowsOf(history: BarHistory): readonly Bar[] {
  const { dates, open, high, low, close, volume } = history;
  const at = (column: Float64Array, row: number): number => column[row] ?? Number.NaN;
  return dates.map((date, row) => ({
    date,
    open: at(open, row),
    high: at(high, row),
    low: at(low, row),
    close: at(close, row),
    volume: at(volume, row),
  }));
}
