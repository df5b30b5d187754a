/**
 * Performs the stages of a Dockerfile in folders, on a machine without Docker. A stage that begins
 * with an image from outside gets this machine's own /usr under the same Node; a stage that begins
 * with nothing holds only what was copied into it.
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Stage, Step } from './dockerfile.ts';
import { runInside } from './enclosure.ts';

/** A built image as a folder, with its settings. */
export interface Image {
  readonly root: string;
  readonly workdir: string;
  readonly user: number;
  readonly env: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly cmd: readonly string[];
  readonly healthcheck: readonly string[];
  readonly volumes: readonly string[];
  readonly stopSignal: string;
  /** Holds a system of this machine, which the real image gets from outside. */
  readonly borrowed: boolean;
}

/** The inputs of a build. */
export interface Build {
  /** What is sent to the build. */
  readonly context: string;
  /** An empty folder for the stages. */
  readonly folder: string;
  readonly args: Readonly<Record<string, string>>;
  readonly say: (text: string) => void;
}

const NOTHING: Omit<Image, 'root'> = {
  workdir: '/',
  user: 0,
  env: {},
  labels: {},
  cmd: [],
  healthcheck: [],
  volumes: [],
  stopSignal: 'SIGTERM',
  borrowed: false,
};

/** Every stage by name; the last one is the image. @throws when a step fails. */
export function perform(stages: readonly Stage[], build: Build): ReadonlyMap<string, Image> {
  const done = new Map<string, Image>();
  for (const stage of stages) {
    build.say(`FROM ${stage.from} AS ${stage.name}`);
    let image = begin(stage, done, build);
    const args: Record<string, string> = {};
    for (const step of stage.steps) image = carryOut(step, image, { ...build, done, given: args });
    done.set(stage.name, image);
  }
  return done;
}

function begin({ from, name }: Stage, done: ReadonlyMap<string, Image>, build: Build): Image {
  const root = join(build.folder, name);
  const before = done.get(from);
  if (before) {
    execFileSync('cp', ['--archive', before.root, root]);
    return { ...before, root };
  }
  mkdirSync(root);
  return from === 'scratch' ? { ...NOTHING, root } : borrow(root);
}

/** The folders that the machine's own are mounted over when a step runs. */
function borrow(root: string): Image {
  for (const folder of ['usr', 'etc', 'proc', 'dev', 'tmp']) mkdirSync(join(root, folder));
  for (const link of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${link}`, join(root, link));
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin' };
  return { ...NOTHING, root, env, borrowed: true };
}

interface Under extends Build {
  readonly done: ReadonlyMap<string, Image>;
  /** Declared so far in this stage; only these reach a step. */
  readonly given: Record<string, string>;
}

function carryOut(step: Step, image: Image, build: Under): Image {
  switch (step.kind) {
    case 'copy':
      copy(step, image, build);
      return image;
    case 'run':
      build.say(`RUN ${step.argv.join(' ')}`);
      runInside({ ...image, env: { ...image.env, ...build.given } }, step.argv, build.say);
      return image;
    case 'workdir':
      mkdirSync(join(image.root, step.path), { recursive: true });
      return { ...image, workdir: step.path };
    case 'user':
      return { ...image, user: step.id };
    case 'env':
      return { ...image, env: { ...image.env, ...resolved(step.values, build.given) } };
    case 'label':
      return { ...image, labels: { ...image.labels, ...resolved(step.values, build.given) } };
    case 'arg':
      build.given[step.name] = build.args[step.name] ?? step.fallback;
      return image;
    case 'cmd':
      return { ...image, cmd: step.argv };
    case 'healthcheck':
      return { ...image, healthcheck: step.argv };
    case 'volume':
      return { ...image, volumes: [...image.volumes, ...step.paths] };
    case 'stopsignal':
      return { ...image, stopSignal: step.signal };
  }
}

function resolved(
  values: Readonly<Record<string, string>>,
  args: Readonly<Record<string, string>>,
) {
  const put = (value: string) => value.replace(/\$\{(\w+)\}/g, (_, name) => args[name] ?? '');
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, put(value)]));
}

/** As Docker copies: a folder's content, a file into a folder or under a name; owned by root. */
function copy(step: Extract<Step, { kind: 'copy' }>, image: Image, build: Under): void {
  build.say(`COPY ${step.sources.join(' ')} ${step.to}`);
  const base = step.from === undefined ? build.context : build.done.get(step.from)?.root;
  if (base === undefined) throw new Error(`COPY --from=${step.from}: there is no such stage`);
  const to = step.to.startsWith('/') ? step.to : join(image.workdir, step.to);
  const owner = step.chown ?? 0;
  const isFolder = to.endsWith('/') || step.sources.length > 1;
  for (const source of step.sources) {
    const path = join(base, source);
    if (!existsSync(path)) throw new Error(`COPY ${source}: is not there`);
    const target = join(image.root, to);
    if (statSync(path).isDirectory()) copyFolder(path, target, owner);
    else copyFile(path, isFolder ? join(target, basename(source)) : target, owner);
  }
}

function copyFolder(from: string, to: string, owner: number): void {
  makeFolder(to, statSync(from).mode, owner);
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) copyFolder(source, target, owner);
    else if (entry.isFile()) copyFile(source, target, owner);
    else cpSync(source, target, { verbatimSymlinks: true });
  }
}

function copyFile(from: string, to: string, owner: number): void {
  mkdirSync(dirname(to), { recursive: true });
  rmSync(to, { force: true });
  copyFileSync(from, to);
  chmodSync(to, statSync(from).mode);
  chownSync(to, owner, owner);
}

/** One that is there already stays as it is. */
function makeFolder(path: string, mode: number, owner: number): void {
  if (existsSync(path)) return;
  mkdirSync(path, { recursive: true });
  chmodSync(path, mode);
  chownSync(path, owner, owner);
}
