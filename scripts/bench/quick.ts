/**
 * How long a person waits at the terminal and at a start, compared with an empty node, the bare libraries
 * and pandas: medians of seven, with the programs in turn so that a busy moment affects all.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from './bars.ts';
import { medianOf } from './median.ts';
import { benchNpmStart } from './npm-start.ts';

const RUNS = 7;
const BARS = 'data/sample';
const LIBRARIES = ['discord.js', '@alpacahq/alpaca-trade-api', 'better-sqlite3', 'zod', 'pino'];
const EMPTY = 'an empty node';
const HYPARQUET = 'hyparquet alone, 13 files';
const PANDAS = 'a pandas script that ranks';
const BARE = 'the bare libraries';

interface Program {
  readonly name: string;
  readonly words: readonly string[];
  /** The program that it is compared with, and at most how many times as long it may take. */
  readonly goal?: { readonly than: string; readonly times: number; readonly less?: string };
}

/** A script that keeps its compiled form, as every program of Rotor does. */
const script = (text: string): readonly string[] => [
  ...['node', '--import', './bin/compile-cache.mjs', '--input-type=module', '--eval', text],
];

const READ_BARE = `
  import { readdirSync, readFileSync } from 'node:fs';
  import { parquetRead } from 'hyparquet';
  for (const name of readdirSync('${BARS}').filter((each) => each.endsWith('.parquet'))) {
    const file = new Uint8Array(readFileSync('${BARS}/' + name)).buffer;
    await parquetRead({ file, onChunk() {} });
  }`;

const READ_CHECKED = `
  await import('./src/ops/resolve.ts');
  const { readFolder } = await import('./src/core/market/files/folder.ts');
  const { instruments, UNIVERSE } = await import('./src/core/domain/universe.ts');
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  const read = await readFolder({ folders: ['${BARS}'], tickers, latest: '2100-01-01' });
  if (read.bars.size !== tickers.length) throw new Error('not every file was read');`;

const RANK = `
import glob, pandas
frames = {name: pandas.read_parquet(name) for name in sorted(glob.glob('${BARS}/*.parquet'))}
momenta = {name: frame.close.iloc[-1] / frame.close.iloc[-127] - 1 for name, frame in frames.items()}
print(sorted(momenta.items(), key=lambda each: -each[1]))`;

const DECIDE = ['decide', '--as-of', '2024-06-28', '--equity', '100000', '--data', BARS];

const PROGRAMS: readonly Program[] = [
  { name: EMPTY, words: ['node', '--eval', '0'] },
  {
    name: 'rotor --help',
    words: ['node', 'bin/rotor.mjs', '--help'],
    goal: { than: EMPTY, times: 3 },
  },
  { name: PANDAS, words: [process.env['PYTHON'] ?? 'python3', '-c', RANK] },
  {
    name: 'rotor decide',
    words: ['node', 'bin/rotor.mjs', ...DECIDE],
    goal: { than: PANDAS, times: 0.5 },
  },
  { name: HYPARQUET, words: script(READ_BARE) },
  {
    name: 'reading and checking 13 files',
    words: script(READ_CHECKED),
    goal: { than: HYPARQUET, times: 4, less: EMPTY },
  },
  { name: BARE, words: script(LIBRARIES.map((name) => `await import('${name}');`).join('')) },
  {
    // Without settings it loads every module, reports what is missing, and exits.
    name: 'the modules of the desk',
    words: ['node', '--import', './bin/compile-cache.mjs', 'src/main.ts'],
    goal: { than: BARE, times: 1.2 },
  },
  { name: 'npm’s own start', words: ['npm', '--version'] },
];

interface Times {
  readonly wall: number;
  /** User and system time of all threads, which hardly depends on the machine's load. */
  readonly processor: number;
}

/** Prints both times of each program, and how many times as long it takes as what it is compared with. */
export async function benchQuick(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-quick-'));
  const env = { ...process.env, STATE_DIR: folder, DISCORD_TOKEN: 'unused' };
  try {
    const programs = PROGRAMS.filter(({ name, words }) => isThere(name, words, env));
    const rounds = Array.from({ length: RUNS }, () =>
      programs.map(({ words }) => timed(words, env)),
    );
    const medians = new Map(
      programs.map(({ name }, at) => [
        name,
        medianTimes(rounds.flatMap((round) => round[at] ?? [])),
      ]),
    );
    for (const program of programs) print(report, program, medians);
    await benchNpmStart(report, folder, RUNS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs the program once, as the first run compiles it. Pandas is skipped with a line where it is missing. */
function isThere(
  name: string,
  [program = '', ...words]: readonly string[],
  env: NodeJS.ProcessEnv,
) {
  const { status } = spawnSync(program, words, { env, stdio: 'ignore' });
  const runs = name !== PANDAS || status === 0;
  if (!runs) console.log(`${name}: skipped, ${program} has no pandas (PYTHON names another)`);
  return runs;
}

function print(report: Report, { name, goal }: Program, medians: ReadonlyMap<string, Times>): void {
  const own = medians.get(name);
  const other = goal && medians.get(goal.than);
  report(name, own?.wall ?? Number.NaN, 'ms');
  report('  of the processor', own?.processor ?? Number.NaN, 'ms');
  if (!own || !other) return;
  const less = medians.get(goal.less ?? '') ?? { wall: 0, processor: 0 };
  const ratio = (own.processor - less.processor) / (other.processor - less.processor);
  report(`  of it, times ${goal.than} (goal ${goal.times})`, ratio, '×');
}

function timed(words: readonly string[], env: NodeJS.ProcessEnv): Times {
  const line = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const { stdout } = spawnSync('bash', ['-c', line, 'timed', ...words], { env, encoding: 'utf8' });
  const [real = 0, user = 0, system = 0] = stdout.trim().split(' ').map(Number);
  return { wall: real * 1_000, processor: (user + system) * 1_000 };
}

function medianTimes(times: readonly Times[]): Times {
  return {
    wall: medianOf(times.map(({ wall }) => wall)),
    processor: medianOf(times.map(({ processor }) => processor)),
  };
}
