/** The measured TypeScript files of a tree, with the imports between them. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { type MeasuredSource, measureSource } from './source.ts';

/** One file with the files of the tree that it imports. */
export interface MeasuredFile extends MeasuredSource {
  /** Its path from the root of the tree, with slashes. */
  readonly file: string;
  /** Paths of files in the tree; packages and missing files are left out. */
  readonly targets: ReadonlySet<string>;
}

/** All files of a tree by their path. */
export type MeasuredTree = ReadonlyMap<string, MeasuredFile>;

/** The `imports` of package.json: `#core/*` to `./src/core/*`. */
export type Aliases = Readonly<Record<string, string>>;

/**
 * Measures the files under `folder` that git tracks or would add.
 * @throws Error when a file is not valid TypeScript.
 */
export function measureTree(folder: string, files: readonly string[]): MeasuredTree {
  const aliases = aliasesOf(folder);
  const known = new Set(files);
  return new Map(
    files.map((file) => {
      const source = measureSource(file, readFileSync(join(folder, file), 'utf8'));
      const targets = source.imports
        .map(({ from }) => resolveImport(file, from, aliases))
        .filter((target) => target !== undefined)
        .filter((target) => known.has(target));
      return [file, { ...source, file, targets: new Set(targets) }];
    }),
  );
}

/** The aliases that the package.json of a tree declares. */
export function aliasesOf(folder: string): Aliases {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).imports;
}

/** The path that an import in `file` refers to; undefined for a package. */
export function resolveImport(file: string, from: string, aliases: Aliases): string | undefined {
  if (from.startsWith('.')) return posix.join(posix.dirname(file), from);
  for (const [alias, place] of Object.entries(aliases)) {
    const start = alias.slice(0, -1);
    if (from.startsWith(start)) {
      return posix.join(place.slice(0, -1), from.slice(start.length));
    }
  }
  return undefined;
}

const isTypeScript = (file: string): boolean => file.endsWith('.ts') && !file.endsWith('.d.ts');

const lines = (command: string, args: readonly string[], cwd: string): readonly string[] =>
  execFileSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 64 << 20 }).split('\0');

/** Measures the working tree, including uncommitted files. */
export function measureWorkingTree(root: string): MeasuredTree {
  const options = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = lines('git', options, root).filter(isTypeScript);
  return measureTree(
    root,
    [...new Set(files)].filter((file) => existsSync(join(root, file))),
  );
}

/**
 * Measures the tree of a commit in a temporary folder; the working tree is not changed.
 * @throws Error when the repository does not have the commit.
 */
export function measureCommit(root: string, commit: string): MeasuredTree {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-measure-'));
  try {
    const archive = join(folder, 'tree.tar');
    execFileSync('git', ['archive', '-o', archive, commit], { cwd: root, stdio: 'pipe' });
    execFileSync('tar', ['-xf', archive, '-C', folder]);
    const files = lines('git', ['ls-tree', '-r', '-z', '--name-only', commit], root);
    return measureTree(folder, files.filter(isTypeScript));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
