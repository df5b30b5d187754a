import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { inWorld as it } from './in-world.ts';
import { NEW, OLD, type World } from './world.ts';

/** Everything there is, but what the stand-ins note of their calls. */
function everything(world: World): string {
  const names = readdirSync(world.folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/^(calls|pid)/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const name of names) hash.update(name).update(readFileSync(name));
  return hash.digest('hex');
}

/** What bash 3.2 says of an option that came with 4.4. */
const OLD_BASH = `shopt() {
  case "$*" in *inherit_errexit*) echo "shopt: inherit_errexit: invalid" >&2; return 1 ;; esac
  builtin shopt "$@"
}
`;

const deploy = (world: World, ...options: string[]) =>
  world.run('deploy.sh', ['me@server', ...options]);

describe.concurrent('deploy.sh', () => {
  it('switches to the new version with a backup, and says what it does', async ({ world }) => {
    const { code, output } = await deploy(world);
    expect(code).toBe(0);
    expect(world.running()).toBe(NEW);
    expect(world.backups()).toEqual([expect.stringMatching(/before-deploy\.sqlite\.gz$/)]);
    expect(output).toMatch(/reconciled and ready/);
    expect(world.read('home/rotor/.env')).toBe(`ROTOR_IMAGE=${NEW}\n`);
    expect(world.images('there')).toEqual([OLD, NEW].sort());
    expect(world.calls()).toContain('here npm test');
    expect(world.read('volume/outgoing.sqlite')).toBe('');
  });

  it('done twice, does nothing the second time', async ({ world }) => {
    await deploy(world);
    world.forget();
    const before = everything(world);
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([0, NEW]);
    expect(output).toContain('nothing to do');
    expect(world.calls().join('\n')).not.toMatch(/npm|build|load|compose up|backup/);
    expect(before).not.toBe('');
  });

  it('refuses what is not committed, lists it, and asks nothing of the server', async ({
    world,
  }) => {
    world.set('git/changed', ' M src/main.ts\n?? notes.txt\n');
    const { code, output } = await deploy(world);
    expect(code).toBe(1);
    expect(output).toMatch(/not committed:\n {3}M src\/main\.ts\n {2}\?\? notes\.txt/);
    expect(world.calls().join('\n')).not.toContain('ssh');
  });

  it('refuses a commit that is not pushed', async ({ world }) => {
    world.set('git/unpushed', '1111111 Only here\n');
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toMatch(/not pushed:\n {2}1111111 Only here/);
  });

  it('takes a dirty tree with --allow-dirty, and marks image and desk', async ({ world }) => {
    world.set('git/changed', ' M src/main.ts\n');
    const { code, output } = await deploy(world, '--allow-dirty');
    expect(code).toBe(0);
    expect(world.running()).toMatch(/^rotor:0\.1\.0-1111111-dirty-\d{8}T\d{6}Z$/);
    expect(output).toContain('ROTOR_DIRTY=true');
  });

  it('stops at a red test, and leaves it out only with a warning', async ({ world }) => {
    const red = await world.run('deploy.sh', ['me@server'], {
      fail: { name: 'here npm test', nth: 1, how: 'exit' },
    });
    expect([red.code, world.running()]).toEqual([255, OLD]);
    world.forget();
    const { code, output } = await deploy(world, '--skip-tests');
    expect(code).toBe(0);
    expect(output).toContain('WARNING: --skip-tests');
    expect(world.calls()).not.toContain('here npm test');
  });

  it('sends no image that lacks a model', async ({ world }) => {
    world.next({ models: 2 });
    expect((await deploy(world)).code).not.toBe(0);
    expect(world.running()).toBe(OLD);
    expect(world.images('there')).toEqual([OLD]);
  });

  it('sends nothing that was built on a stand-in for the official base', async ({ world }) => {
    const base = /^FROM (\S+) AS base$/m.exec(world.read('tree/Dockerfile'))?.[1] ?? '';
    world.set(`images-here/${base}`, 'stand-in made for tests\n');
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain(`${base} is here a stand-in, for tests alone: made for tests`);
    expect(output).not.toContain('== tests');
    expect(
      (await world.run('deploy.sh', undefined, { env: { ROTOR_STAND_IN: 'allowed' } })).code,
    ).toBe(0);
  });

  it('says before the tests that no docker answers here', async ({ world }) => {
    const fail = { name: 'here docker version', nth: 1, how: 'exit' };
    const { code, output } = await world.run('deploy.sh', ['me@server'], { fail });
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('docker does not answer on this machine');
    expect(output).not.toContain('== tests');
  });

  it('refuses while orders are open, and names them', async ({ world }) => {
    world.writeJournal(`${world.journal()}open rotor-1 buy 12 XLK, open\n`);
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('rotor-1 buy 12 XLK, open');
    expect(world.calls().join('\n')).not.toMatch(/npm|build/);
  });

  it('stops where the desk does not answer, with the word that continues', async ({ world }) => {
    world.image('there', OLD, { health: 'silent' });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('--force-unreachable');
    expect((await deploy(world, '--force-unreachable')).code).toBe(0);
    expect(world.running()).toBe(NEW);
  });

  it('continues over open orders only where the desk does not answer', async ({ world }) => {
    world.writeJournal(`${world.journal()}open rotor-1 buy 12 XLK, open\n`);
    const answers = await deploy(world, '--force-unreachable');
    expect([answers.code, world.running()]).toEqual([1, OLD]);
    expect(answers.output).toContain('orders are open; wait');
    world.image('there', OLD, { health: 'silent' });
    expect((await deploy(world, '--force-unreachable')).code).toBe(0);
    expect(world.running()).toBe(NEW);
  });

  it('refuses a rotor.env that the new version would not start with, before it stops anything', async ({
    world,
  }) => {
    world.set('home/rotor/rotor.env', 'MAX_ORDERS_USD=500\n');
    const { code, output } = await deploy(world);
    expect([code, world.running(), world.backups()]).toEqual([1, OLD, []]);
    expect(output).toContain('MAX_ORDERS_USD: is not a variable of Rotor');
    expect(world.calls()).not.toContain('there docker compose stop');
  });

  it('refuses a server without rotor.env, and names it', async ({ world }) => {
    rmSync(join(world.folder, 'home/rotor/rotor.env'));
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('rotor.env is not here');
  });

  it('says before the switch what the old version will not read, and the way back', async ({
    world,
  }) => {
    world.next({ kinds: 'dividend order started' });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([0, NEW]);
    const note = `NOTE: ${OLD} cannot read entries that ${NEW} may write: dividend.`;
    expect(output).toContain(note);
    expect(output).toContain(`restore.sh HOST BACKUP --version ${OLD}`);
    expect(output.indexOf(note)).toBeLessThan(output.indexOf(`starting ${NEW}`));
  });

  it('says nothing of it where both know the same, and that an older one does not say', async ({
    world,
  }) => {
    const fail = { name: 'there docker once kinds', nth: 2, how: 'exit' };
    const unsaid = await world.run('deploy.sh', ['me@server'], { fail });
    expect([unsaid.code, world.running()]).toEqual([0, NEW]);
    expect(unsaid.output).toContain('(it does not say which it knows)');
    world.set('git/head', `${'2'.repeat(40)}\n`);
    expect((await deploy(world)).output).not.toContain('NOTE:');
  });

  it('installs what the lockfile names, once', async ({ world }) => {
    await deploy(world);
    const npm = () => world.calls().filter((call) => call.startsWith('here npm'));
    expect(npm()).toEqual(['here npm ci', 'here npm test']);
    world.forget();
    mkdirSync(join(world.folder, 'tree/node_modules'));
    world.set('tree/node_modules/.package-lock.json', '{}');
    world.set('git/head', `${'2'.repeat(40)}\n`);
    await deploy(world);
    expect(npm()).toEqual(['here npm test']);
  });

  it('stops where the journal cannot be asked', async ({ world }) => {
    const fail = { name: 'there docker once facts', nth: 1, how: 'exit' };
    const { code, output } = await world.run('deploy.sh', ['me@server'], { fail });
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('the journal cannot be trusted');
    expect(world.calls()).not.toContain('here docker build');
  });

  it('refuses on a journal that does not verify', async ({ world }) => {
    world.writeJournal(`${world.journal()}damaged\n`);
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('the chain breaks at entry 2');
  });

  it.for(['reconciled', 'Discord', 'silent'])(
    'goes back by itself when the new one is not ready (%s), and proves the old one',
    async (health, { world }) => {
      world.next({ health });
      const { code, output } = await deploy(world);
      expect([code, world.running()]).toEqual([1, OLD]);
      expect(output).toContain(`went back to ${OLD}; ${NEW} does not run`);
      expect(world.read('home/rotor/.env')).toBe(`ROTOR_IMAGE=${OLD}\n`);
    },
  );

  it('goes back by itself when the new one falls over', async ({ world }) => {
    world.next({ starts: 'no' });
    expect((await deploy(world)).code).toBe(1);
    expect(world.running()).toBe(OLD);
  });

  it('gives up after the second restart, and shows each with its reason', async ({ world }) => {
    world.next({ crashes: 'yes' });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toMatch(/restart 1, \d+ s left: rotor: Error: as the test has it/);
    expect(output).toContain('restart 2');
    expect(output).not.toContain('restart 3');
    expect(output).not.toContain('ATTENTION');
  });

  it('goes back from a version that was ready and crashed afterwards', async ({ world }) => {
    world.next({ crashes: 'later' });
    const env = { ROTOR_STEADY_SECONDS: '1' };
    const { code, output } = await world.run('deploy.sh', ['me@server'], { env });
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('watching it for 1 s');
    expect(output).toContain('crashes again and again');
  });

  it('goes back also where no note of it can be written', async ({ world }) => {
    world.next({ crashes: 'yes', fills: 'yes' });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('could not be recorded');
    expect(output).toContain(`went back to ${OLD}`);
  });

  it('refuses on a disk with no room, before anything is stopped', async ({ world }) => {
    const env = { ROTOR_ROOM_MB: '999999999' };
    const { code, output } = await world.run('deploy.sh', ['me@server'], { env });
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toMatch(/has \d+ MB left, less than 999999999; make room/);
    expect(world.calls().join('\n')).not.toMatch(/npm|build|load|compose up/);
  });

  it('says that the disk is full where an image could not be stored for that', async ({
    world,
  }) => {
    world.clear();
    const fail = { name: 'here ssh receive', nth: 1, how: 'exit' };
    const env = { ROTOR_ROOM_MB: '999999999' };
    const { code, output } = await world.run('deploy.sh', ['me@server'], { fail, env });
    expect(code).toBe(1);
    expect(output).toMatch(/the disk of \S+ has \d+ MB left.*make room there/);
    expect(output).not.toContain('the server wants the whole image');
  });

  it('says loudly when the way back leaves a desk that does not trade', async ({ world }) => {
    world.next({ crashes: 'yes', halts: 'yes' });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('ATTENTION: it does not trade: the journal says HALT');
  });

  it('says "as before" only of what was so before', async ({ world }) => {
    world.image('there', OLD, { health: 'Discord' });
    world.next({ health: 'Discord' });
    expect((await deploy(world)).output).toContain('as before not well: Discord');
    world.clear();
    world.next({ health: 'trading' });
    world.set('git/head', `${'2'.repeat(40)}\n`);
    expect((await deploy(world)).output).toContain('newly not well: trading');
  });

  it('waits for no container that a first deploy left out, and continues', async ({ world }) => {
    world.clear();
    const fail = { name: 'there docker compose up', nth: 1, how: 'reboot-half' };
    await world.run('deploy.sh', ['me@server'], { fail });
    await world.atRest();
    const { code, output } = await deploy(world);
    expect(output).toContain(`${NEW} has no container`);
    expect([code, world.running()]).toEqual([0, NEW]);
  });

  it('asks no more of the new one than the old one could do', async ({ world }) => {
    world.image('there', OLD, { health: 'trading' });
    world.next({ health: 'trading' });
    expect((await deploy(world)).code).toBe(0);
    expect(world.running()).toBe(NEW);
  });

  it('never takes an unreconciled desk for a good one, whatever was before', async ({ world }) => {
    world.image('there', OLD, { health: 'reconciled' });
    world.next({ health: 'reconciled' });
    expect((await deploy(world)).code).toBe(1);
  });

  it('puts the journal back as well when the old version cannot read what the new one wrote', async ({
    world,
  }) => {
    world.next({ health: 'reconciled', schema: 2 });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain('the journal of before the switch is put back');
    expect(world.journal()).toMatch(/^schema 1$/m);
    // A restored journal begins in HALT: a person may have halted the desk in what is not in it.
    expect(output).toContain('ATTENTION: it does not trade');
  });

  it('deploys to a server that never had a version', async ({ world }) => {
    world.clear();
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([0, NEW]);
    expect(output).toContain('there is no journal yet');
  });

  it('stops a first version that is not ready, and says that there is none to go back to', async ({
    world,
  }) => {
    world.clear();
    world.next({ health: 'reconciled' });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, '']);
    expect(output).toContain('no version to go back to');
    // So that `docker compose run … doctor` finds it.
    expect(world.read('home/rotor/compose.yaml')).toBe(world.read('tree/compose.yaml'));
    expect(world.read('home/rotor/.env')).toBe(`ROTOR_IMAGE=${NEW}\n`);
    world.next({});
    world.set('git/head', `${'2'.repeat(40)}\n`);
    expect((await deploy(world)).code).toBe(0);
    expect(world.running()).toBe('rotor:0.1.0-2222222');
  });

  it('keeps a first version that waits for a person, and no later one', async ({ world }) => {
    world.next({ health: 'trading' });
    expect((await deploy(world)).code).toBe(1);
    expect(world.running()).toBe(OLD);
    world.clear();
    const first = await deploy(world);
    expect([first.code, world.running()]).toEqual([0, NEW]);
    expect(first.output).toContain('ATTENTION: it does not trade until an approver has looked');
    world.forget();
    const again = await deploy(world);
    expect([again.code, world.running()]).toEqual([0, NEW]);
    expect(again.output).toContain(`${NEW} runs already and waits for a person`);
    expect(world.calls()).not.toContain('there docker compose up');
  });

  it('does not call a first version reconciled that waits for a person to look', async ({
    world,
  }) => {
    world.clear();
    world.next({ health: 'reconciled,trading' });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([0, NEW]);
    expect(output).toContain(`${NEW} is not ready, newly not well: reconciled,trading`);
  });

  it('never goes back from a version to itself', async ({ world }) => {
    world.install(NEW, { health: 'reconciled' });
    const { code, output } = await deploy(world);
    expect([code, world.running()]).toEqual([1, NEW]);
    expect(output).toContain('it stays, as there is no other version to go back to');
    expect(output).not.toContain('going back');
  });

  it('keeps the last three images', async ({ world }) => {
    for (const digit of ['1', '2', '3', '4']) {
      world.set('git/head', `${digit.repeat(40)}\n`);
      expect((await deploy(world, '--skip-tests')).code).toBe(0);
    }
    expect(world.images('there')).toEqual([2, 3, 4].map((n) => `rotor:0.1.0-${`${n}`.repeat(7)}`));
  });

  it('lets only one of two deploys at once do its work', async ({ world }) => {
    const both = await Promise.all([deploy(world), deploy(world)]);
    const codes = both.map(({ code }) => code).sort();
    expect(codes).toEqual([0, 1]);
    expect(both.map(({ output }) => output).join()).toMatch(
      /the server is not free: (\S+@\S+, since [\d:]+Z,|another run) is at work on it; run this again afterwards/,
    );
    expect(world.calls().filter((call) => call === 'there docker compose up')).toHaveLength(1);
    expect(world.running()).toBe(NEW);
  });

  it('keeps nothing that arrived in part', async ({ world }) => {
    for (const name of ['here ssh send-scripts', 'here ssh receive', 'here ssh take_compose']) {
      const { code, output } = await world.run('deploy.sh', ['me@server'], {
        fail: { name, nth: 1, how: 'cut' },
      });
      expect([code === 0, world.running()]).toEqual([false, OLD]);
      expect(output).toMatch(
        /^rotor: .*(reached|in the step above|as it was sent|did not arrive)/m,
      );
    }
    const names = readdirSync(join(world.folder, 'home/rotor/.deploy'), { recursive: true });
    expect(names.filter((name) => `${name}`.includes('remote.sh'))).toEqual(['remote.sh']);
    expect((await deploy(world)).code).toBe(0);
    const file = `home/rotor/.deploy/compose/${NEW.slice('rotor:'.length)}.yaml`;
    expect(world.read(file)).toBe(world.read('tree/compose.yaml'));
  });

  it('leaves the scripts of a deploy that continues, and takes the lock only with its own', async ({
    world,
  }) => {
    await world.run('backup.sh');
    const script = 'home/rotor/.deploy/remote.sh';
    const theirs = `${world.read(script)}# another commit\n`;
    world.set(script, theirs);
    const lock = join(world.folder, 'home/rotor/.deploy/lock');
    const holder = spawn('flock', [lock, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
    holder.stdin.write('held');
    await once(holder.stdout, 'data');
    expect((await world.run('backup.sh')).code).toBe(0);
    holder.stdin.end();
    await once(holder, 'close');
    expect(world.read(script)).toBe(theirs);
    // The end of its input ends one that took the lock.
    const hold = spawnSync('bash', [join(world.folder, script), 'hold', 'me', '1 2'], {
      cwd: join(world.folder, 'home'),
      input: '',
      encoding: 'utf8',
    });
    expect(hold.stderr).toContain('busy: another deploy was at work; run this again');
    expect((await deploy(world)).code).toBe(0);
    expect(world.read(script)).toBe(world.read('tree/scripts/deploy/remote.sh'));
  });

  it('says when nothing starts the desk after a reboot, and continues', async ({ world }) => {
    const systemctl = join(world.folder, 'bin/systemctl');
    for (const [enabled, times] of [
      ['exit 1', 1],
      ['exit 0', 0],
    ] as const) {
      writeFileSync(systemctl, `#!/bin/sh\n${enabled}\n`, { mode: 0o755 });
      world.install(OLD);
      const { code, output } = await deploy(world);
      expect([code, world.running()]).toEqual([0, NEW]);
      expect(output.split('nothing starts the desk after a reboot')).toHaveLength(times + 1);
    }
  });

  it('changes nothing in a dry run, and prints each command', async ({ world }) => {
    const before = everything(world);
    const { code, output } = await deploy(world, '--dry-run');
    expect(code).toBe(0);
    expect(everything(world)).toBe(before);
    expect(world.calls().filter((call) => !call.startsWith('here git'))).toEqual([]);
    for (const command of [
      'npm test',
      'docker build',
      'docker save',
      'docker load',
      'up --detach',
    ]) {
      expect(output).toContain(command);
    }
  });

  it.for(['rollback.sh', 'backup.sh', 'restore.sh', 'deploy.sh'])(
    'a dry run of %s changes nothing, with the bash of a Mac too',
    async (script, { world }) => {
      const env = { BASH_ENV: join(world.folder, 'old-bash.sh') };
      world.set('old-bash.sh', OLD_BASH);
      const before = everything(world);
      const args = script === 'restore.sh' ? ['me@server', 'a.sqlite.gz'] : ['me@server'];
      const { code, output } = await world.run(script, [...args, '--dry-run'], { env });
      expect([code, output]).toEqual([0, expect.not.stringContaining('invalid')]);
      expect(everything(world)).toBe(before);
      expect(world.calls().filter((call) => !call.startsWith('here git'))).toEqual([]);
      expect(output).toContain('docker compose');
    },
  );
});
