/** A person at home and servers that are folders, with a sandbox around them: where the runbook is followed. */
import { spawn } from 'node:child_process';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { COMPILE_CACHE } from '#tests/support/process.ts';
import { progressOf } from '../../../scripts/torture/pace.ts';
import { type Outside, openOutside } from './sandbox.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const STAND_INS = join(import.meta.dirname, '../stand-ins');
const IMAGE = 'rotor:0.1.0-0000000';
const LIMIT_MS = 240_000;
const LOOK_MS = 100;
/** Market milliseconds in a real one while a rebalance is waited for. */
const TRADING_SPEED = 100;

/** Programs of the runbook that are not run as they are on a real server. */
const TOOLS = [
  ...['ssh', 'scp', 'sudo', 'install', 'curl', 'reboot', 'crontab', 'nano', 'ssh-keygen'],
  ...['git', 'npm', 'adduser', 'usermod', 'systemctl', 'apt-get'],
];

export interface Ended {
  readonly code: number;
  readonly output: string;
}

export interface Place {
  readonly folder: string;
  /** As the desk says it itself; undefined while nobody answers. */
  reason(name: string): Promise<{ readonly ok: boolean; readonly detail: string } | undefined>;
  /** What the container has printed. */
  log(): string;
  runs(): boolean;
  /** A path in the volume. */
  state(file: string): string;
}

export interface RunbookWorld {
  readonly outside: Outside;
  readonly folder: string;
  /** The one that `me@server` means now. */
  server(): Place;
  other(): Place;
  /** An empty one, which `me@server` means from now on; what it meant before is the other. */
  newServer(): Promise<Place>;
  /** As after the steps of a first installation; reconciled unless told. */
  install(toEnd?: boolean): Promise<void>;
  /** The first start, to the end of its rebalance. */
  rebalance(): Promise<void>;
  /** What the editor or the terminal gets from the person. */
  type(text: string): void;
  run(where: string, command: string): Promise<Ended>;
  close(): Promise<void>;
}

export async function createRunbookWorld(): Promise<RunbookWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-runbook-'));
  const outside = await openOutside(join(folder, 'outside'));
  layOut(folder);
  writeNetwork(folder, outside);
  const servers: Place[] = [];
  const made = {
    outside,
    folder,
    server: () => last(servers, 1),
    other: () => last(servers, 2),
    async newServer() {
      const place = await newPlace(join(folder, `server-${servers.length + 1}`));
      servers.push(place);
      return place;
    },
    async install(toEnd = true) {
      installOn(last(servers, 1).folder, outside);
      const { code, output } = await made.run('server', 'docker compose up --detach');
      if (code !== 0) throw new Error(output);
      if (toEnd) await reconciled(made.server());
    },
    async rebalance() {
      await made.install();
      outside.time.setSpeed(TRADING_SPEED);
      const journal = last(servers, 1).state('journal.sqlite');
      await until('a rebalance', () => progressOf(journal).finished.size > 0);
      outside.time.setSpeed(1);
    },
    type: (text: string) => writeFileSync(join(folder, 'typed'), text),
    run: (where: string, command: string) =>
      runIn(folder, last(servers, where === 'other-server' ? 2 : 1).folder, where, command),
    async close() {
      for (const { folder: server } of servers) endDesk(server);
      await until('the end', () => servers.every((server) => !server.runs()));
      await outside.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
  await made.newServer();
  return made;
}

export async function reconciled(server: Place): Promise<void> {
  await until('reconciled', async () => (await server.reason('reconciled'))?.ok === true);
}

/** Looks again and again, for a bounded time. */
export async function until(what: string, holds: () => unknown): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${LIMIT_MS} ms`);
    await wait(LOOK_MS);
  }
}

function last(servers: readonly Place[], nth: number): Place {
  const place = servers.at(-nth);
  if (!place) throw new Error('there is no such server');
  return place;
}

function layOut(folder: string): void {
  for (const each of ['bin', 'me/.ssh', 'tree/scripts/image', 'tree/deploy']) {
    mkdirSync(join(folder, each), { recursive: true });
  }
  for (const tool of TOOLS)
    symlinkSync(join(STAND_INS, 'runbook-tool.sh'), join(folder, 'bin', tool));
  symlinkSync(join(STAND_INS, 'runbook-docker.sh'), join(folder, 'bin/docker'));
  symlinkSync('/bin/true', join(folder, 'bin/sync'));
  for (const script of [
    'deploy.sh',
    'rollback.sh',
    'backup.sh',
    'restore.sh',
    'deploy',
    'image/version.sh',
  ]) {
    cpSync(join(ROOT, 'scripts', script), join(folder, 'tree/scripts', script), {
      recursive: true,
    });
  }
  for (const file of ['package.json', 'Dockerfile', 'compose.yaml', '.env.example', 'deploy']) {
    cpSync(join(ROOT, file), join(folder, 'tree', file), { recursive: true });
  }
  writeFileSync(join(folder, 'tree/scripts/image/commit-record.sh'), '#!/bin/sh\n', {
    mode: 0o755,
  });
  writeFileSync(join(folder, 'typed'), '');
  writeFileSync(join(folder, 'me/.ssh/id_ed25519'), 'private\n');
  writeFileSync(join(folder, 'me/.ssh/id_ed25519.pub'), 'ssh-ed25519 AAAA+first/key me@home\n');
}

function writeNetwork(folder: string, { paper, live, discord }: Outside): void {
  const lines = {
    ROOT,
    NODE: process.execPath,
    ...COMPILE_CACHE,
    REAL_PATH: process.env['PATH'] ?? '',
    PAPER: paper().url,
    LIVE: live.url,
    DISCORD: discord().apiBase,
  };
  const text = Object.entries(lines).map(([name, value]) => `export ${name}='${value}'\n`);
  writeFileSync(join(folder, 'network'), text.join(''));
}

async function newPlace(folder: string): Promise<Place> {
  const port = await freePort();
  for (const each of ['root/.ssh', '.ssh', '.docker']) {
    mkdirSync(join(folder, each), { recursive: true });
  }
  writeFileSync(join(folder, 'port'), `${port}`);
  writeFileSync(join(folder, 'root/.ssh/authorized_keys'), 'ssh-ed25519 AAAA+first/key me@home\n');
  const read = (file: string): string => {
    const path = join(folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  return {
    folder,
    log: () => read('.docker/log'),
    runs: () => read('.docker/pid') !== '' && read('.docker/code') === '',
    state: (file) => join(folder, '.docker/volume', file),
    async reason(name) {
      // A Rotor that is stopped meanwhile may cut its answer off.
      const said = (await fetch(`http://127.0.0.1:${port}/readyz`)
        .then((answer) => answer.json())
        .catch(() => undefined)) as
        | { reasons: { name: string; ok: boolean; detail: string }[] }
        | undefined;
      return said?.reasons.find((each) => each.name === name);
    },
  };
}

/** Server and channel, roles: what the person writes into rotor.env. */
export function settingsOf({ discord }: Outside): string {
  const { guildId, channelId, roles } = discord();
  return [
    `DISCORD_GUILD_ID=${guildId}`,
    `DISCORD_CHANNEL_ID=${channelId}`,
    ...Object.entries(roles).map(([name, id]) => `${name.toUpperCase()}_ROLE_ID=${id}`),
    '',
  ].join('\n');
}

function installOn(home: string, outside: Outside): void {
  const rotor = join(home, 'rotor');
  mkdirSync(join(rotor, 'secrets'), { recursive: true });
  mkdirSync(join(rotor, '.deploy/compose'), { recursive: true });
  mkdirSync(join(home, '.docker/images'), { recursive: true });
  cpSync(join(home, 'root/.ssh/authorized_keys'), join(home, '.ssh/authorized_keys'));
  cpSync(join(ROOT, 'compose.yaml'), join(rotor, 'compose.yaml'));
  cpSync(join(ROOT, 'compose.yaml'), join(rotor, '.deploy/compose/0.1.0-0000000.yaml'));
  writeFileSync(join(rotor, '.env'), `ROTOR_IMAGE=${IMAGE}\n`);
  writeFileSync(join(rotor, '.deploy/current'), `${IMAGE}\n`);
  writeFileSync(join(home, '.docker/images', IMAGE), IMAGE);
  // Without the day between a first start and its announcement, which no situation is about.
  writeFileSync(join(rotor, 'rotor.env'), `${settingsOf(outside)}FIRST_REBALANCE=now\n`);
  for (const [name, secret] of Object.entries(outside.secrets)) {
    writeFileSync(join(rotor, 'secrets', name), secret, { mode: 0o400 });
  }
}

/** Where each kind of block is typed, under the world's folder or the server's. */
function folderOf(folder: string, server: string, where: string): { cwd: string; home: string } {
  if (where === 'home') return { cwd: join(folder, 'tree'), home: join(folder, 'me') };
  if (where === 'root') return { cwd: join(server, 'root'), home: join(server, 'root') };
  return { cwd: join(server, 'rotor'), home: server };
}

/** Quick polls, and limits that a busy machine keeps. */
const PACE = {
  ROTOR_POLL_SECONDS: '0.1',
  ROTOR_READY_SECONDS: '300',
  ROTOR_STEADY_SECONDS: '0',
  ROTOR_STEP_SECONDS: '60',
  ROTOR_SSH_SECONDS: '120',
  ROTOR_FOLLOW_SECONDS: '120',
};

function runIn(folder: string, server: string, where: string, command: string): Promise<Ended> {
  const { cwd, home } = folderOf(folder, server, where);
  // A file and no socket: `/dev/stdin` opens it.
  const typed = openSync(join(folder, 'typed'), 'r');
  const child = spawn('bash', ['-c', command], {
    cwd,
    env: {
      ...PACE,
      PATH: `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`,
      WORLD: folder,
      SERVER: server,
      HOME: home,
      ROTOR_HEALTH_PORT: readFileSync(join(server, 'port'), 'utf8'),
    },
    stdio: [typed, 'pipe', 'pipe'],
  });
  closeSync(typed);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  return new Promise((done) => child.on('close', (code) => done({ code: code ?? -1, output })));
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

function endDesk(server: string): void {
  const pid = join(server, '.docker/pid');
  if (!existsSync(pid) || existsSync(join(server, '.docker/code'))) return;
  process.kill(Number(readFileSync(pid, 'utf8')), 'SIGKILL');
}

/** The names of the copies that somebody took home. */
export function copiesAtHome(world: RunbookWorld): readonly string[] {
  const folder = join(world.folder, 'me/rotor-backups');
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.gz')) : [];
}
