/** A folder of `TICKER_1D.parquet` files: found, read and checked row by row. */
import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { BarHistory } from '#core/domain/bar.ts';
import { type SessionDate, type Ticker, ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import type { BarSet } from '#core/ports.ts';
import { type Disk, folderDisk } from './disk.ts';
import { inspect } from './inspect-file.ts';
import { type FileEntry, fileOf, type Listed, MANIFEST } from './manifest.ts';
import { manifestOn } from './manifest-file.ts';

const TICKER_FILE = /^([A-Z][A-Z0-9.]{0,9})_1D\.parquet$/;

/** The result for one file. */
export type BarFile = {
  readonly ticker: Ticker;
  readonly file: string;
  /** Every row, even of a rejected file; undefined when the file could not be read. */
  readonly history: BarHistory | undefined;
  /** Repairs made, as sentences. */
  readonly repairs: readonly string[];
  /** The manifest's entry for the file; undefined when there is none. */
  readonly entry?: FileEntry;
} & ({ readonly kind: 'loaded'; readonly history: BarHistory } | Refusal);

interface Refusal {
  readonly kind: 'refused';
  /** The file, the row and the fault. */
  readonly reason: string;
}

/** The bars of a folder, and the repairs made. */
export interface FolderBars extends BarSet {
  /** Tickers in `bars` whose file had misordered or duplicate rows, with the repairs. */
  readonly repaired: ReadonlyMap<Ticker, string>;
}

/** The folders and tickers to search. */
export interface FolderRequest {
  /** Searched in order; each followed by its folder `equities`, as the predecessor of Rotor used them. */
  readonly folders: readonly string[];
  readonly tickers: readonly Ticker[];
  /** The last day that a bar may have: today in New York. */
  readonly latest: SessionDate;
}

/**
 * The bars of every ticker with a sound file. A ticker without a file is absent; a file that cannot be read
 * or breaks a rule for bars is rejected completely and listed, the others still load.
 */
export async function readFolder({ folders, tickers, latest }: FolderRequest): Promise<FolderBars> {
  const files = await findFiles(folders);
  const wanted = tickers.flatMap((symbol) => {
    const file = files.get(symbol);
    return file === undefined ? [] : [readBarFile(file, symbol, latest)];
  });
  const bars = new Map<Ticker, BarHistory>();
  const refused = new Map<Ticker, string>();
  const repaired = new Map<Ticker, string>();
  for (const read of await Promise.all(wanted)) {
    if (read.kind === 'refused') refused.set(read.ticker, read.reason);
    else bars.set(read.ticker, read.history);
    if (read.kind === 'loaded' && read.repairs.length > 0) {
      repaired.set(read.ticker, `${basename(read.file)}: ${read.repairs.join('; ')}`);
    }
  }
  return { bars, refused, repaired };
}

/**
 * Every `TICKER_1D.parquet` by ticker; of two files for one ticker the first found. A missing file that a
 * manifest lists is not replaced by another.
 */
export async function findFiles(folders: readonly string[]): Promise<ReadonlyMap<Ticker, string>> {
  const found = new Map<Ticker, string>();
  for (const folder of folders.flatMap((root) => [root, join(root, 'equities')])) {
    const listed = await manifestOn(folderDisk(folder));
    for (const symbol of listed.kind === 'read' ? listed.manifest.keys() : []) {
      if (!found.has(symbol)) found.set(symbol, join(folder, fileOf(symbol)));
    }
    for (const [symbol, name] of await tickerFilesIn(folder)) {
      if (!found.has(symbol)) found.set(symbol, join(folder, name));
    }
  }
  return found;
}

/**
 * Every `TICKER_1D.parquet` directly in the folder, by name; empty where it does not exist.
 * @throws TradingError `fix-config` when it cannot be listed.
 */
export async function tickerFilesIn(
  folder: string,
): Promise<readonly (readonly [Ticker, string])[]> {
  return (await namesIn(folder)).flatMap((name) => {
    const symbol = TICKER_FILE.exec(name)?.[1];
    return symbol === undefined ? [] : [[ticker(symbol), name] as const];
  });
}

/** Why a folder has no readable files, based on what it contains instead, with the remedy. */
export async function noFilesReason(folder: string): Promise<string> {
  const names = [...(await namesIn(folder)), ...(await namesIn(join(folder, 'equities')))];
  const none = `no TICKER_1D.parquet files in ${folder}`;
  const found = remediesFor(names);
  const [first] = names;
  const rest =
    first === undefined
      ? 'and nothing else'
      : `only ${first}; name the folder that holds the files`;
  return `${none}; ${found[0] ?? rest}`;
}

/** Other files that may contain bars: why each is not read, with its remedy. */
export async function otherFiles(folder: string): Promise<readonly string[]> {
  const found = await Promise.all(
    ['', 'equities'].map(async (inside) =>
      remediesFor((await namesIn(join(folder, inside))).filter((name) => !TICKER_FILE.test(name))),
    ),
  );
  return found.flat();
}

/** By kind of file, then by name. */
function remediesFor(names: readonly string[]): readonly string[] {
  const kindOf = (name: string) => OTHER_FORMATS.findIndex(({ pattern }) => pattern.test(name));
  return names
    .map((name) => ({ name, kind: kindOf(name) }))
    .toSorted((a, b) => a.kind - b.kind)
    .flatMap(({ name, kind }) => {
      const remedy = OTHER_FORMATS[kind]?.remedy(name);
      return remedy === undefined ? [] : [`${name} ${remedy}`];
    });
}

/** Other formats that people may have, and the remedy; the first match is reported. */
const OTHER_FORMATS = [
  {
    pattern: /\.(csv|tsv|txt)(\.(gz|zip|bz2|xz))?$/i,
    remedy: (name: string) => `is text, which Rotor does not read: ${inPython('csv', name)}`,
  },
  { pattern: /\.(feather|arrow|ipc)$/i, remedy: other('feather') },
  { pattern: /\.xlsx?$/i, remedy: other('excel') },
  { pattern: /\.json(\.gz)?$/i, remedy: other('json') },
  { pattern: /\.(pkl|pickle)$/i, remedy: other('pickle') },
  {
    pattern: /\.(parquet|parq|pq)\.gz$/i,
    remedy: () => 'is packed once more: unpack it with gunzip',
  },
  {
    pattern: /\.(parquet|parq|pq)$/i,
    remedy: (name: string) => `is not named as one: rename it to ${fileFor(name)}`,
  },
  {
    pattern: /=/,
    remedy: (name: string) =>
      `is a part of a parquet folder: in Python, pandas.read_parquet('${name}').to_parquet('TICKER_1D.parquet')`,
  },
] as const;

function other(format: string): (name: string) => string {
  return (name) => `is no parquet: ${inPython(format, name)}`;
}

function inPython(format: string, name: string): string {
  return `in Python, pandas.read_${format}('${name}').to_parquet('${fileFor(name)}')`;
}

/** The ticker in capitals in the name, or at its start: `HistoricalData_1.csv` has none. */
function fileFor(name: string): string {
  const capitals = /(?<![A-Za-z])[A-Z]{2,5}(?![A-Za-z])/.exec(name)?.[0];
  const first = /^[A-Za-z]{1,5}(?![A-Za-z])/.exec(name)?.[0].toUpperCase();
  return `${capitals ?? first ?? 'TICKER'}_1D.parquet`;
}

/** A missing folder has no names; most data folders have no `equities`. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(noneIfAbsent)).toSorted();
}

function noneIfAbsent(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
  throw new TradingError(
    `${error.path ?? 'the folder'}: cannot be listed (${error.code ?? error.message})`,
    'fix-config',
    {
      cause: error,
    },
  );
}

/**
 * Reads, repairs and checks one file without changing it. Where the manifest lists the ticker, the file
 * must first match the stored hash.
 */
export async function readBarFile(
  file: string,
  symbol: Ticker,
  latest: SessionDate,
): Promise<BarFile> {
  const known = { ticker: symbol, file } as const;
  const disk = folderDisk(dirname(file));
  const manifest = await manifestOn(disk);
  if (manifest.kind !== 'read') return { ...known, ...REFUSED, reason: manifest.reason };
  const listed = manifest.manifest.get(symbol);
  const asked = { disk, name: basename(file), ticker: symbol, listed, latest };
  const found = await inspect(asked);
  // A running Rotor may have replaced it since; its manifest was written first.
  const isFaulty = found.kind === 'damaged' || found.kind === 'absent';
  if (isFaulty && !isDeepStrictEqual(await listedOn(disk, symbol), listed)) {
    return readBarFile(file, symbol, latest);
  }
  switch (found.kind) {
    case 'sound':
      return { ...known, kind: 'loaded', history: found.history, repairs: [], entry: found.entry };
    case 'unlisted':
      return { ...known, kind: 'loaded', history: found.history, repairs: found.repairs };
    case 'damaged':
      return { ...known, ...found, kind: 'refused' };
    case 'unread':
      return { ...known, ...REFUSED, reason: found.reason };
    default:
      return {
        ...known,
        ...REFUSED,
        reason: `${asked.name}: is in ${MANIFEST} and not in the folder`,
      };
  }
}

async function listedOn(disk: Disk, symbol: Ticker): Promise<Listed | undefined> {
  const manifest = await manifestOn(disk);
  return manifest.kind === 'read' ? manifest.manifest.get(symbol) : undefined;
}

const REFUSED = { kind: 'refused', history: undefined, repairs: [] } as const;
