/**
 * Memory of Rotor's own process, as in the image; the servers run in another one. Measured after the start,
 * after 1,000 commands, 50 charts, and a month of the market. `node scripts/bench/memory.ts [node flags
 * instead of the image's]`.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startRotor } from '../../tests/support/process.ts';
import { readableCommands } from '../../tests/support/readable-commands.ts';
import { type Servers, startServers } from '../../tests/support/sandbox-process.ts';
import { imageLimits } from '../image/limits.ts';

const MONTH_MS = 31 * 86_400_000;
/** A session in ten real seconds. */
const SPEED = 8_640;
const CHARTS = 50;
const ANSWERS = 1_000;
/** Longer than the lifetime of an idle thread. */
const SETTLE_MS = 25_000;
const PORT = 18_998;
const given = process.argv.slice(2);
const { flags, env } = imageLimits();

const folder = mkdtempSync(join(tmpdir(), 'rotor-memory-'));
const servers = await startServers(folder);
const rotor = startRotor({
  ...servers.environment,
  STATE_DIR: join(folder, 'rotor'),
  HEALTH_PORT: String(PORT),
  ...env,
  NODE_OPTIONS: (given.length > 0 ? given : flags).join(' '),
});
try {
  await rotor.said(/seconds from the start/);
  await wait(SETTLE_MS);
  await print('after the start');
  await ask(servers, readableCommands(), ANSWERS);
  await print(`after ${ANSWERS} commands`);
  await ask(servers, ['rankings', 'performance'], CHARTS);
  await print(`after ${CHARTS} charts`);
  await wait(SETTLE_MS);
  await print('  and a rest');
  await month(servers);
  await wait(SETTLE_MS);
  await print('after a month of the market');
} finally {
  await rotor.end('SIGTERM');
  await servers.close();
  rmSync(folder, { recursive: true, force: true });
}

async function ask(to: Servers, names: readonly string[], times: number): Promise<void> {
  for (let run = 0; run < times; run++) await to.operate(names[run % names.length] ?? 'status');
}

async function month(of: Servers): Promise<void> {
  const end = of.time.now() + MONTH_MS;
  await of.setSpeed(SPEED);
  while (of.time.now() < end) await wait(500);
  await of.setSpeed(0);
}

async function print(when: string): Promise<void> {
  const status = readFileSync(`/proc/${rotor.child.pid}/status`, 'utf8');
  const mb = (name: string): string =>
    String(Math.round(Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]) / 1_024));
  const metrics = await (await fetch(`http://127.0.0.1:${PORT}/metrics`)).text();
  const of = (kind: string): number =>
    Math.round(Number(new RegExp(`kind="${kind}"} (\\d+)`).exec(metrics)?.[1]) / 1_048_576);
  console.log(
    `${when.padEnd(30)} ${mb('VmRSS')} MB, highest ${mb('VmHWM')}; anonymous ${mb('RssAnon')}, ` +
      `files ${mb('RssFile')}; heap ${of('heapUsed')}, external ${of('external')}`,
  );
}
