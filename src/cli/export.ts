import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { taxLots } from '#core/domain/tax/tax-lots.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { folderDisk, putInPlace, thisWriter, writeDraft } from '#core/market/files/disk.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { MANIFEST, readManifest } from '#core/market/files/manifest.ts';
import { type Format, writeTables } from '#core/market/files/table-files.ts';
import { contentOfState, type JournalContent } from '#core/store/entries.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { barTable, journalTables, type SourcedBars } from '#core/views/export.ts';
import { taxCsv } from '#core/views/tax-csv.ts';
import { isFolder, latestDay, remarksOn } from './bars.ts';
import { type CliParts, type Command, type OptionValues, UsageError } from './command.ts';
import { optional, required } from './options.ts';
import { stateDir } from './state-dir.ts';
import { table } from './text.ts';

/** As in `rotor journal verify`: the output ends before the damage and leaves out damaged bars. */
const DAMAGED = 1;

/** @throws UsageError when the format is unknown. */
function formatOption(values: OptionValues): Format {
  const format = optional(values, 'format') ?? 'parquet';
  if (format === 'parquet' || format === 'arrow') return format;
  throw new UsageError(`--format: expected parquet or arrow, found "${format}"`);
}

/** @throws UsageError when it is not a year. */
function yearOption(values: OptionValues): number | undefined {
  const year = optional(values, 'tax');
  if (year === undefined) return undefined;
  if (/^(19|20)\d\d$/.test(year)) return Number(year);
  throw new UsageError(`--tax: expected a year such as 2026, found "${year}"`);
}

/** The sales of a year for tax software, next to the tables. */
async function writeTaxFile(to: string, year: number, { book }: JournalContent) {
  const sales = taxLots(book.lots)
    .disposals.filter(({ sold }) => sold.startsWith(`${year}-`))
    .toSorted((a, b) => a.at - b.at);
  const disk = folderDisk(to);
  const name = `tax-${year}.csv`;
  const bytes = new TextEncoder().encode(taxCsv(sales));
  await putInPlace(disk, await writeDraft(disk, name, thisWriter(), bytes), name);
  return { file: join(to, name), rows: sales.length };
}

/** @throws UsageError when it is not a folder. */
function target(values: OptionValues): string {
  const to = required(values, 'to', 'the folder to write');
  if (!existsSync(to) || isFolder(to)) return to;
  throw new UsageError(`--to: expected a folder, found the file "${to}"`);
}

/** Next to the journal unless another folder is given; missing if Rotor never ran. */
function barsFolder(values: OptionValues, parts: CliParts): string {
  const given = optional(values, 'data');
  const named = given ?? (parts.env['DATA_DIR'] || undefined);
  if (named === undefined) return join(stateDir(values, parts), 'bars');
  if (isFolder(named)) return named;
  const what = given === undefined ? 'DATA_DIR' : '--data';
  throw new UsageError(`${what}: expected a folder of TICKER_1D.parquet files, found "${named}"`);
}

/** Valid bars and the source of each ticker. */
async function readBars(values: OptionValues, parts: CliParts) {
  const folder = barsFolder(values, parts);
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  const set = await readFolder({ folders: [folder], tickers, latest: latestDay(parts) });
  const manifest = readManifest(await folderDisk(folder).read(MANIFEST));
  const listed = manifest.kind === 'read' ? manifest.manifest : new Map();
  const bars: readonly SourcedBars[] = tickers.flatMap((ticker) => {
    const history = set.bars.get(ticker);
    return history ? [{ history, source: listed.get(ticker)?.now?.source ?? 'found here' }] : [];
  });
  return { bars, refused: set.refused, remarks: remarksOn(set) };
}

function tablesOf(bars: readonly SourcedBars[], content: JournalContent) {
  return [barTable(bars), ...journalTables(content)];
}

async function run(values: OptionValues, parts: CliParts) {
  const to = target(values);
  const format = formatOption(values);
  const year = yearOption(values);
  const content = contentOfState(journalFiles(stateDir(values, parts)));
  const { bars, refused, remarks } = await readBars(values, parts);
  const tables = tablesOf(bars, content);
  await writeTables(folderDisk(to), tables, format);
  const files = [
    ...tables.map(({ name, rows }) => ({ file: join(to, `${name}.${format}`), rows })),
    ...(year === undefined ? [] : [await writeTaxFile(to, year, content)]),
  ];
  const { fault } = content;
  return {
    exit: fault === undefined && refused.size === 0 ? 0 : DAMAGED,
    json: { files, fault: fault ?? null, refused: Object.fromEntries(refused) },
    text: table(files.map(({ file, rows }) => [file, `${rows}`, 'rows'])),
    remarks: [...remarks, ...(fault === undefined ? [] : [`DAMAGED: ${fault}`])],
  };
}

/** Named exportCommand because `export` is a reserved word. */
export const exportCommand: Command = {
  usage: '--to DIR [--format parquet|arrow] [--tax YEAR] [--state DIR]',
  options: {
    to: { type: 'string' },
    format: { type: 'string' },
    tax: { type: 'string' },
    state: { type: 'string' },
  },
  run,
};
