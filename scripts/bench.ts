/**
 * Timings, which do not belong in tests. `npm run bench`; for one part `npm run bench bars`, `evidence` or
 * `quick`.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dollars, epochMs } from '../src/core/domain/units.ts';
import { journalAt } from '../tests/support/journal.ts';
import { startRotor } from '../tests/support/process.ts';
import { readableCommands } from '../tests/support/readable-commands.ts';
import { benchBars } from './bench/bars.ts';
import { benchEvidence } from './bench/evidence.ts';
import { benchFetch } from './bench/fetch.ts';
import { firstAnswer } from './bench/npm-start.ts';
import { benchQuick } from './bench/quick.ts';
import { benchStart } from './bench/start.ts';

const COMMANDS_A_SECOND = 20;
const SECONDS = 15;

const report = (name: string, value: number, unit: string): void =>
  console.log(`${name.padEnd(44)} ${value.toFixed(value < 10 ? 2 : 0).padStart(8)} ${unit}`);

async function timed<T>(work: () => T | Promise<T>): Promise<readonly [T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

const folder = mkdtempSync(join(tmpdir(), 'rotor-bench-'));
try {
  const only = process.argv[2];
  if (only === undefined || only === 'quick') await benchQuick(report);
  if (only === undefined || only === 'evidence') await benchEvidence(report);
  if (only === undefined || only === 'bars') {
    await benchBars(report);
    await benchFetch(report);
  }
  if (only === undefined) {
    await journal();
    await benchStart(report, folder);
    await desk();
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

async function journal(): Promise<void> {
  const clock = { now: () => epochMs(0), sleep: async () => {} };
  const book = journalAt(join(folder, 'journal.sqlite'), clock);
  const [, ms] = await timed(() => {
    for (let run = 0; run < 500; run++) book.append({ kind: 'stopped', reason: `${dollars(run)}` });
  });
  report('one journal entry, durable', ms / 500, 'ms');
}

async function desk(): Promise<void> {
  const rotor = startRotor({ STATE_DIR: folder, SANDBOX_PORT: '0', SANDBOX_SPEED: 'minute' });
  const since = performance.now();
  await rotor.said(/initial-\S+ (complete|partial)/);
  report('start to first rebalance filled', performance.now() - since, 'ms');
  await rotor.said(/Discord: ready/);
  report('start to desk posted and pinned', performance.now() - since, 'ms');
  await commands((await rotor.said(/desk at \S+/)).replace('desk at ', ''));
  const again = performance.now();
  await rotor.end('SIGINT');
  report('Ctrl-C to the end', performance.now() - again, 'ms');
}

/** From a person's press to the first answer, with everyone asking at once; 300 commands. */
async function commands(address: string): Promise<void> {
  const readable = readableCommands();
  const asked: Promise<number>[] = [];
  for (let index = 0; index < COMMANDS_A_SECOND * SECONDS; index++) {
    const command = readable[index % readable.length] ?? 'status';
    asked.push(firstAnswer(address, command));
    await new Promise((resolve) => setTimeout(resolve, 1_000 / COMMANDS_A_SECOND));
  }
  const times = (await Promise.all(asked)).sort((one, other) => one - other);
  const at = (share: number): number => times[Math.floor((times.length - 1) * share)] ?? 0;
  report(`first answer of ${times.length} commands, 20 a second, median`, at(0.5), 'ms');
  report('  of 100 the 99th', at(0.99), 'ms');
  report('  slowest', at(1), 'ms');
}
