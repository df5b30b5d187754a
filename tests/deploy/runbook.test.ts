import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { ApplicationCommandOptionType } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '#commands/list.ts';
import { sessionDate, ticker } from '#core/domain/units.ts';
import { codeDigest } from '#ops/build-info.ts';
import { type Following, follow } from './runbook/follow.ts';
import { type Block, type Situation, situationsIn, slashOf } from './runbook/steps.ts';
import {
  copiesAtHome,
  createRunbookWorld,
  type Ended,
  type RunbookWorld,
  reconciled,
  settingsOf,
  until,
} from './runbook/world.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SITUATIONS = situationsIn(join(ROOT, 'RUNBOOK.md'));

function situation(heading: string): Situation {
  const found = SITUATIONS.find((each) => each.heading === heading);
  if (!found) throw new Error(`RUNBOOK.md has no situation "${heading}"`);
  return found;
}

/**
 * What a sandbox cannot do. These commands are run all the same, but what they call only notes it or stands
 * in for it.
 */
const NOT_REALLY: Readonly<Record<string, string>> = {
  adduser: 'would add a user to this machine',
  usermod: 'would change one',
  systemctl: 'needs systemd; the line that it would run is run after the reboot',
  reboot: 'would reboot this machine; the desk is stopped, and the unit started',
  'https://get.docker.com': 'needs the internet',
  'replica restore': 'needs Litestream and an object store; one file stands for both',
};

/** What may stand first in a command. */
const PROGRAMS = new Set([
  ...['docker', 'curl', 'sudo', 'nano', 'echo', 'printf', 'ssh', 'scp', 'ssh-keygen', 'mv'],
  ...['apt-get', 'adduser', 'usermod', 'install', '(crontab', 'crontab', 'grep', 'sed'],
  ...['scripts/deploy.sh', 'scripts/rollback.sh', 'scripts/backup.sh', 'scripts/restore.sh'],
]);

const ALL: readonly Block[] = SITUATIONS.flatMap(({ blocks }) => blocks);

describe('RUNBOOK.md', () => {
  it('types each command in a place that there is', () => {
    const places = ['home', 'server', 'other-server', 'root', 'browser', 'discord'];
    expect(ALL.filter(({ where }) => !places.includes(where))).toEqual([]);
    expect(ALL.length).toBeGreaterThan(100);
  });

  it('begins each command of a shell with a program that this test knows', () => {
    const shell = ALL.filter(({ where }) => where !== 'browser' && where !== 'discord');
    const first = shell.map(({ command }) => command.split(' ')[0] ?? '');
    expect(first.filter((program) => !PROGRAMS.has(program))).toEqual([]);
  });

  const slashes = ALL.filter(({ where }) => where === 'discord');
  it.each(slashes)('names $command with its options, and the role it needs', (block) => {
    const { name, options } = slashOf(block.command);
    const command = COMMANDS.find(({ definition }) => definition.name === name);
    expect(command?.access).toBe(block.role);
    const known = command?.definition.options ?? [];
    expect(known.map((option) => option.name)).toEqual(
      expect.arrayContaining(Object.keys(options)),
    );
    const required = known.filter((option) => 'required' in option && option.required);
    expect(Object.keys(options)).toEqual(
      expect.arrayContaining(required.map((option) => option.name)),
    );
    for (const { name: key, type } of known) {
      if (type === ApplicationCommandOptionType.Boolean && key in options) {
        expect(options[key]).toMatch(/^(true|false)$/);
      }
    }
  });

  it('links to headings that there are, and is linked from the README', () => {
    const text = readFileSync(join(ROOT, 'RUNBOOK.md'), 'utf8');
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
      title
        ?.toLowerCase()
        .replaceAll(/[^a-z0-9 -]/g, '')
        .replaceAll(' ', '-'),
    );
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
    expect(links.filter((link) => !headings.includes(link))).toEqual([]);
    expect(readFileSync(join(ROOT, 'README.md'), 'utf8').includes('](RUNBOOK.md)')).toBe(true);
  });

  it('leaves to stand-ins only what is said here', () => {
    const text = ALL.map(({ command }) => command).join('\n');
    expect(Object.keys(NOT_REALLY).filter((what) => !text.includes(what))).toEqual([]);
  });

  it('is followed to its end', () => {
    expect(SITUATIONS.map(({ heading }) => heading).sort()).toEqual(Object.keys(FOLLOWED).sort());
  });
});

const FACTS = 'docker compose run --rm -T rotor node src/cli.ts journal facts --state /data';

function entriesIn({ output }: Ended): number {
  return Number(/^entries (\d+)$/m.exec(output)?.[1]);
}

type Followed = (world: RunbookWorld, situation: Situation) => Promise<void>;

/** Each situation: what brings it about, and what its pages do. */
const FOLLOWED: Readonly<Record<string, Followed>> = {
  'Halt, reconcile, decide': async (world, page) => {
    await world.rebalance();
    await follow(world, page);
    await reconciled(world.server());
  },

  'The desk does not start': async (world, page) => {
    await world.install();
    await spoil(world, 'DISCORD_CHANNEL_ID=7\n');
    const crashed = { at: Date.now(), build: codeDigest(), end: 'failed', why: 'as told' };
    await follow(world, page, {
      before: [
        ['nano', () => world.type(settingsOf(world.outside))],
        [
          'docker compose up',
          () =>
            writeFileSync(
              world.server().state('starts.json'),
              JSON.stringify({ starts: Array.from({ length: 5 }, () => crashed) }),
            ),
        ],
        [
          '/resume',
          async () => {
            await until(
              'safe mode',
              async () => (await world.server().reason('safe mode'))?.ok === false,
            );
          },
        ],
      ],
    });
    expect((await world.server().reason('safe mode'))?.ok).toBe(true);
  },

  'The new version is bad': async (world, page) => {
    await world.install();
    const newer = 'rotor:0.1.0-1111111';
    updateBy(world, newer);
    await world.run('server', 'docker compose up --detach');
    await reconciled(world.server());
    await follow(world, page);
    const { output } = await world.run('server', 'docker ps');
    expect(output.trim()).toBe('rotor:0.1.0-0000000');
  },

  'The server is lost': async (world, page) => {
    await world.rebalance();
    await follow(world, situation('A new server'), {
      only: ({ command }) => command.includes('--copy-to'),
    });
    await follow(world, situation('A replica'), { pages: pagesOf(world) });
    await world.run('server', 'docker compose stop');
    const lost = await world.run('server', FACTS);
    await follow(world, page, {
      pages: pagesOf(world),
      before: [
        [
          'scripts/restore.sh',
          async () => {
            await world.newServer();
            await follow(world, situation('A new server'), {
              before: newServer(world),
              only: ({ step }) => step <= 5,
            });
            const { detail } = (await world.server().reason('trading')) ?? {};
            expect(detail).toContain('this journal is older than the account');
          },
        ],
        [
          'docker compose up',
          async () => {
            // The replica's copy, not that of the new desk.
            expect(entriesIn(await world.run('server', FACTS))).toBe(entriesIn(lost) + 2);
          },
        ],
      ],
    });
    await reconciled(world.server());
  },

  'A replica': async (world, page) => {
    await world.install();
    const state = world.server().state('.journal.sqlite-litestream');
    mkdirSync(state);
    await follow(world, page, { pages: pagesOf(world) });
    // It starts over, and no copy is left in the volume.
    expect(existsSync(state)).toBe(false);
    expect(existsSync(world.server().state('replica-check.sqlite'))).toBe(false);
  },

  'The database is lost': async (world, page) => {
    await world.rebalance();
    await world.run('home', 'scripts/backup.sh me@server');
    await world.run('server', 'docker compose stop');
    for (const end of ['', '-wal']) {
      writeFileSync(world.server().state(`journal.sqlite${end}`), 'this is no journal'.repeat(500));
    }
    await world.run('server', 'docker compose up --detach');
    await until('safe mode', async () => {
      const { detail = '' } = (await world.server().reason('safe mode')) ?? {};
      return detail.includes('journal.sqlite cannot be used');
    });
    await follow(world, page);
  },

  'A key leaked': async (world, page) => {
    await world.install();
    const { outside } = world;
    const { heard, secrets } = outside;
    const pages = pagesOf(world);
    await follow(world, page, { pages });
    expect(world.server().log()).toContain('the keys are not accepted (401)');
    const path = (name: string) => new URL(secrets[name] ?? '').pathname;
    expect(heard.join('\n')).toContain(`${path('heartbeat_url')} `);
    expect(heard.join('\n')).toContain(
      `${path('supervisor_webhook_url')} {"content":"Rotor ended with 2`,
    );
    const { mode, uid } = statSync(join(world.server().folder, 'rotor/secrets/discord_token'));
    expect(mode & 0o777).toBe(0o400);
    if (process.getuid?.() === 0) expect(uid).toBe(10_001);
    const known = readFileSync(join(world.server().folder, '.ssh/authorized_keys'), 'utf8');
    expect(known).not.toContain('first/key');
  },

  'Two desks on one account': async (world, page) => {
    await world.rebalance();
    await world.newServer();
    await world.install(false);
    await until('a halt', async () =>
      (await world.server().reason('trading'))?.detail.includes('are not recorded here'),
    );
    await follow(world, page);
    expect(world.other().runs()).toBe(false);
  },

  'Bars are broken': async (world, page) => {
    const { dataFaults } = world.outside.paper();
    dataFaults.adjust({ ticker: ticker('XLE'), ex: sessionDate('2026-06-24'), factor: 0.5 });
    dataFaults.on({ kind: 'raw' });
    await world.install();
    await until('a doubt', async () => (await world.server().reason('data'))?.ok === false);
    const settings = (): string => join(world.server().folder, 'rotor/rotor.env');
    await follow(world, page, {
      before: [
        // One is believed already.
        [
          'grep -q ^ACCEPTED_MOVES',
          () => appendFileSync(settings(), 'ACCEPTED_MOVES=XLF:2026-01-05\n'),
        ],
        [
          'docker compose run --rm -T rotor node -e',
          async () => {
            const [last] = readFileSync(settings(), 'utf8').trimEnd().split('\n').slice(-1);
            expect(last).toBe('ACCEPTED_MOVES=XLF:2026-01-05,XLE:2026-06-24');
            await until('belief', async () => (await world.server().reason('data'))?.ok === true);
            dataFaults.clear();
          },
        ],
      ],
    });
  },

  'Discord is gone': async (world, page) => {
    await world.install();
    let heal = (): unknown => undefined;
    await until('Discord', async () => (await world.server().reason('Discord'))?.ok);
    heal = world.outside.discord().faults.inject({ on: 'everything' });
    await follow(world, page, { before: [['/health', () => void heal()]] });
  },

  'The broker is gone': async (world, page) => {
    await world.install();
    await until('Discord', async () => (await world.server().reason('Discord'))?.ok);
    const broker = world.outside.paper();
    await broker.unplug();
    await follow(world, page, {
      pages: { 'status.alpaca.markets': () => undefined },
      only: ({ step }) => step <= 3,
    });
    await broker.plug();
    await follow(world, page, { only: ({ step }) => step > 3 });
  },

  'Live with small money': async (world, page) => {
    await world.install();
    await follow(world, page, { pages: pagesOf(world) });
    expect(copiesAtHome(world)).toHaveLength(1);
    const { detail } = (await world.server().reason('trading')) ?? {};
    expect(detail).toBe('RUN');
  },

  'A new server': async (world, page) => {
    await follow(world, page, { before: newServer(world) });
    const { folder } = world.server();
    const [line = ''] = readFileSync(join(folder, 'crontab'), 'utf8').trim().split('\n').slice(-1);
    // As cron does it: from the user's home.
    const nightly = await world.run('server', `cd .. && ${line.replace('@daily ', '')}`);
    expect([nightly.code, nightly.output]).toEqual([0, expect.stringContaining('asked.sqlite.gz')]);
    expect(copiesAtHome(world)).toHaveLength(1);
    const own = readFileSync(join(world.folder, 'me/crontab'), 'utf8').trim();
    const daily = await world.run('home', `cd ~ && ${own.replace('@daily ', '')}`);
    expect(daily.code, daily.output).toBe(0);
    expect(copiesAtHome(world)).toHaveLength(2);
  },

  'Moving to another server': async (world, page) => {
    await world.rebalance();
    const before = entriesIn(await world.run('server', FACTS));
    await follow(world, page, {
      before: [
        [
          'scripts/restore.sh',
          async () => {
            await world.newServer();
            await follow(world, situation('A new server'), {
              before: newServer(world),
              only: ({ step }) => step <= 5,
            });
          },
        ],
      ],
    });
    await reconciled(world.server());
    expect(world.other().runs()).toBe(false);
    expect(entriesIn(await world.run('server', FACTS))).toBeGreaterThan(before);
  },

  'Ending the desk': async (world, page) => {
    await world.install();
    await follow(world, situation('A new server'), {
      only: ({ command }) => command.includes('crontab -l'),
    });
    const pages = {
      'app.alpaca.markets > API Keys > Delete': () => undefined,
      'discord.com/developers > General Information > Delete App': () => undefined,
    };
    await follow(world, page, { pages });
    const { folder } = world.server();
    expect(world.server().runs()).toBe(false);
    expect(copiesAtHome(world)).toHaveLength(1);
    const left = ['rotor', '.docker/volume/journal.sqlite', '.docker/images/rotor:0.1.0-0000000'];
    expect(left.filter((each) => existsSync(join(folder, each)))).toEqual([]);
    for (const crontab of [join(folder, 'crontab'), join(world.folder, 'me/crontab')]) {
      expect(readFileSync(crontab, 'utf8')).toBe('');
    }
  },
};

/** As a deploy of that version leaves the server. */
function updateBy(world: RunbookWorld, image: string): void {
  const { folder } = world.server();
  const [rotor, images] = [join(folder, 'rotor'), join(folder, '.docker/images')];
  const compose = join(rotor, '.deploy/compose', `${image.slice('rotor:'.length)}.yaml`);
  cpSync(join(ROOT, 'compose.yaml'), compose);
  writeFileSync(join(images, image), image);
  cpSync(join(rotor, '.deploy/current'), join(rotor, '.deploy/previous'));
  writeFileSync(join(rotor, '.deploy/current'), `${image}\n`);
  writeFileSync(join(rotor, '.env'), `ROTOR_IMAGE=${image}\n`);
}

function newServer(world: RunbookWorld): NonNullable<Following['before']> {
  return [['nano', () => world.type(settingsOf(world.outside))]];
}

function pagesOf(world: RunbookWorld): NonNullable<Following['pages']> {
  const { outside } = world;
  const ended = () => until('the desk’s end', () => !world.server().runs());
  return {
    'app.alpaca.markets > API Keys > Regenerate': async () => {
      await outside.regenerateKeys();
      await ended();
    },
    'discord.com/developers > Bot > Reset Token': async () => {
      await outside.resetToken();
      await ended();
    },
    'healthchecks.io > new check, delete the old one': () => outside.newAddress('heartbeat_url'),
    'Discord > channel > Integrations > Webhooks > new one, delete the old one': () =>
      outside.newAddress('supervisor_webhook_url'),
    'your object store > new bucket, new access key': () => undefined,
    'your object store > new access key, delete the old one': () => undefined,
    'app.alpaca.markets > Live > API Keys > Generate': () => outside.useLiveKeys(),
  };
}

async function spoil(world: RunbookWorld, line: string): Promise<void> {
  const file = join(world.server().folder, 'rotor/rotor.env');
  writeFileSync(file, `${readFileSync(file, 'utf8')}${line}`);
  await world.run('server', 'docker compose up --detach');
  await until('its end', () => !world.server().runs());
}

describe.concurrent('followed on a sandbox', () => {
  it.each(SITUATIONS)(
    '$heading',
    async (each) => {
      const world = await createRunbookWorld();
      try {
        await FOLLOWED[each.heading]?.(world, each);
      } finally {
        await world.close();
      }
    },
    600_000,
  );
});
