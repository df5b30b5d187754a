/**
 * How long a person waits at the terminal and at a start, compared with an empty node and the bare
 * libraries: medians of seven, with the programs in turn so that a busy moment affects all.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from './bars.ts';

const RUNS = 7;
const LIBRARIES = ['discord.js', '@alpacahq/alpaca-trade-api', 'better-sqlite3', 'zod', 'pino'];
const DECIDE = ['decide', '--as-of', '2024-06-28', '--equity', '100000', '--data', 'data/sample'];

const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  'an empty node': ['node', '--eval', '0'],
  'rotor --help': ['node', 'bin/rotor.mjs', '--help'],
  'rotor decide': ['node', 'bin/rotor.mjs', ...DECIDE],
  'the bare libraries': [
    ...['node', '--import', './bin/compile-cache.mjs', '--input-type=module', '--eval'],
    LIBRARIES.map((name) => `await import('${name}');`).join(''),
  ],
  // Without settings it loads every module, reports what is missing, and exits.
  'the modules of the desk': ['node', '--import', './bin/compile-cache.mjs', 'src/main.ts'],
  'npm’s own start': ['npm', '--version'],
};

interface Times {
  readonly wall: number;
  /** User and system time of all threads, which hardly depends on the machine's load. */
  readonly processor: number;
}

/** Prints both times of each program. */
export function benchQuick(report: Report): void {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-quick-'));
  const env = { ...process.env, STATE_DIR: folder, DISCORD_TOKEN: 'unused' };
  try {
    const programs = Object.entries(PROGRAMS).map(([name, words]) => ({ name, words }));
    for (const { words } of programs) timed(words, env);
    const rounds = Array.from({ length: RUNS }, () =>
      programs.map(({ words }) => timed(words, env)),
    );
    for (const [at, { name }] of programs.entries()) {
      const times = rounds.flatMap((round) => round[at] ?? []);
      report(name, medianOf(times.map(({ wall }) => wall)), 'ms');
      report('  of the processor', medianOf(times.map(({ processor }) => processor)), 'ms');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(words: readonly string[], env: NodeJS.ProcessEnv): Times {
  const line = 'TIMEFORMAT="%R %U %S"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const { stdout } = spawnSync('bash', ['-c', line, 'timed', ...words], { env, encoding: 'utf8' });
  const [real = 0, user = 0, system = 0] = stdout.trim().split(' ').map(Number);
  return { wall: real * 1_000, processor: (user + system) * 1_000 };
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;
}
