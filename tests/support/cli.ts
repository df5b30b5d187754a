import { execFile } from 'node:child_process';
import { createWriteStream, existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import parquetjs from 'parquetjs-lite';
import { type BarHistory, type Bars, barAt } from '#core/domain/bar.ts';
import { writeBars } from '#core/market/files/parquet.ts';
import { runCommandLine } from '#src/cli/run.ts';
import { COMPILE_CACHE } from './process.ts';

/** Real bars that lie beside the repository on some machines. */
export const SHARED_BARS = '../shared/bars';
export const sharedBarsPresent = existsSync(`${SHARED_BARS}/equities`);

export interface Answer {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

/** A Sunday when the exchange is closed and every bar that the tests build is long complete. */
const NOW = Date.parse('2026-11-22T12:00:00Z');

/** One offline command in this process, with an environment and a clock of its own. */
export async function rotor(
  argv: readonly string[],
  { env = {}, now = NOW }: { env?: Record<string, string>; now?: number } = {},
): Promise<Answer> {
  const out: string[] = [];
  const err: string[] = [];
  const exit = await runCommandLine(argv, {
    env,
    now: () => now,
    nodeVersion: '24.0.0',
    print: (text) => out.push(text),
    complain: (text) => err.push(text),
  });
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

/** One offline command as `npm run -s rotor` runs it: its own process. */
export function rotorProcess(argv: readonly string[]): Promise<Answer> {
  const { PATH = '', HOME = '' } = process.env;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ['src/cli.ts', ...argv],
      { env: { PATH, HOME, ...COMPILE_CACHE } },
      (_, out, err) => resolve({ exit: child.exitCode, out, err }),
    );
  });
}

/** Runs with a folder that is gone afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'rotor-bars-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** One `TICKER_1D.parquet` for each history, with lower-case columns. */
export async function writeFolder(folder: string, bars: Bars): Promise<void> {
  for (const [name, history] of bars) await writeBars(join(folder, `${name}_1D.parquet`), history);
}

/** The same, named as another writer names columns, with one more that nobody needs. */
export async function writeCapitalised(folder: string, bars: Bars): Promise<void> {
  for (const [name, history] of bars) {
    await writeCapitalisedFile(join(folder, `${name}_1D.parquet`), history);
  }
}

async function writeCapitalisedFile(file: string, history: BarHistory): Promise<void> {
  const number = { type: 'DOUBLE' } as const;
  const schema = new parquetjs.ParquetSchema({
    Open: number,
    High: number,
    Low: number,
    Close: number,
    Volume: { type: 'INT64' },
    'Stock Splits': number,
    Date: { type: 'TIMESTAMP_MILLIS', statistics: false },
  });
  const stream = createWriteStream(file);
  const writer = await parquetjs.ParquetWriter.openStream(schema, stream);
  for (let row = 0; row < history.dates.length; row++) {
    const bar = barAt(history, row);
    if (!bar) continue;
    const { open: Open, high: High, low: Low, close: Close, volume: Volume } = bar;
    const Date_ = Date.parse(`${bar.date}T05:00:00Z`);
    await writer.appendRow({ Open, High, Low, Close, Volume, 'Stock Splits': 0, Date: Date_ });
  }
  await writer.close();
}
