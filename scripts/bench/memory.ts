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
import { startServers } from '../../tests/support/sandbox-process.ts';
import { imageLimits } from '../image/limits.ts';
import { ANSWERS, CHARTS, passMonth, readCharts, readEverything, SETTLE_MS } from './load.ts';

const PORT = 18_998;
const given = process.argv.slice(2);
const { flags, env } = imageLimits();

const folder = mkdtempSync(join(tmpdir(), 'rotor-memory-'));
const servers = await startServers(folder);
const limited = {
  ...servers.environment,
  STATE_DIR: join(folder, 'rotor'),
  HEALTH_PORT: String(PORT),
  ...env,
};
const rotor = startRotor(limited, given.length > 0 ? given : flags);
try {
  await rotor.said(/seconds from the start/);
  await wait(SETTLE_MS);
  await print('after the start');
  await readEverything(servers);
  await print(`after ${ANSWERS} commands`);
  await readCharts(servers);
  await print(`after ${CHARTS} charts`);
  await wait(SETTLE_MS);
  await print('  and a rest');
  await passMonth(servers);
  await wait(SETTLE_MS);
  await print('after a month of the market');
} finally {
  await rotor.end('SIGTERM');
  await servers.close();
  rmSync(folder, { recursive: true, force: true });
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
