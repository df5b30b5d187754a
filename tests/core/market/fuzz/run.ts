/** Mutated files through the store's reading path, counted by kind and by what came of them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BarHistory } from '#core/domain/bar.ts';
import { epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { createBarFiles, type FileReading } from '#core/market/files/bar-files.ts';
import { MANIFEST, manifestBytes, sha256 } from '#core/market/files/manifest.ts';
import { isUnconfirmed } from '#core/market/files/origin.ts';
import { importBars } from '#core/market/import/import.ts';
import { XLK } from '../histories.ts';
import { memoryDisk } from '../memory-disk.ts';
import { chanceFrom } from './chance.ts';
import { KINDS, type Kind, LATEST, MUTATIONS, THROUGH } from './mutations.ts';
import { type Original, originals, rowsOf } from './originals.ts';

/**
 * `listed`: the manifest names the file's hash. `list`: that manifest is what is damaged, and the
 * file is sound. `found`: the file lies in the store and no manifest names it. `imported`: elsewhere.
 */
export const REGIMES = ['listed', 'list', 'found', 'imported'] as const;
export type Regime = (typeof REGIMES)[number];

/** How often each comes up. */
const OFTEN: readonly [Regime, ...Regime[]] = [
  ...(['listed', 'listed', 'listed', 'list', 'found', 'imported', 'imported'] as const),
];

/**
 * `same`: every row as before, bit by bit. `repaired`: that too, and it is told what was put right.
 * `fewer`: every row that is there is as before. `different`: some number is another.
 * `unmarked`: different, and nothing says that the numbers are anybody's but the source's. `mute`:
 * refused without the file's name and a reason.
 */
export const OUTCOMES = [
  ...(['same', 'repaired', 'refused', 'late', 'fewer', 'different', 'unmarked', 'mute'] as const),
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Counted {
  readonly regime: Regime;
  readonly kind: Kind;
  readonly outcome: Outcome;
  /** From the call to its answer, milliseconds. */
  readonly took: number;
  readonly original: string;
  readonly reason: string;
  /** How far the worst close is off, as a fraction; 0 where no close differs. */
  readonly closeOff: number;
}

export interface FuzzParts {
  readonly files: number;
  readonly seed: number;
  /** Milliseconds of any clock. */
  readonly now: () => number;
  readonly onFile?: (counted: Counted, done: number) => void;
}

/** Regime, kind and original go round, so that each meets each; chance only chooses where. */
export async function fuzz(parts: FuzzParts): Promise<readonly Counted[]> {
  const all = await originals();
  const stores = new Map<Original, ReadonlyMap<string, Uint8Array>>();
  for (const original of all) stores.set(original, await storeOf(original));
  const folder = await mkdtemp(join(tmpdir(), 'rotor-fuzz-'));
  const counted: Counted[] = [];
  try {
    for (let file = 0; file < parts.files; file++) {
      const chance = chanceFrom(parts.seed * 1_000_003 + file);
      const kind = KINDS[file % KINDS.length] ?? 'nothing';
      const round = Math.floor(file / KINDS.length);
      const regime = chance.pick(OFTEN);
      // The first, Rotor's own, as often as all the others.
      const original = round % 2 === 0 ? all[0] : chance.pick(all);
      const store = stores.get(original) ?? new Map();
      const whole = regime === 'list' ? (store.get(MANIFEST) ?? NONE) : original.bytes;
      const bytes = await MUTATIONS[kind]({ ...original, bytes: whole }, chance);
      const tried = { original, bytes, store, folder, ...parts };
      const one = { ...(await TRY[regime](tried)), regime, kind, original: original.name };
      counted.push(one);
      parts.onFile?.(one, counted.length);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return counted;
}

/** The file and a manifest that names it. */
async function storeOf(original: Original) {
  const disk = memoryDisk();
  const files = createBarFiles({ disk, now: () => NOW, writer: 'one' });
  const origin = { source: 'test source', feed: 'sip', adjustment: 'all', fetchedAt: NOW };
  const entry = await files.put(original.history, origin);
  const now = { ...entry, sha256: sha256(original.bytes) };
  await disk.write(FILE, original.bytes);
  await disk.write(MANIFEST, manifestBytes(new Map([[XLK, { now }]])));
  return disk.afterKill().files();
}

interface Tried extends FuzzParts {
  readonly original: Original;
  readonly store: ReadonlyMap<string, Uint8Array>;
  readonly bytes: Uint8Array;
  readonly folder: string;
}

type Came = Pick<Counted, 'outcome' | 'took' | 'reason' | 'closeOff'>;

const FILE = 'XLK_1D.parquet';
const NONE = new Uint8Array();
const NOW = epochMs(0);
const READ = { tickers: [XLK] };

const TRY: Readonly<Record<Regime, (tried: Tried) => Promise<Came>>> = {
  listed: (tried) => readStored(tried, FILE),
  list: (tried) => readStored(tried, MANIFEST),
  found: (tried) => readStored({ ...tried, store: new Map() }, FILE),
  async imported({ original, bytes, now, folder }) {
    await writeFile(join(folder, FILE), bytes);
    const disk = memoryDisk();
    const files = createBarFiles({ disk, now: () => NOW, writer: 'one' });
    return timed(now, original, async () => {
      const into = {
        latest: LATEST,
        through: THROUGH,
        disk,
        now: () => NOW,
        writer: 'one',
        from: folder,
      };
      const [file] = await importBars({ ...into, tickers: new Set([XLK]) });
      if (file?.verdict === 'refused') {
        return {
          reading: { kind: 'damaged', reason: file.reason ?? '' },
          isMarked: true,
          repairs: [],
        };
      }
      const reading = (await files.read(READ)).get(XLK);
      const { source } = reading?.kind === 'sound' ? reading.entry : { source: '' };
      return { reading, repairs: file?.repairs ?? [], isMarked: isUnconfirmed(source) };
    });
  },
};

function readStored({ original, bytes, store, now }: Tried, damaged: string): Promise<Came> {
  const disk = memoryDisk(new Map(store).set(damaged, bytes));
  const files = createBarFiles({ disk, now: () => NOW, writer: 'one' });
  return timed(now, original, async () => {
    const reading = await files.read(READ).then((found) => found.get(XLK), newerRotor);
    return { reading, repairs: [], isMarked: false };
  });
}

/** A digit of the format may be what was flipped; the store then leaves the folder alone. */
function newerRotor(error: unknown): FileReading {
  if (!(error instanceof TradingError)) throw error;
  return { kind: 'unread', reason: error.message };
}

interface Answer {
  readonly reading: FileReading | undefined;
  readonly repairs: readonly string[];
  /** Whether the manifest says that a file brought the rows, and no source. */
  readonly isMarked: boolean;
}

async function timed(
  now: () => number,
  { history }: Original,
  read: () => Promise<Answer>,
): Promise<Came> {
  const began = now();
  const answer = await read();
  const { reading } = answer;
  const took = now() - began;
  const reason = reading && 'reason' in reading ? reading.reason : '';
  const closeOff = reading?.kind === 'sound' ? worstClose(history, reading.history) : 0;
  return { outcome: outcomeOf(answer, history), took, reason, closeOff };
}

function outcomeOf({ reading, repairs, isMarked }: Answer, before: BarHistory): Outcome {
  if (reading?.kind !== 'sound') {
    if (
      !reading ||
      !('reason' in reading) ||
      !(reading.reason.startsWith(FILE) || reading.reason.startsWith(MANIFEST))
    )
      return 'mute';
    return reading.reason.includes('was not parsed') ? 'late' : 'refused';
  }
  const known = new Map(rowsOf(before).map((row) => [row.date, JSON.stringify(row)]));
  const rows = rowsOf(reading.history);
  const isRight = rows.every((row) => known.get(row.date) === JSON.stringify(row));
  if (!isRight) return isMarked ? 'different' : 'unmarked';
  if (rows.length < known.size) return 'fewer';
  return repairs.length > 0 ? 'repaired' : 'same';
}

function worstClose(before: BarHistory, after: BarHistory): number {
  const known = new Map(before.dates.map((date, row) => [date, before.close[row]]));
  const off = after.dates.map((date, row) => {
    const close = known.get(date);
    return close === undefined ? 1 : Math.abs((after.close[row] ?? 0) / close - 1);
  });
  return Math.max(0, ...off);
}
