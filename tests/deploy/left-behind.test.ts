/** What an earlier run left behind, met by a later one: what the desk wrote meanwhile stays. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, vi } from 'vitest';
import { inWorld as it } from './in-world.ts';
import { NEW, OLD, type World } from './world.ts';

const COPY = 'journal-20260101T000000Z-asked.sqlite.gz';
const EARLIER = 'schema 1\naccount id PA1 PAPER\nstarted long ago\n';
const WEEKS = 'weeks of trading\n';

/** Only a hang takes this long. */
const HANG = { timeout: 60_000, interval: 20 };

const deploy = (world: World) => world.run('deploy.sh', ['me@server', '--skip-tests']);
const commit = (world: World, digit: string) => world.set('git/head', `${digit.repeat(40)}\n`);
const phase = (world: World) => world.read('home/rotor/.deploy/step').split('\n')[0];

/** While the tests run the lock's connection ends, and a colleague deploys another commit. */
const COLLEAGUE = `#!/bin/bash
if [ "$1" = test ] && [ ! -f "$WORLD/once" ]; then
  touch "$WORLD/once"
  for dir in /proc/[0-9]*; do
    if tr '\\0' ' ' <"$dir/cmdline" 2>/dev/null | grep -q 'remote.sh hold' &&
      tr '\\0' '\\n' <"$dir/environ" 2>/dev/null | grep -qx "WORLD=$WORLD"; then
      kill "\${dir#/proc/}"
    fi
  done
  until flock -n "$WORLD/home/rotor/.deploy/lock" true; do sleep 0.05; done
  echo ${'2'.repeat(40)} >"$WORLD/git/head"
  bash "$WORLD/tree/scripts/deploy.sh" me@server --skip-tests >"$WORLD/second.log" 2>&1
fi
`;

/** The step was begun three weeks ago, or by a clock that was set back since, and the desk traded since. */
function weeksLater(world: World, days = -21): void {
  const then = Date.now() / 1000 + days * 86_400;
  utimesSync(join(world.folder, 'home/rotor/.deploy/step'), then, then);
  world.writeJournal(`${world.journal()}${WEEKS}`);
  world.forget();
}

describe.concurrent('a deploy that was cut off before it sent the compose file', () => {
  it('costs the next one nothing that lies there for people', async ({ world }) => {
    await deploy(world);
    commit(world, '2');
    world.forget();
    const fail = { name: 'there docker load', nth: 1, how: 'lost' };
    await world.run('deploy.sh', ['me@server', '--skip-tests'], { fail });
    commit(world, '3');
    world.forget();
    expect((await deploy(world)).code).toBe(0);
    expect(world.images('there')).not.toContain('rotor:0.1.0-2222222');
    expect(existsSync(join(world.folder, 'home/rotor/compose.yaml'))).toBe(true);
  });
});

describe.concurrent('a restore after which the desk was not ready', () => {
  it.for<[string, number, string]>([
    ['a deploy', 0, NEW],
    ['a deploy that refuses over open orders', 1, OLD],
  ])('is not done again by %s weeks later', async ([, code, running], { world }) => {
    world.backupOf(COPY, EARLIER);
    world.image('there', OLD, { health: 'broker' });
    expect((await world.run('restore.sh', ['me@server', COPY])).code).toBe(1);
    expect(world.journal()).toContain('long ago');
    world.image('there', OLD);
    weeksLater(world);
    if (code === 1) world.writeJournal(`${world.journal()}open rotor-1 buy 12 XLK, open\n`);
    expect([(await deploy(world)).code, world.running()]).toEqual([code, running]);
    expect(world.journal()).toContain(WEEKS);
  });

  it('starts the desk where none runs, on the journal that is there', async ({ world }) => {
    world.backupOf(COPY, EARLIER);
    const fail = { name: 'there docker once restore', nth: 1, how: 'reboot' };
    await world.run('restore.sh', ['me@server', COPY], { fail });
    await world.atRest();
    expect([world.running(), phase(world)]).toEqual(['', 'restoring']);
    world.forget();
    const { output } = await world.run('rollback.sh', ['me@server', OLD]);
    expect(output).toContain('run scripts/restore.sh again');
    expect([world.running(), phase(world)]).toEqual([OLD, 'ended']);
    expect(world.journal()).not.toContain('long ago');
  });
});

describe.concurrent('a switch whose last word was lost', () => {
  it.for<[string, number]>([
    ['ready', -21],
    ['trading', -21],
    ['Discord', -21],
    ['trading', 1],
    ['Discord', 1],
  ])(
    'is not undone weeks later with the journal of before (%s, begun %d days from now by the clock)',
    async ([health, days], { world }) => {
      world.next({ schema: 2 });
      const fail = { name: 'there docker compose up', nth: 1, how: 'reboot-after' };
      await world.run('deploy.sh', ['me@server', '--skip-tests'], { fail });
      await world.atRest();
      expect([world.running(), phase(world)]).toEqual([NEW, 'switching']);
      world.image('there', NEW, { schema: 2, health });
      weeksLater(world, days);
      commit(world, '3');
      const { output } = await deploy(world);
      expect(world.running(), output).not.toBe(OLD);
      expect(world.journal()).toContain(WEEKS);
    },
  );
});

describe.concurrent('a new version that is not ready and wrote what the old one cannot read', () => {
  it('stays with its journal when it has sent an order, and says the way back', async ({
    world,
  }) => {
    world.next({ health: 'Discord', schema: 2, sends: 'yes' });
    const { code, output } = await deploy(world);
    expect([code, world.running(), phase(world)]).toEqual([1, NEW, 'ended']);
    expect(output).toContain('its journal has gone on since the switch, and stays');
    expect(world.journal()).toContain('order rotor-1');
    const [copy = ''] = world.backups();
    expect(output).toContain(`scripts/restore.sh HOST backups/${copy} --version ${OLD}`);
    const args = ['me@server', `backups/${copy}`, '--version', OLD];
    expect((await world.run('restore.sh', args)).code).toBe(0);
    expect([world.running(), phase(world)]).toEqual([OLD, 'ended']);
    expect(world.read('home/rotor/.deploy/current')).toBe(`${OLD}\n`);
    expect(world.journal()).toMatch(/^schema 1$/m);
  });
});

describe.concurrent('restore.sh --version', () => {
  it('names what is there where it is not, before the desk stops', async ({ world }) => {
    world.backupOf(COPY, EARLIER);
    const args = ['me@server', COPY, '--version', 'rotor:0.1.0-9999999'];
    const { code, output } = await world.run('restore.sh', args);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain(`here are: ${OLD}`);
    expect(world.calls()).not.toContain('there docker compose stop');
  });

  it('keeps the present version where the backup cannot be put in place', async ({ world }) => {
    world.install(NEW, { schema: 2 });
    world.backupOf(COPY, EARLIER);
    world.writeJournal(world.journal().replace('schema 1', 'schema 2'));
    const fail = { name: 'there docker once put', nth: 2, how: 'exit' };
    const args = ['me@server', COPY, '--version', OLD];
    const { code, output } = await world.run('restore.sh', args, { fail });
    expect([code, world.running()], output).toEqual([1, NEW]);
    expect(world.journal()).toMatch(/^schema 2$/m);
  });
});

describe.concurrent('work that continues after its connection was lost', () => {
  it('is watched to its end by the next run, which then does its own', async ({ world }) => {
    const runs = join(world.folder, 'home/rotor/.deploy/runs');
    const working = join(world.folder, 'home/rotor/.deploy/working');
    mkdirSync(runs, { recursive: true });
    const holder = spawn('flock', [working, 'cat'], { stdio: ['pipe', 'pipe', 'ignore'] });
    holder.stdin.write('held');
    await once(holder.stdout, 'data');
    writeFileSync(working, 'earlier\n');
    writeFileSync(join(runs, 'earlier.pid'), `${holder.pid}\n`);
    writeFileSync(join(runs, 'earlier.log'), 'what the earlier run said\n');
    const second = deploy(world);
    await vi.waitUntil(() => world.calls().includes('here ssh follow'), HANG);
    expect(world.calls()).not.toContain('there docker compose up');
    holder.stdin.end();
    const { code, output } = await second;
    expect([code, world.running()], output).toEqual([0, NEW]);
    expect(output).toMatch(/still at work on the server.*\nwhat the earlier run said\n/);
  });
});

describe.concurrent('a deploy that lost its lock', () => {
  it('does not switch over what a colleague deployed meanwhile', async ({ world }) => {
    const npm = join(world.folder, 'bin/npm');
    rmSync(npm);
    writeFileSync(npm, COLLEAGUE, { mode: 0o755 });
    const { code, output } = await world.run('deploy.sh', ['me@server']);
    expect(world.read('second.log')).toContain('deployed rotor:0.1.0-2222222');
    expect([code, world.running()], output).toEqual([1, 'rotor:0.1.0-2222222']);
    expect(output).toContain('the lock was lost, and since then');
  });
});
