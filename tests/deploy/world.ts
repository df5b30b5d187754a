/** Two machines that are a folder: what the deploy scripts can reach, and what became of it. */
import { spawn } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import {
  chmodSync,
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
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

const ROOT = resolve(import.meta.dirname, '../..');
const STAND_IN = join(import.meta.dirname, 'stand-ins/stand-in.sh');

export const OLD = 'rotor:0.1.0-0000000';
export const NEW = 'rotor:0.1.0-1111111';

/** What an image is like: what its desk says of itself, and which schema it writes. */
export interface Traits {
  readonly health?: string;
  readonly schema?: number;
  readonly models?: number;
  /** The kinds of entries that it knows, in one line. */
  readonly kinds?: string;
  readonly starts?: 'yes' | 'no';
  /** Whether its desk ends again and again; `later`: it was ready each time. */
  readonly crashes?: 'yes' | 'no' | 'later';
  /** Whether its desk writes HALT into the journal when it starts. */
  readonly halts?: 'yes' | 'no';
  /** Whether its desk leaves no room for the notes of a deploy. */
  readonly fills?: 'yes' | 'no';
  /** Whether its desk sends an order as soon as it runs. */
  readonly sends?: 'yes' | 'no';
}

/** `name` as the stand-ins call it, the how-manieth call of that name, and what goes wrong. */
export interface Failure {
  readonly name: string;
  readonly nth: number;
  readonly how: string;
}

export interface Ended {
  /** Undefined: killed. */
  readonly code: number | undefined;
  readonly output: string;
}

export interface World {
  readonly folder: string;
  run(script: string, args?: readonly string[], options?: RunOptions): Promise<Ended>;
  /** The image whose desk runs, or an empty string. */
  running(): string;
  journal(): string;
  writeJournal(text: string): void;
  image(side: 'here' | 'there', name: string, traits?: Traits): void;
  images(side: 'here' | 'there'): readonly string[];
  /** As after a deploy of that version. */
  install(name: string, traits?: Traits): void;
  /** A sealed backup of that text among the server's backups. */
  backupOf(name: string, text: string): void;
  /** A server that never had a version. */
  clear(): void;
  /** What the next build makes. */
  next(traits: Traits): void;
  set(file: string, text: string): void;
  read(file: string): string;
  backups(): readonly string[];
  /** The names of all calls so far, in their order. */
  calls(): readonly string[];
  forget(): void;
  /** When no work goes on detached on the server. */
  atRest(): Promise<void>;
  remove(): void;
}

export interface RunOptions {
  readonly fail?: Failure | undefined;
  readonly env?: Readonly<Record<string, string>>;
}

/** A server where the old version runs with a journal, and a tree that is committed and pushed. */
export async function createWorld(): Promise<World> {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-deploy-'));
  layOut(folder);
  const health = await serveHealth(folder);
  const port = String((health.address() as AddressInfo).port);
  const read = (file: string): string => {
    const path = join(folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  const set = (file: string, text: string): void => writeFileSync(join(folder, file), text);
  const image: World['image'] = (side, name, traits = {}) =>
    set(`images-${side}/${name}`, traitLines(name, traits));
  const world: World = {
    folder,
    run: (script, args = ['me@server'], options = {}) =>
      runScript(folder, port, script, args, options),
    running: () => read('container').trim(),
    journal: () => read('volume/journal'),
    writeJournal: (text) => set('volume/journal', text),
    image,
    install(name, traits) {
      image('there', name, traits);
      set('container', `${name}\n`);
      set('home/rotor/.deploy/current', `${name}\n`);
      set(`home/rotor/.deploy/compose/${name.slice('rotor:'.length)}.yaml`, 'services: {}\n');
    },
    clear() {
      for (const each of [`images-there/${OLD}`, 'volume/journal', 'home/rotor/.deploy']) {
        rmSync(join(folder, each), { recursive: true });
      }
      set('container', '');
    },
    backupOf(name, text) {
      const zipped = gzipSync(text);
      writeFileSync(join(folder, 'home/rotor/backups', name), zipped);
      set(`home/rotor/backups/${name}.sha256`, `${sha256(zipped)}  ${name}\n`);
    },
    images: (side) => readdirSync(join(folder, `images-${side}`)).sort(),
    next: (traits) => set('next', traitLines('next', traits)),
    set,
    read,
    backups: () =>
      readdirSync(join(folder, 'home/rotor/backups'))
        .filter((name) => name.endsWith('.gz'))
        .sort(),
    calls: () => read('calls').split('\n').filter(Boolean),
    forget: () => set('calls', ''),
    atRest: () => atRest(join(folder, 'home/rotor/.deploy/runs')),
    remove: () => {
      health.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    },
  };
  world.next({});
  world.install(OLD);
  set('volume/journal', `schema 1\naccount id PA1 PAPER\nstarted ${OLD}\n`);
  return world;
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function traitLines(name: string, traits: Traits): string {
  const { health = 'ready', schema = 1, models = 3, starts = 'yes', sends = 'no' } = traits;
  const { kinds = 'order started', crashes = 'no', halts = 'no', fills = 'no' } = traits;
  const what = { name, health, schema, models, starts, sends, kinds, crashes, halts, fills };
  return Object.entries(what)
    .map(([trait, value]) => `${trait} ${value}\n`)
    .join('');
}

function layOut(folder: string): void {
  for (const each of [
    'bin',
    'git',
    'images-here',
    'images-there',
    'volume',
    'tree/scripts/image',
    'home/rotor/backups',
    'home/rotor/.deploy/compose',
  ]) {
    mkdirSync(join(folder, each), { recursive: true });
  }
  for (const name of ['ssh', 'docker', 'git', 'npm'])
    symlinkSync(STAND_IN, join(folder, 'bin', name));
  symlinkSync('/bin/true', join(folder, 'bin/sync'));
  const scripts = [
    'deploy.sh',
    'rollback.sh',
    'backup.sh',
    'restore.sh',
    'deploy',
    'image/version.sh',
  ];
  for (const script of scripts) {
    cpSync(join(ROOT, 'scripts', script), join(folder, 'tree/scripts', script), {
      recursive: true,
    });
  }
  for (const file of ['package.json', 'Dockerfile']) {
    cpSync(join(ROOT, file), join(folder, 'tree', file));
  }
  const files = {
    'tree/compose.yaml': 'services: {}\n',
    'tree/scripts/image/commit-record.sh': '#!/bin/sh\n',
    'home/rotor/rotor.env': 'MAX_ORDER_USD=500\n',
    'git/head': `${'1'.repeat(40)}\n`,
    'git/changed': '',
    'git/unpushed': '',
    npm: '',
    calls: '',
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  chmodSync(join(folder, 'tree/scripts/image/commit-record.sh'), 0o755);
}

/** Quick polls, and limits that no machine is too slow for. */
const PACE = {
  ROTOR_POLL_SECONDS: '0.05',
  ROTOR_READY_SECONDS: '600',
  ROTOR_STEADY_SECONDS: '0',
  ROTOR_STEP_SECONDS: '300',
  ROTOR_UP_SECONDS: '300',
  ROTOR_SSH_SECONDS: '300',
  ROTOR_FOLLOW_SECONDS: '600',
  ROTOR_LOCK_SECONDS: '60',
};

/** Where one must be met. */
const HURRY = { ROTOR_READY_SECONDS: '3', ROTOR_LOCK_SECONDS: '2' };

/** What the script waits for in vain: a version that is never ready, or a lock that is never given. */
function limitsOf(folder: string, fail: Failure | undefined): Partial<typeof PACE> {
  const images = readdirSync(join(folder, 'images-there')).map((name) => `images-there/${name}`);
  const traits = ['next', ...images].map((file) => readFileSync(join(folder, file), 'utf8'));
  const { ROTOR_READY_SECONDS, ROTOR_LOCK_SECONDS } = HURRY;
  return {
    ...(traits.some((text) => !/^health ready$/m.test(text)) && { ROTOR_READY_SECONDS }),
    ...(fail?.name === 'here ssh hold' && { ROTOR_LOCK_SECONDS }),
  };
}

/** The health server of whatever runs, on one port as on a real server. */
function serveHealth(folder: string): Promise<Server> {
  const server = createServer((_request, response) => {
    const running = readFileSync(join(folder, 'container'), 'utf8').trim();
    const file = join(folder, 'images-there', running);
    const health = running && /^health (.*)$/m.exec(readFileSync(file, 'utf8'))?.[1];
    if (!health || health === 'silent') return void response.destroy();
    const reasons = [
      { name: 'data', ok: true, detail: 'bars of the last session' },
      ...(health === 'ready' ? [] : health.split(',')).map((name) => ({
        name,
        ok: false,
        detail: 'as set',
      })),
    ];
    response.end(JSON.stringify({ ready: /^(ready|Discord)$/.test(health), reasons }));
  });
  return new Promise((ready) => server.listen(0, '127.0.0.1', () => ready(server)));
}

function runScript(
  folder: string,
  port: string,
  script: string,
  args: readonly string[],
  { fail, env = {} }: RunOptions,
): Promise<Ended> {
  const { PATH = '' } = process.env;
  // A file holds all that was said when the script ends; a pipe may be read a moment later.
  const file = `${folder}.${randomUUID()}`;
  const said = openSync(file, 'a');
  const words = ['-c', 'echo $$ >"$WORLD/pid"; exec bash "$@"', 'run'];
  const child = spawn('bash', [...words, join(folder, 'tree/scripts', script), ...args], {
    detached: true,
    env: {
      ...PACE,
      ...limitsOf(folder, fail),
      PATH: `${join(folder, 'bin')}:${PATH}`,
      WORLD: folder,
      HOME: folder,
      TMPDIR: folder,
      ROTOR_HEALTH_PORT: port,
      ...(fail ? { FAIL: `${fail.name}|${fail.nth}|${fail.how}` } : {}),
      ...env,
    },
    stdio: ['ignore', said, said],
  });
  closeSync(said);
  return new Promise((done) =>
    child.on('exit', (code) => {
      const output = readFileSync(file, 'utf8');
      rmSync(file);
      done({ code: code ?? undefined, output });
    }),
  );
}

async function atRest(runs: string): Promise<void> {
  while (existsSync(runs) && readdirSync(runs).some((name) => isBusy(runs, name))) {
    await new Promise((later) => setTimeout(later, 20));
  }
}

function isBusy(runs: string, name: string): boolean {
  const run = join(runs, name);
  if (!name.endsWith('.pid') || existsSync(run.replace(/pid$/, 'exit'))) return false;
  return lives(Number(readFileSync(run, 'utf8')));
}

/** A process that ended and was not yet waited for does not live. */
function lives(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
