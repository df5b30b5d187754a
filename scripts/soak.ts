/**
 * A simulated year of Rotor's own process on the sandbox, measured at the end of each month: resident
 * memory after garbage collection and at its highest, open handles, the journal's write-ahead log,
 * messages. Exit 1 when a later month is above the first. Linux only. `npm run soak -- [--months 12]
 * [--speed 8640]`, an hour on an idle machine.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { startRotor } from '../tests/support/process.ts';
import { startServers } from '../tests/support/sandbox-process.ts';
import { imageLimits } from './image/limits.ts';
import { collectGarbage, DEBUGGER } from './soak/collect-garbage.ts';
import { growthIn, HEAD, rowOf, type Sample } from './soak/verdict.ts';

const { values } = parseArgs({
  options: {
    months: { type: 'string', default: '12' },
    // Market milliseconds per real millisecond: a session in ten seconds.
    speed: { type: 'string', default: '8640' },
  },
});
const [months, speed] = [Number(values.months), Number(values.speed)];
if (!Number.isInteger(months) || months < 1 || !(speed >= 1)) {
  console.error('soak: --months is a whole number from 1, --speed a number from 1');
  process.exit(2);
}

const MONTH_MS = 30.5 * 86_400_000;
const LOOK_MS = 500;
/** Longer than the lifetime of an idle chart thread. */
const SETTLE_MS = 25_000;

const folder = mkdtempSync(join(tmpdir(), 'rotor-soak-'));
const state = join(folder, 'rotor');
const servers = await startServers(folder);
const { flags, env } = imageLimits();
const rotor = startRotor({ ...servers.environment, ...env, STATE_DIR: state }, [
  ...flags,
  '--inspect=127.0.0.1:0',
]);
const samples: Sample[] = [];
try {
  const debuggerAddress = await rotor.said(DEBUGGER);
  await rotor.said(/seconds from the start/);
  console.log(HEAD);
  for (let month = 1; month <= months; month++) {
    await pass(MONTH_MS);
    await collectGarbage(debuggerAddress);
    const before = samples.reduce((sum, { messages }) => sum + messages, 0);
    const sample = { month, ...measured(), messages: messagesSent() - before };
    samples.push(sample);
    console.log(rowOf(sample));
  }
} finally {
  await rotor.end('SIGTERM');
  await servers.close();
  rmSync(folder, { recursive: true, force: true });
}
const wrong = growthIn(samples);
for (const line of wrong) console.log(`WRONG ${line}`);
console.log(wrong.length === 0 ? 'flat after the first month' : `${wrong.length} measures grew`);
process.exit(wrong.length === 0 ? 0 : 1);

/** Lets that much market time pass, then lets idle threads end. */
async function pass(ms: number): Promise<void> {
  const end = servers.time.now() + ms;
  await servers.setSpeed(speed);
  while (servers.time.now() < end) {
    if (rotor.child.exitCode !== null) throw new Error(`the desk ended:\n${rotor.output()}`);
    await wait(LOOK_MS);
  }
  await servers.setSpeed(0);
  await wait(SETTLE_MS);
}

function measured(): Pick<Sample, 'memoryMb' | 'highestMb' | 'handles' | 'walKb'> {
  const process = `/proc/${rotor.child.pid}`;
  const status = readFileSync(`${process}/status`, 'utf8');
  const megabytes = (name: string): number =>
    Math.round(Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1]) / 1_024);
  return {
    memoryMb: megabytes('VmRSS'),
    highestMb: megabytes('VmHWM'),
    handles: readdirSync(`${process}/fd`).length,
    walKb: Math.round(statSync(join(state, 'journal.sqlite-wal')).size / 1_024),
  };
}

function messagesSent(): number {
  const database = new Database(servers.files.discord, { readonly: true });
  try {
    return Number(
      database.prepare('SELECT count(*) FROM messages WHERE private = 0').pluck().get(),
    );
  } finally {
    database.close();
  }
}
