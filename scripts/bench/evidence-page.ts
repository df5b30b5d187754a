/** A long search on two threads, a HALT at the same time, and the evidence page from a cold process. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSweep } from '../../src/cli/evidence/sweep-job.ts';
import { type Grid, pointsOf } from '../../src/core/evidence/sweep.ts';
import type { BacktestSetup } from '../../src/core/evidence/trial.ts';
import { MODELS } from '../../src/models/list.ts';
import { running } from '../../tests/support/world.ts';
import { floorRun } from './floor.ts';

type Report = (name: string, value: number, unit: string) => void;

const LONG: Grid = {
  lookback: Array.from({ length: 200 }, (_, index) => 40 + index),
  top: [1, 2, 3, 4, 5],
  min: Array.from({ length: 10 }, (_, index) => index / 100),
};

/** Wall time, as two threads must be faster than one; meant for an idle machine. */
export async function benchLongSearch(report: Report, setup: BacktestSetup): Promise<void> {
  const begun = performance.now();
  const floorCpu = process.cpuUsage();
  for (const point of pointsOf(LONG)) floorRun(setup, point);
  const floor = performance.now() - begun;
  const floorUsed = process.cpuUsage(floorCpu).user;
  report('floor: 10,000 bare runs on one thread', floor, 'ms');
  const alone = await haltMs();
  let beside: number | undefined;
  const searchCpu = process.cpuUsage();
  const took = await onTwoThreads(setup, async () => {
    beside ??= await haltMs();
  });
  const searchUsed = process.cpuUsage(searchCpu).user;
  report('10,000 settings on two threads', took, 'ms');
  report('  of the floor', took / floor, 'times');
  report('  CPU of each thread, of the floor', searchUsed / 2 / floorUsed, 'times');
  report('a HALT alone', alone, 'ms');
  report('a HALT during the search', beside ?? Number.NaN, 'ms');
}

async function onTwoThreads(setup: BacktestSetup, told: () => Promise<void>): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-'));
  const { history, from, to, equity, slippageBps, limits, rules } = setup;
  const { bars, refused = new Map(), universe } = history.input;
  const halts: Promise<void>[] = [];
  const begun = performance.now();
  await runSweep({
    job: {
      ...{ bars, refused, acceptedMoves: [], universe, grid: LONG, rates: { cash: 0, margin: 0 } },
      settings: { from, to, equity, slippageBps, limits, rules },
    },
    ...{ threads: 2, file: join(folder, 'sweep.jsonl') },
    progress: () => void halts.push(told()),
  });
  const took = performance.now() - begun;
  await Promise.all(halts);
  rmSync(folder, { recursive: true });
  return took;
}

async function haltMs(): Promise<number> {
  const { engine } = await running({ models: MODELS });
  const begun = performance.now();
  await engine.halt('bench', 'stop');
  return performance.now() - begun;
}

const COUNT = `process.on('exit',()=>{const{user,system}=process.cpuUsage();process.stderr.write('CPU '+(user+system)/1000+'\\n')})`;

/** CPU time of a process that reads the bars and prints the page. */
export function benchPage(report: Report, folder: string): void {
  const state = mkdtempSync(join(tmpdir(), 'rotor-bench-'));
  const args = [
    ...['--import', `data:text/javascript,${COUNT}`, 'bin/rotor.mjs'],
    ...['evidence', '--from', '2016-01-04', '--to', '2025-11-14', '--data', folder],
    ...['--state', state, '--json'],
  ];
  const { stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  rmSync(state, { recursive: true });
  report(
    'the evidence page from a cold process',
    Number(/CPU ([\d.]+)/.exec(stderr)?.[1]),
    'ms CPU',
  );
}
