/** Starts a dry image as compose would start the real one, and reports what it did. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Mounts, startInside } from './enclosure.ts';
import type { Image } from './perform.ts';

/** The inputs of a run of an image. */
export interface ImageRun {
  readonly image: Image;
  /** For what the container gets from outside. */
  readonly folder: string;
  /** What an `.env` would say. */
  readonly environment: Readonly<Record<string, string>>;
}

/** Megabytes. */
export interface Memory {
  /** In memory now, and the most that ever was. */
  readonly resident: number;
  readonly peak: number;
  /** Of it its own; the rest are pages of files, which the kernel may drop. */
  readonly own: number;
}

/** The measures of one run of an image. */
export interface ImageReport {
  readonly readySeconds: number;
  readonly memory: Memory;
  readonly threads: number;
  /** Of the image's own health check, asked while the desk was ready. */
  readonly healthExit: number | null;
  readonly exitCode: number | null;
  readonly endSeconds: number;
  /** What is not as the container's baseline wants it. */
  readonly faults: readonly string[];
}

/** Variables that come as files, as compose mounts them. */
const SECRETS = ['ALPACA_KEY_ID', 'ALPACA_SECRET_KEY', 'DISCORD_TOKEN'];
const READY = /Discord: ready/;
const READY_MS = 60_000;
const MB = 1024;

/**
 * Starts the image, waits until it is ready, measures it and stops it.
 * @throws Error when it is not ready in time.
 */
export async function runImage({ image, folder, environment }: ImageRun): Promise<ImageReport> {
  const port = await freePort();
  const mounts = mountsOf(folder, image, environment);
  const place = {
    ...image,
    env: { ...image.env, ...settings(environment), HEALTH_PORT: `${port}` },
  };
  const began = performance.now();
  const desk = startInside(place, image.cmd, mounts);
  const output = collect(desk);
  await output.said(READY, READY_MS);
  const readySeconds = secondsSince(began);
  const healthExit = await exitOf(startInside(place, image.healthcheck, mounts));
  const faults = [
    ...processFaults(desk.pid ?? 0, image.user),
    ...(await rootFaults(place, mounts)),
  ];
  const { memory, threads } = usageOf(desk.pid ?? 0);
  const ending = performance.now();
  desk.kill(image.stopSignal as NodeJS.Signals);
  const exitCode = await exitOf(desk);
  const endSeconds = secondsSince(ending);
  const leaks = [
    ...leaksIn('its log', Buffer.from(output.text()), environment),
    ...[image.root, join(folder, 'volume')].flatMap((place) => leaksBelow(place, environment)),
  ];
  return {
    readySeconds,
    memory,
    threads,
    healthExit,
    exitCode,
    endSeconds,
    faults: [...faults, ...leaks],
  };
}

/** The state volume and the secrets, each owned by the desk's user as on a server. */
function mountsOf(folder: string, image: Image, env: ImageRun['environment']): Mounts {
  const state = join(folder, 'volume');
  const run = join(folder, 'run');
  mkdirSync(join(run, 'secrets'), { recursive: true });
  mkdirSync(state, { recursive: true, mode: 0o700 });
  chownSync(state, image.user, image.user);
  for (const name of SECRETS) {
    const file = join(run, 'secrets', name.toLowerCase());
    writeFileSync(file, `${env[name]}\n`, { mode: 0o400 });
    chownSync(file, image.user, image.user);
  }
  return { folders: { [image.volumes[0] ?? '/data']: state, '/run': run }, readOnly: true };
}

function settings(environment: ImageRun['environment']): Record<string, string> {
  const others = Object.entries(environment).filter(([name]) => !SECRETS.includes(name));
  const files = SECRETS.map((name) => [`${name}_FILE`, `/run/secrets/${name.toLowerCase()}`]);
  return Object.fromEntries([...others, ...files]);
}

/** Who it is and what it may do, as the kernel says. */
function processFaults(pid: number, user: number): readonly string[] {
  const status = statusOf(pid);
  const faults: string[] = [];
  if (status.get('Uid')?.split(/\s+/)[0] !== String(user))
    faults.push(`runs as ${status.get('Uid')}`);
  if (Number.parseInt(status.get('CapEff') ?? '1', 16) !== 0) faults.push('has capabilities');
  if (status.get('NoNewPrivs') !== '1') faults.push('may gain privileges');
  return faults;
}

/** Tries to write where nothing may be written, from inside. */
async function rootFaults(place: Image, mounts: Mounts): Promise<readonly string[]> {
  const code = (path: string) => `require('fs').writeFileSync(${JSON.stringify(path)}, 'x')`;
  const faults: string[] = [];
  for (const path of ['/app/x', '/x', '/usr/local/bin/x']) {
    const status = await exitOf(startInside(place, ['node', '-e', code(path)], mounts));
    if (status === 0) faults.push(`${path} can be written`);
  }
  for (const path of ['/tmp/x', '/data/x']) {
    const status = await exitOf(startInside(place, ['node', '-e', code(path)], mounts));
    if (status !== 0) faults.push(`${path} cannot be written`);
  }
  return faults;
}

function leaksIn(place: string, bytes: Buffer, env: ImageRun['environment']): readonly string[] {
  return SECRETS.filter((name) => bytes.includes(env[name] ?? name)).map(
    (name) => `${name} is in ${place}`,
  );
}

/** Every layer and everything that it wrote: no file may hold what came as a secret. */
function leaksBelow(root: string, env: ImageRun['environment']): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => leaksIn(path, readFileSync(path), env));
}

function usageOf(pid: number): Pick<ImageReport, 'memory' | 'threads'> {
  const status = statusOf(pid);
  const megabytes = (name: string) => Math.round(Number(status.get(name)?.split(' ')[0]) / MB);
  return {
    memory: {
      resident: megabytes('VmRSS'),
      peak: megabytes('VmHWM'),
      own: megabytes('RssAnon'),
    },
    threads: Number(status.get('Threads')),
  };
}

function statusOf(pid: number): ReadonlyMap<string, string> {
  const lines = readFileSync(`/proc/${pid}/status`, 'utf8').split('\n');
  return new Map(lines.map((line) => [line.split(':')[0] ?? '', line.split(':')[1]?.trim() ?? '']));
}

function collect(child: ChildProcess) {
  let text = '';
  let look = (): void => {};
  const note = (chunk: Buffer): void => {
    text += chunk.toString();
    look();
  };
  child.stdout?.on('data', note);
  child.stderr?.on('data', note);
  return {
    text: () => text,
    said: (pattern: RegExp, timeoutMs: number) =>
      new Promise<void>((resolve, reject) => {
        const late = setTimeout(
          () => reject(new Error(`not in time: ${pattern}\n${text}`)),
          timeoutMs,
        );
        child.once('exit', (code) => reject(new Error(`ended with ${code}:\n${text}`)));
        look = () => {
          if (!pattern.test(text)) return;
          clearTimeout(late);
          resolve();
        };
        look();
      }),
  };
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function secondsSince(began: number): number {
  return Math.round(performance.now() - began) / 1_000;
}
