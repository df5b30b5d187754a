/**
 * Runs these files: decides on the sample bars, draws, keeps a journal and starts, and compares the results
 * with the record next to this file. A stage of the image runs it on the image's own files, and anyone
 * can: `node scripts/self-test.ts [REPORT]`. `--write` updates the record after an intended change.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createDraw } from '#bot/charts/draw.ts';
import { rankingChart } from '#bot/charts/ranking.ts';
import { parseSession } from '#core/domain/calendar.ts';
import { openDatabase } from '#core/store/database.ts';
import { MODELS } from '#models/list.ts';

const RECORD = join(import.meta.dirname, 'self-test.json');
const ROOT = join(import.meta.dirname, '..');
/** A month in a bull market, one in a bear market, and one in which nothing qualifies. */
const DATES = ['2024-06-28', '2022-06-30', '2025-06-30'];
const PNG = '89504e470d0a1a0a';
/** A chart without its text is about half of that. */
const PICTURE_BYTES = 20_000;

interface Found {
  readonly models: readonly string[];
  readonly decisions: Readonly<Record<string, unknown>>;
}

function run(args: readonly string[], env: Record<string, string> = {}) {
  const options = { cwd: ROOT, env: { TZ: 'UTC', ...env }, encoding: 'utf8' } as const;
  return spawnSync(process.execPath, args, { ...options, timeout: 60_000 });
}

function json(...args: readonly string[]): unknown {
  const { status, stdout, stderr } = run([
    'src/cli.ts',
    ...args,
    '--data',
    'data/sample',
    '--json',
  ]);
  if (status !== 0) throw new Error(`rotor ${args[0]} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout);
}

function decide(): Found {
  const decision = (date: string) => json('decide', '--as-of', date, '--equity', '100000');
  return {
    models: MODELS.map(({ id }) => id),
    decisions: Object.fromEntries(DATES.map((date) => [date, decision(date)])),
  };
}

/** Rotor itself, with half a configuration: every module is loaded before it reports what is missing. */
function start(): void {
  const { status, stderr } = run(['src/main.ts'], { DISCORD_TOKEN: 'canary-self-test' });
  if (status !== 2 || !stderr.includes('ALPACA_KEY_ID: is not set')) {
    throw new Error(`the desk did not say what it lacks, but ended with ${status}: ${stderr}`);
  }
  if (stderr.includes('canary')) throw new Error('the desk repeats a secret');
}

async function draw(): Promise<number> {
  const rows = [{ ticker: 'XLK', momentum: 0.12, chosen: true }];
  const asOf = parseSession('2024-06-28').date;
  const chart = rankingChart({ lookback: 126, asOf, rows, cutoff: 0.1, minimum: 0 });
  if (chart === undefined) throw new Error('there is no chart to draw');
  const png = Buffer.from(await createDraw(undefined)(chart));
  if (png.subarray(0, 8).toString('hex') !== PNG || png.length < PICTURE_BYTES) {
    throw new Error(`the chart is no picture with words: ${png.length} bytes`);
  }
  return png.length;
}

function keep(): void {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-self-test-'));
  try {
    const database = openDatabase(join(folder, 'journal.sqlite'));
    database.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The report and its folder, with fixed timestamps: two builds of a commit are identical. */
function write(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  for (const path of [file, dirname(file)]) utimesSync(path, 0, 0);
}

const found = decide();
const [flag] = process.argv.slice(2);
if (flag === '--write') {
  writeFileSync(RECORD, `${JSON.stringify(found, undefined, 2)}\n`);
} else {
  const expected: Found = JSON.parse(readFileSync(RECORD, 'utf8'));
  if (!isDeepStrictEqual(found, expected)) {
    console.error(`self-test: found ${JSON.stringify(found)}`);
    throw new Error('the decisions on the sample bars are not the expected ones');
  }
}
json('verify');
start();
keep();
const report = {
  models: found.models,
  decisions: Object.keys(found.decisions),
  chartBytes: await draw(),
  node: process.versions.node,
};
if (flag !== undefined && flag !== '--write') write(flag, `${JSON.stringify(report)}\n`);
console.log(`self-test: ${report.models.length} models decide as expected on ${DATES.join(', ')}`);
