import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { COMPILE_CACHE } from '#tests/support/process.ts';
import { type Servers, startServers } from '#tests/support/sandbox-process.ts';
import { createWorld, NEW, OLD, type World } from './world.ts';

const ROOT = resolve(import.meta.dirname, '../..');

let world: World;
let servers: Servers;
let port = 0;
let state = '';

beforeEach(async () => {
  world = await createWorld();
  world.install(OLD);
  world.install(NEW);
  world.set('home/rotor/.deploy/previous', `${OLD}\n`);
  servers = await startServers(join(world.folder, 'sandbox'));
  state = join(world.folder, 'desk-state');
  mkdirSync(state);
  port = await freePort();
  const env = {
    ...servers.environment,
    STATE_DIR: state,
    HEALTH_PORT: String(port),
    ROOT,
    NODE: process.execPath,
    ...COMPILE_CACHE,
  };
  const lines = Object.entries(env).map(([name, value]) => `export ${name}='${value}'\n`);
  writeFileSync(join(world.folder, 'desk-env'), lines.join(''));
  rmSync(join(world.folder, 'bin/docker'));
  symlinkSync(
    join(import.meta.dirname, 'stand-ins/desk-docker.sh'),
    join(world.folder, 'bin/docker'),
  );
  docker('up', '--detach');
  await untilReady();
});

afterEach(async () => {
  docker('stop');
  await servers.close();
  world.remove();
});

function docker(...words: string[]): void {
  const { PATH = '', HOME = '' } = process.env;
  const docker = join(world.folder, 'bin/docker');
  spawnSync(docker, ['compose', ...words], {
    env: { PATH, HOME, WORLD: world.folder, ROTOR_IMAGE: NEW },
  });
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((found) =>
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address ? address.port : 0));
    }),
  );
}

interface Reason {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

async function reason(name: string): Promise<Reason | undefined> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined);
  const said = (await answer?.json()) as { readonly reasons: readonly Reason[] } | undefined;
  return said?.reasons.find((each) => each.name === name);
}

async function untilReady(): Promise<void> {
  while (!(await reason('reconciled'))?.ok) await new Promise((later) => setTimeout(later, 50));
}

const SETTINGS = {
  ROTOR_READY_SECONDS: '40',
  ROTOR_STEP_SECONDS: '60',
  ROTOR_FOLLOW_SECONDS: '120',
  ROTOR_SSH_SECONDS: '120',
};
const settings = () => ({
  env: { ...SETTINGS, ROTOR_STATE: state, ROTOR_HEALTH_PORT: String(port) },
});

describe('with a real desk on a sandbox', () => {
  it('a journal is backed up while it runs, and restored: the desk then halts, also a version back', async () => {
    const saved = await world.run('backup.sh', ['me@server'], settings());
    expect(saved.code, saved.output).toBe(0);
    const [copy = ''] = world.backups();
    const bytes = gunzipSync(readBackup(copy));
    expect(bytes.subarray(0, 15).toString()).toBe('SQLite format 3');

    await servers.operate('pause', { reason: 'after the backup' });
    expect((await reason('trading'))?.detail).toContain('after the backup');
    const restored = await world.run('restore.sh', ['me@server', copy, '--force'], settings());
    expect(restored.code, restored.output).toBe(0);
    expect(restored.output).toMatch(/begins in HALT: the lost journal went to entry \d+/);
    expect((await reason('reconciled'))?.ok).toBe(true);
    expect((await reason('journal'))?.ok).toBe(true);
    expect((await reason('trading'))?.detail).toMatch(
      /^HALT by rotor: journal: restored from a backup/,
    );

    const back = await world.run('rollback.sh', ['me@server'], settings());
    expect(back.code, back.output).toBe(0);
    expect(world.running()).toBe(OLD);
    expect((await reason('trading'))?.detail).toMatch(/^HALT by rotor/);
  });
});

function readBackup(name: string): Buffer {
  return Buffer.from(spawnSync('cat', [join(world.folder, 'home/rotor/backups', name)]).stdout);
}
