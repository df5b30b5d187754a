/** A private clone of this commit: each deployed version is a commit in it. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');

/** The clone. */
export interface Tree {
  readonly folder: string;
  /** Replaces the text, which must exist in the file, then commits and pushes. */
  change(file: string, find: string, put: string): void;
  /** Resets to the commit under test. */
  reset(): void;
  /** The image of the current commit. */
  image(): string;
}

/** @param folder an empty one. */
export function createTree(folder: string): Tree {
  const [origin, tree] = [join(folder, 'origin.git'), join(folder, 'tree')];
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=proof', '-c', 'user.email=proof@localhost', ...args], {
      cwd: tree,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim();
  execFileSync('git', ['clone', '--quiet', '--bare', ROOT, origin], { stdio: 'pipe' });
  const head = execFileSync('git', ['rev-parse', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  execFileSync('git', ['clone', '--quiet', '--no-checkout', origin, tree], { stdio: 'pipe' });
  git('checkout', '--quiet', '-B', 'proof', head);
  git('push', '--quiet', '--no-verify', '--force', 'origin', 'proof');
  // The clone uses the packages of this one instead of installing its own.
  symlinkSync(join(ROOT, 'node_modules'), join(tree, 'node_modules'));
  appendFileSync(join(tree, '.git/info/exclude'), 'node_modules\n');
  const keepPackages = (): void => utimesSync(join(tree, 'package-lock.json'), 0, 0);
  keepPackages();
  return {
    folder: tree,
    change(file, find, put) {
      const path = join(tree, file);
      const text = readFileSync(path, 'utf8');
      if (!text.includes(find)) throw new Error(`${file} does not hold ${find}`);
      writeFileSync(
        path,
        text.replace(find, () => put),
      );
      git('commit', '--quiet', '--all', '--message', `Change ${file} for the proof`);
      git('push', '--quiet', '--no-verify', '--force', 'origin', 'proof');
    },
    reset() {
      git('reset', '--quiet', '--hard', head);
      keepPackages();
      git('push', '--quiet', '--no-verify', '--force', 'origin', 'proof');
    },
    image() {
      const { version } = JSON.parse(readFileSync(join(tree, 'package.json'), 'utf8'));
      return `rotor:${version}-${git('rev-parse', 'HEAD').slice(0, 7)}`;
    },
  };
}
