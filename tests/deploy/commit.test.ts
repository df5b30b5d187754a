import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Claim, faultsOf } from '../../scripts/image/check-commit.ts';
import { parseIgnore } from '../../scripts/image/ignore.ts';

const SCRIPTS = join(import.meta.dirname, '../../scripts/image');
const GIT = [
  '-c',
  'user.name=Test',
  '-c',
  'user.email=test@localhost',
  '-c',
  'commit.gpgsign=false',
];

/** A repository whose image holds package.json and all of src but src/secret. */
let folder = '';
let claim: Claim;

const git = (...args: readonly string[]): string =>
  execFileSync('git', [...GIT, ...args], { cwd: folder, encoding: 'utf8' });
const write = (file: string, text: string): void => writeFileSync(join(folder, file), text);

function record(): void {
  execFileSync('bash', [join(folder, 'scripts/image/commit-record.sh')]);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-commit-'));
  cpSync(SCRIPTS, join(folder, 'scripts/image'), { recursive: true });
  for (const made of ['src', 'src.d', 'src/secret']) mkdirSync(join(folder, made));
  write('.dockerignore', '*\n!.dockerignore\n!.rotor-commit\n!package.json\n!src\nsrc/secret\n');
  write('package.json', '{ "version": "1.2.3" }\n');
  write('src/main.ts', 'export const a = 1;\n');
  write('src/secret/x.ts', 'export const b = 1;\n');
  write('src.d/y.ts', 'sorted between src and src/ by whoever forgets the slash\n');
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'First');
  claim = {
    commit: git('rev-parse', 'HEAD').trim(),
    version: '1.2.3',
    builtAt: '2026-11-23T04:00:00Z',
    dirty: false,
  };
  record();
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the commit of an image', () => {
  it('is what was sent, and nothing is said', () => {
    expect(faultsOf(folder, claim)).toEqual([]);
  });

  it('says which file is not as committed', () => {
    write('src/main.ts', 'export const a = 2;\n');
    expect(faultsOf(folder, claim)).toEqual(['src/main.ts is not as committed']);
  });

  it('says which file is in no commit, even when git ignores it', () => {
    write('.gitignore', 'src/new.ts\n');
    write('src/new.ts', '');
    expect(faultsOf(folder, claim)).toEqual(['src/new.ts is in no commit']);
  });

  it('says which file is missing', () => {
    rmSync(join(folder, 'src/main.ts'));
    expect(faultsOf(folder, claim)).toEqual(['src/main.ts is missing']);
  });

  it('does not ask for what the image does not hold', () => {
    rmSync(join(folder, 'src/secret'), { recursive: true });
    write('README.md', 'changed');
    expect(faultsOf(folder, claim)).toEqual([]);
  });

  it('is not believed when the record is of another commit', () => {
    write('src/main.ts', 'export const a = 2;\n');
    git('commit', '--quiet', '--all', '--message', 'Second');
    const commit = git('rev-parse', 'HEAD').trim();
    expect(faultsOf(folder, { ...claim, commit })).toEqual([
      `.rotor-commit is of ${claim.commit}, not of ROTOR_COMMIT`,
    ]);
  });

  it('is not believed when somebody edits the list of its files', () => {
    write('src/main.ts', 'export const a = 2;\n');
    const listed = git('hash-object', 'src/main.ts').trim();
    const was = git('rev-parse', 'HEAD:src/main.ts').trim();
    execFileSync('sed', ['-i', `s/${was}/${listed}/`, join(folder, '.rotor-commit')]);
    expect(faultsOf(folder, claim)).toEqual(['.rotor-commit does not list what its commit holds']);
  });

  it('is not believed without a record, a full name, the version and a time', () => {
    rmSync(join(folder, '.rotor-commit'));
    const forgotten = { commit: '', version: '', builtAt: '', dirty: false };
    expect(faultsOf(folder, forgotten)).toEqual([
      'ROTOR_COMMIT is not the full name of a commit',
      'ROTOR_VERSION is "", package.json says 1.2.3',
      'ROTOR_BUILT_AT is no time',
      '.rotor-commit is not here: run npm run commit-record',
    ]);
  });

  it('may be built as the version of a tag, which no commit knows', () => {
    expect(faultsOf(folder, { ...claim, version: '2.0.0' })).toEqual([]);
    expect(faultsOf(folder, { ...claim, version: '2.0' })).toEqual([
      'ROTOR_VERSION is "2.0", package.json says 1.2.3',
    ]);
  });

  it('may be left behind by name only: a dirty build still has to say of which commit', () => {
    write('src/main.ts', 'export const a = 2;\n');
    expect(faultsOf(folder, { ...claim, dirty: true })).toEqual([]);
    expect(faultsOf(folder, { ...claim, commit: '', dirty: true })).toHaveLength(2);
  });

  it('ends the build with what is wrong, one line each', () => {
    write('src/main.ts', 'export const a = 2;\n');
    const args = [join(SCRIPTS, 'check-commit.ts')];
    const env = {
      ROTOR_COMMIT: claim.commit,
      ROTOR_VERSION: '1.2.3',
      ROTOR_BUILT_AT: claim.builtAt,
    };
    const run = () => execFileSync(process.execPath, args, { cwd: folder, env, stdio: 'pipe' });
    expect(run).toThrow('commit: src/main.ts is not as committed');
  });
});

describe('.dockerignore', () => {
  const allows = parseIgnore(readFileSync('.dockerignore', 'utf8'));

  it.each([
    '.env',
    '.git/config',
    'secrets/discord_token',
    'rotor.env',
    'node_modules/zod/index.js',
    'data/journal.sqlite',
    'tests/config/config.test.ts',
    'sandbox/sandbox.ts',
    'scripts/deploy.sh',
    'compose.yaml',
  ])('keeps %s out', (path) => {
    expect(allows(path)).toBe(false);
  });

  it.each([
    'package-lock.json',
    'src/main.ts',
    'src/core/market-time/follow.ts',
    'data/sample/SPY_1D.parquet',
    'scripts/self-test.json',
  ])('lets %s in', (path) => {
    expect(allows(path)).toBe(true);
    expect(existsSync(path)).toBe(true);
  });

  it('refuses patterns that are read otherwise here than by Docker', () => {
    expect(() => parseIgnore('**/*.env')).toThrow('not understood');
  });
});

describe('the version of the checked-out commit', () => {
  const version = () =>
    execFileSync('bash', [join(folder, 'scripts/image/version.sh')], { encoding: 'utf8' }).trim();
  const tag = (...names: readonly string[]) => {
    for (const name of names) git('tag', name);
  };
  beforeEach(() => write('package.json', '{\n  "version": "1.2.3",\n  "x": 1\n}\n'));

  it('is that of package.json where no tag of the commit names one', () => {
    tag('v2', 'release', 'v2.0.0-beta', 'x-v3.0.0');
    expect(version()).toBe('1.2.3');
  });

  it('is the highest that a tag of this commit names, and none of another commit', () => {
    tag('v9.0.0');
    git('commit', '--quiet', '--all', '--message', 'Second');
    tag('v2.9.0', 'v2.10.0', 'v2.10.0-rc1');
    expect(version()).toBe('2.10.0');
  });
});
