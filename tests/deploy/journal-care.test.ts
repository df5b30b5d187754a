import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { inWorld as it } from './in-world.ts';
import { NEW, OLD, sha256, type World } from './world.ts';

const COPY = 'journal-20260101T000000Z-asked.sqlite.gz';
const EARLIER = 'schema 1\naccount id PA1 PAPER\nstarted long ago\n';

/** NEW runs, and OLD ran before. */
function newOverOld(world: World): void {
  world.install(NEW);
  world.set('home/rotor/.deploy/previous', `${OLD}\n`);
}

describe.concurrent('rollback.sh', () => {
  it('goes back to the version before, with a backup', async ({ world }) => {
    newOverOld(world);
    const { code } = await world.run('rollback.sh');
    expect([code, world.running()]).toEqual([0, OLD]);
    expect(world.backups()).toEqual([expect.stringContaining('before-rollback')]);
  });

  it('done twice, does not go forward again', async ({ world }) => {
    newOverOld(world);
    await world.run('rollback.sh');
    const { code, output } = await world.run('rollback.sh');
    expect([code, world.running()]).toEqual([0, OLD]);
    expect(output).toContain('nothing to do');
  });

  it('goes to a named version, and names what is there when it is not', async ({ world }) => {
    newOverOld(world);
    const unknown = await world.run('rollback.sh', ['me@server', 'rotor:0.1.0-9999999']);
    expect(unknown.code).not.toBe(0);
    expect(unknown.output).toContain(`here are: ${OLD} ${NEW}`);
    await world.run('rollback.sh', ['me@server', OLD]);
    expect(world.running()).toBe(OLD);
  });

  it('refuses a version that cannot read the journal, in words', async ({ world }) => {
    newOverOld(world);
    world.image('there', NEW, { schema: 2 });
    world.writeJournal(world.journal().replace('schema 1', 'schema 2'));
    const { code, output } = await world.run('rollback.sh');
    expect([code, world.running()]).toEqual([1, NEW]);
    expect(output).toContain(
      `${OLD} cannot run on this journal: written by a newer Rotor (schema 2), this one knows schema 1`,
    );
  });

  it('comes forward again when the older version is not ready', async ({ world }) => {
    newOverOld(world);
    world.image('there', OLD, { health: 'reconciled' });
    const { code, output } = await world.run('rollback.sh');
    expect([code, world.running()]).toEqual([1, NEW]);
    expect(output).toContain(`went back to ${NEW}; ${OLD} does not run`);
  });

  it('refuses while orders are open', async ({ world }) => {
    newOverOld(world);
    world.writeJournal(`${world.journal()}open rotor-1 buy 12 XLK, open\n`);
    expect((await world.run('rollback.sh')).code).toBe(1);
    expect(world.running()).toBe(NEW);
  });
});

describe.concurrent('backup.sh', () => {
  it('keeps the journal, sealed, and copies it here', async ({ world }) => {
    const mine = join(world.folder, 'mine');
    const { code } = await world.run('backup.sh', ['me@server', '--copy-to', mine]);
    expect(code).toBe(0);
    const [name = ''] = world.backups();
    const bytes = readFileSync(join(mine, name));
    expect(gunzipSync(bytes).toString()).toBe(world.journal());
    expect(world.read(`home/rotor/backups/${name}.sha256`)).toBe(`${sha256(bytes)}  ${name}\n`);
  });

  it('keeps the newest so many, with their seals', async ({ world }) => {
    for (const day of ['01', '02', '03']) world.backupOf(COPY.replace('0101', `01${day}`), EARLIER);
    await world.run('backup.sh', ['me@server', '--keep', '2']);
    expect(world.backups()).toEqual([COPY.replace('0101', '0103'), expect.stringMatching(/asked/)]);
    expect(world.read(`home/rotor/backups/${COPY}.sha256`)).toBe('');
    expect((await world.run('backup.sh', ['me@server', '--keep', '0'])).code).toBe(1);
  });

  it('works where no desk runs, and leaves no half file', async ({ world }) => {
    world.set('container', '');
    expect((await world.run('backup.sh')).code).toBe(0);
    expect(world.backups()).toHaveLength(1);
    const fail = { name: 'there docker once take', nth: 2, how: 'exit' };
    world.set('calls', 'there docker once take\n');
    expect((await world.run('backup.sh', undefined, { fail })).code).not.toBe(0);
    expect(world.backups()).toHaveLength(1);
  });
});

describe.concurrent('restore.sh', () => {
  it('puts the backup in place, keeps the journal that was there, and starts the desk', async ({
    world,
  }) => {
    world.backupOf(COPY, EARLIER);
    const present = world.journal();
    const { code } = await world.run('restore.sh', ['me@server', COPY]);
    expect([code, world.running()]).toEqual([0, OLD]);
    expect(world.journal()).toBe(`${EARLIER}state HALT\nstarted ${OLD}\n`);
    const kept = world.backups().find((name) => name.includes('before-restore')) ?? '';
    expect(
      gunzipSync(readFileSync(join(world.folder, 'home/rotor/backups', kept))).toString(),
    ).toBe(present);
  });

  it('says that it waits for a person', async ({ world }) => {
    world.backupOf(COPY, EARLIER);
    world.image('there', OLD, { health: 'trading' });
    const { code, output } = await world.run('restore.sh', ['me@server', COPY]);
    expect(code).toBe(0);
    expect(output).toContain('ATTENTION: it does not trade until an approver has looked');
  });

  it('takes a file of this machine, with its seal', async ({ world }) => {
    const file = join(world.folder, COPY);
    world.backupOf(COPY, EARLIER);
    for (const end of ['', '.sha256']) {
      writeFileSync(
        `${file}${end}`,
        readFileSync(join(world.folder, 'home/rotor/backups', `${COPY}${end}`)),
      );
    }
    expect((await world.run('restore.sh', ['me@server', file])).code).toBe(0);
    writeFileSync(file, 'other');
    const { code, output } = await world.run('restore.sh', ['me@server', file]);
    expect(code).toBe(1);
    expect(output).toContain('is not as it was written');
  });

  it.for<[string, (world: World) => void, string]>([
    ['is not as it was sealed', (world) => world.set(`home/rotor/backups/${COPY}`, 'x'), 'SHA-256'],
    ['does not verify', (world) => world.backupOf(COPY, `${EARLIER}damaged\n`), 'the chain breaks'],
    [
      'is of another account',
      (world) => world.backupOf(COPY, EARLIER.replace('id PA1', 'id2 PA2')),
      'of another account is not restored',
    ],
    [
      'is of a newer version',
      (world) => world.backupOf(COPY, EARLIER.replace('a 1', 'a 2')),
      `is no journal for ${OLD}: written by a newer Rotor (schema 2), this one knows schema 1. If a newer ` +
        `version wrote it, deploy that one first, or name it with --version; here are: ${OLD}`,
    ],
  ])('refuses a backup that %s, before the desk stops', async ([, spoil, words], { world }) => {
    world.backupOf(COPY, EARLIER);
    spoil(world);
    const present = world.journal();
    const { code, output } = await world.run('restore.sh', ['me@server', COPY]);
    expect([code, world.running()]).toEqual([1, OLD]);
    expect(output).toContain(words);
    expect(world.journal()).toBe(present);
    expect(world.calls()).not.toContain('there docker compose stop');
  });

  it('runs a newer version on the backup that it wrote, where that one is named', async ({
    world,
  }) => {
    world.image('there', NEW, { schema: 2 });
    world.set(`home/rotor/.deploy/compose/${NEW.slice('rotor:'.length)}.yaml`, 'services: {}\n');
    world.backupOf(COPY, EARLIER.replace('a 1', 'a 2'));
    const args = ['me@server', COPY, '--version', NEW];
    expect((await world.run('restore.sh', args)).code).toBe(0);
    expect([world.running(), world.journal()]).toEqual([NEW, expect.stringContaining('long ago')]);
  });

  it('takes one of another account with --force alone', async ({ world }) => {
    world.backupOf(COPY, EARLIER.replace('id PA1', 'id2 PA2'));
    expect((await world.run('restore.sh', ['me@server', COPY, '--force'])).code).toBe(0);
    expect(world.journal()).toContain('id2 PA2');
  });

  it('restores where the present journal is damaged', async ({ world }) => {
    world.backupOf(COPY, EARLIER);
    world.writeJournal(`${world.journal()}damaged\n`);
    expect((await world.run('restore.sh', ['me@server', COPY])).code).toBe(0);
    expect(world.journal()).not.toContain('damaged');
  });

  it('keeps the backup that it restores, also where it is one too many', async ({ world }) => {
    world.backupOf(COPY, EARLIER);
    world.backupOf('journal-29990101T000000Z-by-hand.sqlite.gz', EARLIER);
    const env = { ROTOR_KEEP_BACKUPS: '1' };
    const { code, output } = await world.run('restore.sh', ['me@server', COPY], { env });
    expect(code, output).toBe(0);
    expect(world.backups()).toContain(COPY);
  });

  it.for([
    ['backup.sh', 'asked'],
    ['deploy.sh', 'before-deploy'],
  ])(
    '%s keeps the backup that it makes as the newest, also where the clock is behind',
    async ([script, label], { world }) => {
      world.backupOf('journal-29991231T235959Z-by-hand.sqlite.gz', EARLIER);
      const env = { ROTOR_KEEP_BACKUPS: '1' };
      const { code, output } = await world.run(script ?? '', ['me@server'], { env });
      expect(code, output).toBe(0);
      expect(output).toContain(
        'the backup of 29991231T235959Z is of a later time than this moment',
      );
      expect(world.backups()).toEqual([`journal-30000101T000000Z-${label}.sqlite.gz`]);
    },
  );

  it('gives two backups of one moment two names, in their order', async ({ world }) => {
    const date = join(world.folder, 'bin/date');
    writeFileSync(date, '#!/bin/sh\nexec /bin/date -d 2026-02-28T23:59:59Z "$@"\n', {
      mode: 0o755,
    });
    for (const time of ['20260228T235959Z', '20260301T000000Z']) {
      const { code, output } = await world.run('backup.sh');
      expect([code, output]).toEqual([0, expect.not.stringContaining('WARNING')]);
      expect(world.backups().at(-1)).toBe(`journal-${time}-asked.sqlite.gz`);
    }
  });

  it('lists the backups without a name', async ({ world }) => {
    world.backupOf(COPY, EARLIER);
    expect((await world.run('restore.sh')).output).toContain(`backups/${COPY}`);
    expect(existsSync(join(world.folder, 'volume/incoming.sqlite'))).toBe(false);
  });
});
