/** The image of a commit, made in folders: its context as Docker would send it, and every stage. */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { stagesOf } from './dockerfile.ts';
import { parseIgnore } from './ignore.ts';
import { type Image, perform } from './perform.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The settings of a build without Docker. */
export interface DryBuild {
  /** An empty folder. */
  readonly folder: string;
  readonly say: (text: string) => void;
  /** Changes the files before they are sent. */
  readonly meddle?: (checkout: string) => void;
  /** Instead of those of a build of the commit. */
  readonly args?: Readonly<Record<string, string>>;
}

/** @throws when a step of the Dockerfile fails. */
export function buildDry({ folder, say, meddle, args = {} }: DryBuild): Image {
  const checkout = join(folder, 'checkout');
  const commit = git('rev-parse', 'HEAD').trim();
  mkdirSync(checkout);
  execFileSync('tar', ['--extract', '--directory', checkout], { input: archive() });
  writeFileSync(join(checkout, '.rotor-commit'), commitRecord());
  meddle?.(checkout);
  const context = contextOf(checkout, join(folder, 'context'));
  const stages = stagesOf(readFileSync(join(checkout, 'Dockerfile'), 'utf8'));
  const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8'));
  const given = {
    ROTOR_COMMIT: commit,
    ROTOR_VERSION: version,
    ROTOR_BUILT_AT: new Date().toISOString(),
    ROTOR_DIRTY: '',
    ...args,
  };
  const images = perform(stages, { context, folder: join(folder, 'stages'), args: given, say });
  const image = images.get(stages.at(-1)?.name ?? '');
  if (!image) throw new Error('the Dockerfile has no stage');
  return image;
}

/** What scripts/image/commit-record.sh writes. */
function commitRecord(): string {
  const object = execFileSync('git', ['cat-file', 'commit', 'HEAD'], { cwd: ROOT });
  return `${object.toString('base64')}\n${git('-c', 'core.quotePath=off', 'ls-tree', '-r', 'HEAD')}`;
}

function contextOf(checkout: string, context: string): string {
  const allows = parseIgnore(readFileSync(join(checkout, '.dockerignore'), 'utf8'));
  for (const entry of readdirSync(checkout, { recursive: true, withFileTypes: true })) {
    const path = relative(checkout, join(entry.parentPath, entry.name));
    if (entry.isDirectory() || !allows(path)) continue;
    mkdirSync(dirname(join(context, path)), { recursive: true });
    cpSync(join(checkout, path), join(context, path));
  }
  mkdirSync(join(dirname(context), 'stages'));
  return context;
}

/** Bytes of the files below each of these folders, `.` being the rest. */
export function sizesOf(root: string): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const [, top = '', next = ''] = /^([^/]+)(?:\/([^/]+))?/.exec(relative(root, path)) ?? [];
    const name = top === 'app' ? `${top}/${next}` : top;
    sizes.set(name, (sizes.get(name) ?? 0) + statSync(path).size);
  }
  return sizes;
}

/** `meddle` that puts the working tree's own files over the commit's. */
export function withWorkingTree(checkout: string): void {
  const changed = git('ls-files', '-z', '--modified', '--others', '--exclude-standard').split('\0');
  for (const path of changed.filter((each) => each !== '')) {
    rmSync(join(checkout, path), { force: true });
    cpSync(join(ROOT, path), join(checkout, path), { force: true });
  }
}

function archive(): Buffer {
  return execFileSync('git', ['archive', 'HEAD'], { cwd: ROOT, maxBuffer: 2 ** 28 });
}

function git(...args: readonly string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
}
