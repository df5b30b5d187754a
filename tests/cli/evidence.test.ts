import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordTrials, triedBefore } from '#core/store/trials.ts';
import { MODELS } from '#models/list.ts';
import { rangeOption } from '#src/cli/evidence/ranges.ts';
import { countOption } from '#src/cli/options.ts';
import { outFile } from '#src/cli/out-file.ts';
import { ratesOf } from '#src/cli/rates.ts';
import { rotor, SHARED_BARS, sharedBarsPresent, withFolder } from '#tests/support/cli.ts';

const ARGS = [
  ...['evidence', '--from', '2019-01-02', '--to', '2022-12-30', '--train', '2'],
  ...['--lookback', '112..140/14', '--top', '2..3', '--min', '0', '--monkeys', '20'],
  ...['--boots', '100', '--data', `${SHARED_BARS}/equities`],
];

describe('rotor evidence', () => {
  it.skipIf(!sharedBarsPresent)(
    'gives the same bytes again, as text of 32 columns and as a page without requests (needs ../shared)',
    async () => {
      await withFolder(async (folder) => {
        const html = join(folder, 'page.html');
        const run = () => rotor([...ARGS, '--state', folder, '--html', html]);
        const first = await run();
        const page = readFileSync(html, 'utf8');
        expect(first.exit).toBe(0);
        expect(await run()).toEqual(first);
        expect(readFileSync(html, 'utf8')).toBe(page);
        expect(first.out.split('\n').filter((line) => line.length > 32)).toEqual([]);
        expect(first.out).toContain('give no sign');
        expect(page).not.toMatch(/<script|https?:|@import|NaN|undefined/);
        expect(readFileSync(join(folder, 'trials.jsonl'), 'utf8').split('\n')).toHaveLength(3);
      });
    },
  );

  it('takes every seed of 32 bits', () => {
    const bounds = { from: 0, to: 2 ** 32 - 1, fallback: 7 };
    expect(countOption({ seed: '4294967295' }, 'seed', bounds)).toBe(4_294_967_295);
    expect(countOption({ seed: '0' }, 'seed', bounds)).toBe(0);
  });

  it('names a range that it cannot read', () => {
    const tops = { from: 1, to: 11, fallback: '1..3,7' };
    for (const text of ['x', '5..1', '1..9/0', '', '0', '12', '-1', '1.5', '1..12']) {
      expect(() => rangeOption({ top: text }, 'top', tops)).toThrow(
        `--top: expected whole numbers from 1 to 11 such as 1..3,7, found "${text}"`,
      );
    }
    const least = { from: -1, to: 1, fractions: true, fallback: '0' };
    expect(() => rangeOption({ min: '2.5' }, 'min', least)).toThrow('from -1 to 1');
    expect(rangeOption({ min: '0..0.3/0.1' }, 'min', least)).toEqual([0, 0.1, 0.2, 0.3]);
    expect(rangeOption({}, 'top', tops)).toEqual([1, 2, 3, 7]);
  });
});

describe.skipIf(!sharedBarsPresent)('invalid input of rotor evidence (needs ../shared)', () => {
  const refusals = [
    ['--html', 'nowhere/page.html', '--html: expected a file in a folder that exists, found'],
    ['--to', '2019-06-28', '--to: expected a year or more after --from 2019-01-02, 250 sessions'],
    ['--train', '4', '--train: expected a whole number from 1 to 3, found "4"'],
    ['--first', '2019', '--first: expected a whole number from 2021 to 2022, found "2019"'],
    ['--lookback', '501', '--lookback: expected whole numbers from 1 to 500'],
    ['--seed', '4294967296', '--seed: expected a whole number from 0 to 4294967295'],
    ['--model', 'nobody', '--model: expected one of all, SectorRotationModel_v1'],
    ['--form', '2019-01-02', "Unknown option '--form': expected --data"],
  ] as const;

  it.each(refusals)(
    '%s %s is reported before anything is computed or counted',
    async (name, value, said) => {
      await withFolder(async (folder) => {
        const found = await rotor([...ARGS, '--state', join(folder, 'state'), name, value]);
        expect(found.exit).toBe(2);
        expect(found.err).toContain(said);
        expect(readdirSync(folder)).toEqual([]);
      });
    },
  );

  it('a single year leaves no year for a walk-forward, and the rest is printed', async () => {
    await withFolder(async (folder) => {
      const found = await rotor([
        ...['evidence', '--from', '2020-01-02', '--to', '2020-12-31', '--lookback', '126'],
        ...['--top', '3', '--min', '0', '--monkeys', '20', '--boots', '100', '--state', folder],
        ...['--data', `${SHARED_BARS}/equities`],
      ]);
      expect(found.exit).toBe(0);
      expect(found.out.replaceAll('\n', ' ')).toContain('nothing to pick from');
      expect(found.out).not.toMatch(/NaN|Infinity|undefined/);
    });
  });
});

describe('a file that a command writes', () => {
  it('is complete or missing, and a device is written to', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'page.html');
      outFile({ html: file }, 'html')?.write('one');
      outFile({ html: file }, 'html')?.write('two');
      expect(readFileSync(file, 'utf8')).toBe('two');
      expect(readdirSync(folder)).toEqual(['page.html']);
      expect(() => outFile({ html: folder }, 'html')).toThrow(
        '--html: expected a file, found the folder',
      );
      outFile({ html: '/dev/null' }, 'html')?.write('three');
      expect(statSync('/dev/null').isFile()).toBe(false);
    });
  });

  it.skipIf(!existsSync('/dev/full'))('names its option on a full disk', () => {
    expect(() => outFile({ html: '/dev/full' }, 'html')?.write('one')).toThrow(
      '--html: cannot write /dev/full: ENOSPC',
    );
  });
});

describe('rotor sweep', () => {
  it('tries nothing where it cannot write to the state folder', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'file');
      writeFileSync(state, '');
      const range = ['--from', '2023-01-03', '--to', '2024-06-28', '--data', 'data/sample'];
      const { exit, err } = await rotor(['sweep', ...range, '--state', state]);
      expect(exit).toBe(2);
      expect(err).toBe(
        `rotor: --state: expected a folder that can be written, found ${state}: ` +
          `EEXIST: file already exists, mkdir '${state}'`,
      );
    });
  });

  it.skipIf(!sharedBarsPresent)(
    'resumes an interrupted run, and two threads find the same as one (needs ../shared)',
    async () => {
      await withFolder(async (folder) => {
        const args = [
          ...['sweep', '--from', '2019-01-02', '--to', '2020-12-31', '--lookback', '112..140/14'],
          ...['--top', '2', '--min', '0', '--data', `${SHARED_BARS}/equities`, '--json'],
        ];
        const on = (state: string, threads: string) =>
          rotor([...args, '--state', join(folder, state), '--threads', threads]);
        const whole = await on('one', '1');
        const [file = ''] = readdirSync(join(folder, 'one', 'sweeps'));
        const [, line] = readFileSync(join(folder, 'one', 'sweeps', file), 'utf8').split('\n');
        mkdirSync(join(folder, 'cut', 'sweeps'), { recursive: true });
        writeFileSync(join(folder, 'cut', 'sweeps', file), `${line}\n{"lookb`);
        expect((await on('cut', '2')).out).toBe(whole.out);
        expect(JSON.parse(whole.out).points).toHaveLength(3);
      });
    },
  );
});

describe.skipIf(!sharedBarsPresent)('the text of a search (needs ../shared)', () => {
  const args = [
    ...[
      'sweep',
      '--from',
      '2019-01-02',
      '--to',
      '2020-12-31',
      '--lookback',
      '112,126',
      '--top',
      '2',
    ],
    ...['--min', '0', '--data', `${SHARED_BARS}/equities`],
  ];

  it('never shows its best setting without the probability that it is luck', async () => {
    await withFolder(async (folder) => {
      const { out } = await rotor([...args, '--state', folder]);
      expect(out).toMatch(/After 2 tries a best one this good is expected by luck in \d+ of 100\./);
    });
  });

  it('includes settings that never traded and have no Sharpe ratio', async () => {
    await withFolder(async (folder) => {
      const { exit, out } = await rotor([...args, '--equity', '5', '--state', folder]);
      expect(exit).toBe(0);
      expect(out).toContain('None of the 2 settings traded.');
    });
  });
});

describe('money borrowed by a model', () => {
  const bull = MODELS.filter(({ parameters }) => parameters.leverage > 1);

  it('has a cost, even when somebody sets it to zero', () => {
    for (const values of [{}, { 'margin-rate': '0' }]) {
      expect(() => ratesOf(values, 1.3, bull)).toThrow(
        '--margin-rate: expected what borrowed money',
      );
    }
    expect(ratesOf({ 'margin-rate': '8' }, 1.3, bull)).toEqual({ margin: 0.08, cash: 0 });
    expect(ratesOf({}, 1, bull)).toEqual({ margin: 0, cash: 0 });
  });
});

describe('rotor walk-forward', () => {
  it('gives the growth of less than a year as it is, not as a yearly rate', async () => {
    await withFolder(async (folder) => {
      const argv = ['walk-forward', '--data', 'data/sample', '--train', '1', '--state', folder];
      const grid = ['--lookback', '126', '--top', '3', '--min', '0'];
      const until = (to: string) => rotor([...argv, ...grid, '--from', '2016-01-04', '--to', to]);
      const half = await until('2017-06-30');
      expect(half.out).toContain('+11.3 % in all, Sharpe 2.46, $111,316.74 at the end');
      expect((await until('2017-12-29')).out).toContain(' % a year, Sharpe');
    });
  });

  it.skipIf(!sharedBarsPresent)(
    'trades the best setting of the year before (needs ../shared)',
    async () => {
      await withFolder(async (folder) => {
        const found = await rotor([
          ...['walk-forward', '--from', '2018-01-02', '--to', '2020-12-31', '--train', '1'],
          ...['--lookback', '112,126', '--top', '2', '--min', '0', '--json'],
          ...['--data', `${SHARED_BARS}/equities`, '--state', folder],
        ]);
        expect(JSON.parse(found.out).picks.map(({ year }: { year: number }) => year)).toEqual([
          2019, 2020,
        ]);
      });
    },
  );
});

describe('the searches of the terminal', () => {
  it('count once each, and repetitions do not count', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'state');
      expect(triedBefore(state, 'a')).toBe(0);
      for (const key of ['a', 'b', 'b', 'c']) {
        recordTrials(state, { at: 0, what: 'sweep', settings: 100, key });
      }
      expect(triedBefore(state, 'a')).toBe(200);
    });
  });

  it('are counted past lines that are not entries', async () => {
    await withFolder(async (folder) => {
      mkdirSync(join(folder, 'state'));
      writeFileSync(join(folder, 'state', 'trials.jsonl'), '{"settings":5,"key":"x"}\n{"sett\n\n');
      expect(triedBefore(join(folder, 'state'), 'a')).toBe(5);
    });
  });
});
