/** Cost of reading the whole store, step by step, up to a decision. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decide } from '#core/decide/decide.ts';
import { type BarHistory, firstFault } from '#core/domain/bar.ts';
import { epochMs, type SessionDate, sessionDate, type Ticker } from '#core/domain/units.ts';
import { instruments, peers, UNIVERSE } from '#core/domain/universe.ts';
import { createBarStore } from '#core/market/bar-store.ts';
import { createBarFiles } from '#core/market/files/bar-files.ts';
import { type Disk, folderDisk } from '#core/market/files/disk.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { fileOf, MANIFEST, readManifest, sha256 } from '#core/market/files/manifest.ts';
import { parseTable } from '#core/market/files/parquet-table.ts';
import { historyOf } from '#core/market/files/table-history.ts';
import { MODELS } from '#models/list.ts';
import { decisionInput } from '#tests/support/deciding.ts';

const TICKERS = instruments(UNIVERSE).map(({ ticker }) => ticker);
const LATEST = sessionDate('2026-11-20');
const WARM_RUNS = 30;

/** Prints one measured value with its unit. */
export type Report = (name: string, value: number, unit: string) => void;

/** Milliseconds of each step of one read. */
interface Steps {
  readonly read: number;
  readonly hash: number;
  readonly parse: number;
  readonly check: number;
  readonly decide: number;
}

/** Prints the times of reading the store: cold (nothing compiled) and the warm median. */
export async function benchBars(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-bars-'));
  try {
    const disk = folderDisk(folder);
    const asOf = await fill(disk, report);
    reportSteps(report, 'cold', await timedSteps(disk, asOf));
    const warm: Steps[] = [];
    for (let run = 0; run < WARM_RUNS; run++) warm.push(await timedSteps(disk, asOf));
    reportSteps(report, 'warm', medianOf(warm));
    await throughTheStore(report, folder, asOf);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Copies the sample into a store; returns the last session that all tickers have. */
async function fill(disk: Disk, report: Report): Promise<SessionDate> {
  const { bars } = await readFolder({ folders: ['data/sample'], tickers: TICKERS, latest: LATEST });
  const files = createBarFiles({ disk, now: () => epochMs(0) });
  const origin = { source: 'sample', feed: 'sip', adjustment: 'all', fetchedAt: epochMs(0) };
  const start = performance.now();
  for (const history of bars.values()) await files.put(history, origin);
  report('13 files of bars written, durable, and entered', performance.now() - start, 'ms');
  const ends = [...bars.values()].flatMap(({ dates }) => dates.at(-1) ?? []);
  return ends.toSorted()[0] ?? LATEST;
}

async function timedSteps(disk: Disk, asOf: SessionDate): Promise<Steps> {
  const time = { read: 0, hash: 0, parse: 0, check: 0, decide: 0 };
  async function step<T>(name: keyof Steps, work: () => T | Promise<T>): Promise<T> {
    const start = performance.now();
    const result = await work();
    time[name] += performance.now() - start;
    return result;
  }
  const manifest = await step('read', async () => readManifest(await disk.read(MANIFEST)));
  if (manifest.kind !== 'read') throw new Error(manifest.reason);
  const bars = new Map<Ticker, BarHistory>();
  for (const [ticker, { now }] of manifest.manifest) {
    const bytes = await step('read', () => disk.read(fileOf(ticker)));
    if (!bytes || !now) throw new Error(`${ticker}: expected a file and its entry`);
    const hash = await step('hash', () => sha256(bytes));
    const reading = await step('parse', () => parseTable(new Uint8Array(bytes).buffer));
    if (hash !== now.sha256 || reading.kind !== 'table') throw new Error(`${ticker}: not sound`);
    const { table } = reading;
    const history = await step('check', () => historyOf(table, ticker));
    const fault = await step('check', () => firstFault(history, now.last));
    if (fault) throw new Error(`${ticker}: ${fault.reason}`);
    bars.set(ticker, history);
  }
  await step('decide', () => decision(bars, asOf));
  return time;
}

function decision(bars: ReadonlyMap<Ticker, BarHistory>, asOf: SessionDate): void {
  const prices = new Map([...bars].map(([ticker, { close }]) => [ticker, close.at(-1) ?? 0]));
  const outcome = decide({ ...decisionInput({ bars, asOf, models: MODELS }), prices });
  if (outcome.kind !== 'decided') throw new Error(outcome.reason);
}

/** As the engine does it: from an empty process to a decision, then with cached rows. */
async function throughTheStore(report: Report, folder: string, asOf: SessionDate): Promise<void> {
  const silent = { info() {}, warn() {}, error() {} };
  const fetcher = { fetch: async () => new Map() };
  const parts = {
    folder,
    fetcher,
    tickers: TICKERS,
    peers: peers(UNIVERSE),
    name: 'none',
    log: silent,
  };
  const store = createBarStore(parts);
  for (const name of ['first load', 'load with the rows held']) {
    const start = performance.now();
    const { bars } = await store.load(asOf);
    decision(bars, asOf);
    report(`the store to a decision, ${name}`, performance.now() - start, 'ms');
  }
}

function reportSteps(report: Report, name: string, steps: Steps): void {
  const total = Object.values(steps).reduce((sum, ms) => sum + ms, 0);
  report(`13 files of bars to a decision, ${name}`, total, 'ms');
  for (const [step, ms] of Object.entries(steps)) {
    report(`  ${step}, ${((100 * ms) / total).toFixed(0)} %`, ms, 'ms');
  }
}

/** The run with the median total, so that its steps add up. */
function medianOf(runs: readonly Steps[]): Steps {
  const total = (steps: Steps): number => Object.values(steps).reduce((sum, ms) => sum + ms, 0);
  const sorted = runs.toSorted((a, b) => total(a) - total(b));
  const middle = sorted[sorted.length >> 1];
  if (!middle) throw new Error('bench: no run');
  return middle;
}
