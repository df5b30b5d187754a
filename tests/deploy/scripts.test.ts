import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '../..');
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;
const SCRIPTS = ['scripts', 'scripts/deploy', 'scripts/hooks', 'tests/deploy/stand-ins']
  .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`))
  .filter((name) => /\.sh$|\/pre-push$/.test(name));

describe('the shell scripts', () => {
  it.skipIf(!hasShellcheck).each(SCRIPTS)('%s pleases shellcheck (needs shellcheck)', (script) => {
    const { stdout } = spawnSync('shellcheck', ['-x', script], { cwd: ROOT, encoding: 'utf8' });
    expect(stdout).toBe('');
  });

  it.each(['deploy', 'rollback', 'backup', 'restore'])('%s.sh says how it is used', (script) => {
    const run = (...args: string[]) =>
      spawnSync('bash', [`scripts/${script}.sh`, ...args], { cwd: ROOT, encoding: 'utf8' });
    expect(run('--help').stdout).toContain(`scripts/${script}.sh user@host`);
    expect(run().stderr).toContain('expected user@host');
    expect(run('me@server', '--wrong').stderr).toContain('unknown option --wrong');
  });
});

describe('the output of the server', () => {
  it('is shown line by line, also in a pipe, without the line of its exit code', async () => {
    const shown = spawn('bash', ['-c', '. scripts/deploy/lib.sh; without_exit'], { cwd: ROOT });
    shown.stdin.write('starting rotor\n');
    expect(String(await once(shown.stdout, 'data'))).toBe('starting rotor\n');
    shown.stdin.end('exit 0\nexit is a word here\n');
    expect(String(await once(shown.stdout, 'data'))).toBe('exit is a word here\n');
  });
});

describe('npm run container-proof', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rotor-proof-'));
    mkdirSync(join(folder, 'clone/scripts'), { recursive: true });
    cpSync(join(ROOT, 'scripts/container-proof.sh'), join(folder, 'clone/scripts/proof.sh'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  /** Runs the script next to an engine whose program this is. */
  const proof = (engine?: string) => {
    if (engine !== undefined) {
      mkdirSync(join(folder, 'shared/container'), { recursive: true });
      writeFileSync(join(folder, 'shared/container/engine'), engine, { mode: 0o755 });
    }
    return spawnSync('bash', ['clone/scripts/proof.sh'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env['PATH'] ?? '' },
    });
  };
  const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

  it('says by name that there is no engine, and ends with 3', () => {
    for (const engine of [undefined, '#!/bin/sh\nexit 3\n']) {
      const { status, stdout } = proof(engine);
      expect([status, stdout]).toEqual([
        3,
        expect.stringContaining('skipped: no container engine'),
      ]);
    }
  });

  it.each([
    ['empties a server that was switched off, and switches it off again', 1, 'up --fresh', 'down'],
    ['leaves a server that runs as it is, with its desk', 0, 'up', 'up'],
  ])('%s', (_title, running, up, last) => {
    const { status, stdout } = proof(
      `#!/bin/sh\necho "$*" >>'${folder}/calls'\ncase "$1" in\n` +
        `  status) exit ${running} ;;\n  up) echo 'SERVER=me@server SERVER_SSH=false' ;;\nesac\n`,
    );
    expect([status, stdout]).toEqual([3, expect.stringContaining('has a desk of someone else')]);
    expect(calls()[1]).toBe(up);
    expect(calls().at(-1)).toBe(last);
  });
});

describe('npm run hooks', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'rotor-hooks-'));
    mkdirSync(join(folder, 'scripts'));
    for (const name of ['hooks', 'hooks.sh']) {
      cpSync(join(ROOT, 'scripts', name), join(folder, 'scripts', name), { recursive: true });
    }
    mkdirSync(join(folder, 'bin'));
    git('init', '--quiet', '--initial-branch=main', '.');
    git('init', '--quiet', '--bare', 'far.git');
    git('remote', 'add', 'origin', 'far.git');
    git(
      '-c',
      'user.name=A',
      '-c',
      'user.email=a@b.c',
      'commit',
      '--quiet',
      '--allow-empty',
      '-m',
      'A',
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function git(...args: string[]): string {
    const { PATH = '' } = process.env;
    const env = { PATH: `${join(folder, 'bin')}:${PATH}`, HOME: folder };
    return execFileSync('git', args, { cwd: folder, env, encoding: 'utf8', stdio: 'pipe' });
  }
  const hooks = (...args: string[]) =>
    spawnSync('bash', ['scripts/hooks.sh', ...args], { cwd: folder, encoding: 'utf8' });
  function npmEndsWith(code: number): void {
    const npm = join(folder, 'bin/npm');
    writeFileSync(npm, `#!/bin/sh\necho "$*" >>${folder}/asked\nexit ${code}\n`);
    chmodSync(npm, 0o755);
  }

  it('has a push stopped by a red check, and let through by a green one', () => {
    expect(hooks().status).toBe(0);
    npmEndsWith(1);
    expect(() => git('push', '--quiet', 'origin', 'main')).toThrow();
    expect(git('ls-remote', 'origin')).toBe('');
    npmEndsWith(0);
    git('push', '--quiet', 'origin', 'main');
    expect(git('ls-remote', 'origin')).toContain('refs/heads/main');
  });

  it('done twice, changes nothing; a dry run neither', () => {
    expect(hooks('--dry-run').stdout).toContain('core.hooksPath scripts/hooks');
    expect(() => git('config', '--local', 'core.hooksPath')).toThrow();
    hooks();
    expect(hooks().stdout).toContain('in place already');
  });

  it('makes a push to production a deploy, and refuses the push where that fails', () => {
    const deploys = (code: number): void =>
      writeFileSync(
        join(folder, 'scripts/deploy.sh'),
        `#!/bin/sh\necho "deploy $*" >>${folder}/asked\nexit ${code}\n`,
        { mode: 0o755 },
      );
    hooks('--production', 'me@server');
    npmEndsWith(0);
    deploys(1);
    expect(() => git('push', '--quiet', 'production', 'main')).toThrow();
    expect(git('ls-remote', 'production')).toBe('');
    deploys(0);
    expect(() => git('push', '--quiet', 'production', 'main')).not.toThrow();
    expect(git('ls-remote', 'production')).toContain('refs/heads/main');
    expect(readFileSync(join(folder, 'asked'), 'utf8')).toContain('run lint\ndeploy me@server\n');
  });

  it('sets the remote up once, without asking the server, and never another one in its place', () => {
    expect(hooks('--production', 'me@server').status).toBe(0);
    expect(git('config', 'rotor.production').trim()).toBe('me@server');
    expect(git('remote', 'get-url', 'production')).toContain('.git/production.git');
    expect(hooks('--production', 'me@server').stdout).toContain('production: is me@server already');
    expect(hooks('--production', 'me@other').status).toBe(1);
    expect(git('config', 'rotor.production').trim()).toBe('me@server');
  });

  it('says how to set the server up where an older setup did not note it', () => {
    hooks('--production', 'me@server');
    git('config', '--unset', 'rotor.production');
    expect(() => git('push', '--quiet', 'production', 'main')).toThrow(
      'npm run hooks -- --production',
    );
  });

  it('leaves another’s hooks alone', () => {
    git('config', 'core.hooksPath', 'their-hooks');
    expect(hooks().status).toBe(1);
    expect(git('config', '--local', 'core.hooksPath').trim()).toBe('their-hooks');
  });
});
