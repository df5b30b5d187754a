import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startRotor } from '#tests/support/process.ts';

/** An orphan that stays is a hang, on whatever machine. */
const HANG = { timeout: 180_000 };

let folder = '';
/** Nothing listens there. */
const ACCOUNT = {
  ALPACA_API_BASE: 'http://127.0.0.1:1',
  ALPACA_KEY_ID: 'PKTEST',
  ALPACA_SECRET_KEY: 'secret',
  DISCORD_TOKEN: 'token',
  DISCORD_GUILD_ID: '100000000000000001',
  DISCORD_CHANNEL_ID: '100000000000000002',
};
/** The groups of processes that a test began. */
const orphans: number[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-start-'));
});

afterEach(() => {
  for (const group of orphans.splice(0)) endGroup(group);
  rmSync(folder, { recursive: true, force: true });
});

function endGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // Nobody of it is left.
  }
}

/** A program that holds a port, and the port. */
async function holder(): Promise<{ readonly port: number; close(): Promise<unknown> }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('expected a port');
  return {
    port: address.port,
    close: () => {
      server.close();
      return once(server, 'close');
    },
  };
}

it('a start on a port that another program holds names the port, the holder and the remedy', async () => {
  const other = await holder();
  const rotor = startRotor({ STATE_DIR: folder, SANDBOX_PORT: String(other.port) });
  expect(await rotor.ended).not.toBe(0);
  expect(rotor.output()).toContain(
    `port ${other.port} is held by another program; stop it, or set another SANDBOX_PORT`,
  );
  expect(rotor.output()).not.toContain('EADDRINUSE');
  await other.close();
});

it.each([
  ['in the sandbox', { SANDBOX_PORT: '0' }],
  ['on an account', ACCOUNT],
])('a start %s whose state folder is a file names it and what to do', async (_, env) => {
  const file = join(folder, 'state');
  writeFileSync(file, '');
  const rotor = startRotor({ STATE_DIR: file, ...env });
  expect(await rotor.ended).toBe(2);
  expect(rotor.output()).toContain('rotor: STATE_DIR: expected a folder');
  expect(rotor.output()).toContain(`${file} is none and cannot be created (EEXIST). Create it`);
});

it('a second start on the folder of a running Rotor names its process and how to stop it', async () => {
  const env = { STATE_DIR: folder, SANDBOX_SPEED: 'minute' };
  const first = startRotor({ ...env, SANDBOX_PORT: '0' });
  await first.said(/started, version/);
  const second = startRotor({ ...env, SANDBOX_PORT: '0' });
  expect(await second.ended).toBe(5);
  expect(second.output()).toContain(
    `is used by a Rotor that still runs, process ${first.child.pid}; stop it with: kill ${first.child.pid}`,
  );
  // The account of the desk that runs was not opened at all.
  expect(second.output()).not.toContain('SqliteError');
  expect(await first.end('SIGTERM')).toBe(0);
});

it('a second start on the port of a Rotor with another folder names the port', async () => {
  const first = startRotor({
    STATE_DIR: join(folder, 'first'),
    SANDBOX_SPEED: 'pause',
    SANDBOX_PORT: '0',
  });
  const desk = await first.said(/desk at http:\/\/[^:]+:\d+/);
  const port = desk.split(':').at(-1) ?? '';
  const second = startRotor({ STATE_DIR: join(folder, 'second'), SANDBOX_PORT: port });
  expect(await second.ended).toBe(5);
  expect(second.output()).toContain(`port ${port} is held by another program; stop it`);
  expect(await first.end('SIGTERM')).toBe(0);
});

it('a Rotor whose npm was killed says good-bye and ends, and leaves no orphan', HANG, async () => {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, STATE_DIR: folder, SANDBOX_PORT: '0', SANDBOX_SPEED: 'minute' };
  const npm = spawn('npm', ['start'], {
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  orphans.push(npm.pid ?? 0);
  let output = '';
  const ended = once(npm.stdout, 'end');
  const started = new Promise<void>((resolve) => {
    npm.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (/started, version/.test(output)) resolve();
    });
  });
  await started;
  npm.kill('SIGKILL');
  // The pipe ends when the last process that writes to it has ended.
  await ended;
  expect(output).toContain('stopped: the npm that started it was killed');
});
