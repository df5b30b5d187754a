import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bars } from '#core/domain/bar.ts';
import { sessionDate } from '#core/domain/units.ts';
import { bar, changed, market, withRows } from '#tests/support/bars.ts';
import {
  rotor,
  rotorProcess,
  withFolder,
  writeCapitalised,
  writeFolder,
} from '#tests/support/cli.ts';

const GROWTH = { XLK: 0.2, XLV: 0.15, XLU: 0.1, XLE: 0.05 };

/** One folder of built bars for every test; nothing changes it. */
let data: string;
let done: () => void;
let cleared: Promise<void>;

beforeAll(
  () =>
    new Promise<void>((ready) => {
      cleared = withFolder(async (folder) => {
        await writeFolder(folder, market(GROWTH));
        data = folder;
        ready();
        await new Promise<void>((resolve) => {
          done = resolve;
        });
      });
    }),
);

afterAll(() => {
  done();
  return cleared;
});

const decideArgs = (...more: string[]) => [
  ...['decide', '--data', data, '--as-of', '2024-06-28', '--equity', '100000'],
  ...more,
];

describe('rotor decide', () => {
  it('prints the whole contract as JSON', async () => {
    const { exit, out } = await rotor(decideArgs('--json'));
    const found = JSON.parse(out);
    expect(exit).toBe(0);
    expect(Object.keys(found)).toEqual(['asOf', 'regime', 'models', 'target', 'verdict', 'orders']);
    expect(Object.keys(found.regime)).toEqual(['kind', 'close', 'mean200', 'momentum126']);
    expect(Object.keys(found.models[0])).toEqual(['id', 'active', 'budget', 'share', 'weights']);
    expect(Object.keys(found.verdict)).toEqual(['kind', 'weights', 'breaches']);
    expect(Object.keys(found.target)).toEqual(['XLK', 'XLE', 'XLV', 'XLU']);
    expect(found.orders[0]).toEqual({
      side: 'buy',
      ticker: 'XLK',
      qty: expect.stringMatching(/^\d+$/),
      clientOrderId: 'rotor-offline-offline-2024-06-28-XLK-b-1',
      estimatedUsd: expect.any(Number),
    });
  });

  it('uses the last session on or before a day that is not a session', async () => {
    const { out } = await rotor([
      ...['decide', '--data', data, '--as-of', '2024-06-30', '--equity', '100000', '--json'],
    ]);
    expect(JSON.parse(out).asOf).toBe('2024-06-28');
  });

  it('sells unwanted positions, and closes dust', async () => {
    const held = ['--position', 'XLB=10', '--position', 'XLP=0.000000001'];
    const env = { FRACTIONAL: 'true' };
    const { out } = await rotor(decideArgs('--json', ...held), { env });
    const orders = JSON.parse(out).orders.map(
      (order: { side: string; ticker: string; qty: string }) => [
        order.side,
        order.ticker,
        order.qty,
      ],
    );
    expect(orders.slice(0, 2)).toEqual([
      ['sell', 'XLP', '0.000000001'],
      ['sell', 'XLB', '10'],
    ]);
    expect(orders.slice(2).every(([side]: string[]) => side === 'buy')).toBe(true);
  });

  it('applies the limits of the environment', async () => {
    const { out } = await rotor(decideArgs('--json'), { env: { MAX_WEIGHT: '0.05' } });
    const { verdict } = JSON.parse(out);
    expect(verdict.kind).toBe('trimmed');
    expect(verdict.weights).toEqual({ XLK: 0.05, XLE: 0.05, XLV: 0.05, XLU: 0.05 });
    expect(verdict.breaches[0]).toMatchObject({ rule: 'MAX_WEIGHT', ticker: 'XLK', to: 0.05 });
  });

  it('orders fractions with FRACTIONAL', async () => {
    const { out } = await rotor(decideArgs('--json'), { env: { FRACTIONAL: 'true' } });
    expect(JSON.parse(out).orders[0].qty).toMatch(/^\d+\.\d{1,9}$/);
  });

  it('asks for the cash when a foreign position cannot be valued', async () => {
    const { exit, err } = await rotor(decideArgs('--position', 'GME=3'));
    expect([exit, err]).toEqual([
      2,
      'rotor: --cash: expected dollars, because GME has no close to value it by',
    ]);
    const told = await rotor(decideArgs('--position', 'GME=3', '--cash', '90000'));
    expect(told.exit).toBe(0);
    expect(told.out).toContain('GME left alone: 3 held');
  });

  it('prints lines that fit on a phone', async () => {
    const { out } = await rotor(decideArgs());
    expect(out).toContain('As of 2024-06-28: bull, SPY');
    expect(out).toMatch(/buy +\d+ +XLK/);
  });

  it('gives the same answer with capitalised files', async () => {
    await withFolder(async (folder) => {
      await writeCapitalised(folder, market(GROWTH));
      const argv = ['decide', '--as-of', '2024-06-28', '--equity', '100000', '--json', '--data'];
      const capitalised = await rotor([...argv, folder]);
      expect(capitalised.exit).toBe(0);
      expect(capitalised.out).toBe((await rotor([...argv, data])).out);
    });
  });

  it('finds bars in the old layout’s folder equities', async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, 'equities'));
      await writeFolder(join(folder, 'equities'), market(GROWTH));
      const argv = ['decide', '--as-of', '2024-06-28', '--equity', '100000', '--json', '--data'];
      expect((await rotor([...argv, folder])).out).toBe((await rotor([...argv, data])).out);
    });
  });

  it('exits with 3 and the JSON of no decision when a file was rejected', async () => {
    await withFolder(async (folder) => {
      const broken = changed(market(GROWTH), 'XLB', (had) =>
        withRows(had, (row) => (row.date === '2024-05-01' ? { ...row, close: -1 } : row)),
      );
      await writeFolder(folder, broken);
      const argv = [
        'decide',
        '--data',
        folder,
        '--as-of',
        '2024-06-28',
        '--equity',
        '1000',
        '--json',
      ];
      const { exit, out, err } = await rotor(argv);
      expect(exit).toBe(3);
      expect(JSON.parse(out).noDecision.found).toEqual({ XLB: 'refused' });
      expect(err).toContain('XLB');
      expect(err).toContain('2024-05-01');
    });
  });

  it('does not use the bar of a running session as a close', async () => {
    const during = Date.parse('2024-06-28T18:00:00Z');
    const { exit, out } = await rotor(decideArgs('--json'), { now: during });
    expect(exit).toBe(3);
    expect(JSON.parse(out).noDecision.found.SPY).toBe('2024-06-27');
    const after = Date.parse('2024-06-28T20:00:00Z');
    expect((await rotor(decideArgs('--json'), { now: after })).exit).toBe(0);
  });
});

describe('rotor rankings', () => {
  it('prints rank, momentum and both closes', async () => {
    const argv = ['rankings', '--data', data, '--as-of', '2024-06-28', '--json'];
    const { rankings, excluded, lookback } = JSON.parse((await rotor(argv)).out);
    expect([lookback, excluded]).toEqual([126, []]);
    expect(rankings[0]).toEqual({
      rank: 1,
      ticker: 'XLK',
      momentum: expect.closeTo(0.2, 12),
      close: expect.any(Number),
      past: expect.any(Number),
      pastDate: '2023-12-27',
    });
    expect(rankings).toHaveLength(11);
  });

  it('exits with 3 when a sector lacks the bar of the day', async () => {
    const { exit, err } = await rotor(['rankings', '--data', data, '--as-of', '2024-07-01']);
    expect(exit).toBe(3);
    expect(err).toMatch(/XLK\b.*: expected 2024-07-01, found 2024-06-28/);
  });

  it('needs neither the benchmark nor the defensive asset', async () => {
    await withFolder(async (folder) => {
      const bars = changed(market(GROWTH), 'SPY', () => undefined);
      await writeFolder(
        folder,
        changed(bars, 'TLT', () => undefined),
      );
      const { exit } = await rotor(['rankings', '--data', folder, '--as-of', '2024-06-28']);
      expect(exit).toBe(0);
    });
  });

  it('leaves out a ticker that is too young, and names it', async () => {
    await withFolder(async (folder) => {
      await writeFolder(folder, market(GROWTH, { asOf: sessionDate('2018-06-29') }));
      const argv = ['rankings', '--data', folder, '--as-of', '2018-06-29', '--json'];
      const { rankings, excluded } = JSON.parse((await rotor(argv)).out);
      expect(rankings).toHaveLength(10);
      expect(excluded).toEqual([
        { ticker: 'XLC', reason: '9 of 127 sessions since its first, 2018-06-19' },
      ]);
    });
  });
});

describe('rotor decide', () => {
  it('accepts negative cash as typed', async () => {
    const argv = decideArgs('--json', '--cash', '-5000');
    const typed = await rotor(argv);
    expect([typed.exit, typed.err]).toEqual([0, '']);
    expect(typed.out).toBe((await rotor(decideArgs('--json', '--cash=-5000'))).out);
    expect(typed.out).not.toBe((await rotor(decideArgs('--json', '--cash', '5000'))).out);
  });
});

describe('rotor backtest', () => {
  it('prints the whole contract as JSON, with null for undefined values', async () => {
    const range = ['--from', '2024-06-28', '--to', '2024-06-28'];
    const { exit, out } = await rotor([
      'backtest',
      '--data',
      data,
      '--state',
      data,
      ...range,
      '--json',
    ]);
    expect(exit).toBe(0);
    const found = JSON.parse(out);
    expect(Object.keys(found)).toEqual([
      ...['from', 'to', 'sessions', 'finalEquity', 'cagr', 'volatility', 'sharpe'],
      ...['maxDrawdown', 'orders', 'turnover', 'benchmark', 'alpha'],
    ]);
    expect(found).toMatchObject({ sessions: 1, volatility: null, sharpe: null });
  });

  it('gives no annual rate for one session, in either output format', async () => {
    const range = ['--from', '2024-06-28', '--to', '2024-06-28'];
    const argv = ['backtest', '--data', data, '--state', data, ...range];
    expect(JSON.parse((await rotor([...argv, '--json'])).out)).toMatchObject({
      cagr: null,
      benchmark: { cagr: null },
      alpha: null,
      turnover: null,
    });
    const { out } = await rotor(argv);
    expect(out).toContain('shorter than a year: no yearly rates');
    expect(out.replace('shorter than a year', '')).not.toContain('a year');
  });

  it('says on standard error for how long it could not decide', async () => {
    const range = ['--from', '2023-08-01', '--to', '2024-06-28'];
    const { exit, err } = await rotor(['backtest', '--data', data, '--state', data, ...range]);
    expect(exit).toBe(0);
    expect(err).toContain('127 sessions without a decision');
  });

  it('exits with 3 when a ticker lacks sessions of the range', async () => {
    const range = ['--from', '2024-01-02', '--to', '2024-07-02'];
    const { exit, err } = await rotor(['backtest', '--data', data, '--state', data, ...range]);
    expect(exit).toBe(3);
    expect(err).toContain('SPY: expected 2024-07-02, found 2024-06-28');
  });
});

describe('rotor verify', () => {
  it('reports every file', async () => {
    const { exit, out } = await rotor(['verify', '--data', data, '--json']);
    const { files } = JSON.parse(out);
    expect(exit).toBe(0);
    expect(files).toHaveLength(13);
    expect(files[0]).toEqual({
      ticker: 'SPY',
      verdict: 'ok',
      rows: 230,
      first: '2023-08-01',
      last: '2024-06-28',
      problems: [],
      // From Friday 2024-06-28 to Friday 2026-11-20.
      ageSessions: 602,
      source: null,
      feed: null,
      adjustment: null,
      fetchedAt: null,
      findings: [],
    });
  });

  it('exits with 2 if a file is rejected, and if there is none', async () => {
    await withFolder(async (folder) => {
      expect((await rotor(['verify', '--data', folder])).exit).toBe(2);
      await writeFolder(folder, new Map([...market(GROWTH)].slice(0, 1)));
      expect((await rotor(['verify', '--data', folder])).exit).toBe(0);
      await writeFile(join(folder, 'XLE_1D.parquet'), 'PAR1 and nothing more');
      const { exit, out } = await rotor(['verify', '--data', folder]);
      expect([exit, out]).toEqual([2, expect.stringMatching(/^XLE {2}refused/m)]);
    });
  });

  it('shows age, source and findings, in either output format', async () => {
    const split = changed(market(GROWTH), 'XLE', (had) =>
      withRows(had, (row) => (row.date > '2024-05-01' ? bar(row.date, row.close / 2) : row)),
    );
    await withFolder(async (folder) => {
      await writeFolder(folder, split);
      const now = Date.parse('2024-07-02T12:00:00Z');
      const { out } = await rotor(['verify', '--data', folder], { now });
      const [head, ...rows] = out.split('\n');
      expect(head?.split(/ +/)).toEqual(['', 'rows', 'first', 'last', 'age', 'source', 'findings']);
      expect(rows.find((row) => row.startsWith('XLE '))?.split(/ +/)).toEqual([
        'XLE',
        'ok',
        '230',
        '2023-08-01',
        '2024-06-28',
        '1',
        '-',
        '1',
      ]);
      expect(rows.at(-1)).toMatch(
        /^XLE: -50.0 % on 2024-05-02; blocks decisions unless ACCEPTED_MOVES lists it$/,
      );
      const json = JSON.parse((await rotor(['verify', '--data', folder, '--json'], { now })).out);
      const [{ findings, problems }] = json.files.filter(
        ({ ticker }: { ticker: string }) => ticker === 'XLE',
      );
      expect(findings).toMatchObject([{ rule: 'jump', date: '2024-05-02', severity: 'refuses' }]);
      expect(problems).toHaveLength(1);
    });
  });
});

describe('bars with data issues', () => {
  const split = () =>
    changed(market(GROWTH), 'XLE', (had) =>
      withRows(had, (row) => (row.date > '2024-05-01' ? bar(row.date, row.close / 2) : row)),
    );
  const commands = [
    ['rankings', '--as-of', '2024-06-28'],
    ['decide', '--as-of', '2024-06-28', '--equity', '100000'],
    ['backtest', '--from', '2024-06-03', '--to', '2024-06-28'],
  ];

  it.each(commands)(
    'end %s without a decision, unless a person has accepted them',
    async (...argv) => {
      await withFolder(async (folder) => {
        await writeFolder(folder, split());
        const given = [...argv, '--data', folder, '--json'];
        const refused = await rotor(given);
        expect(refused.exit).toBe(3);
        expect(JSON.parse(refused.out).noDecision).toMatchObject({
          found: { XLE: 'jump on 2024-05-02' },
        });
        const acceptedMoves = await rotor(given, { env: { ACCEPTED_MOVES: 'XLE:2024-05-02' } });
        expect(acceptedMoves.exit).toBe(0);
      });
    },
  );
});

describe('bars without a day on which the exchange closed at short notice', () => {
  const closed = '2024-05-02';
  const without = (all: Bars): Bars =>
    new Map(
      [...all].map(([ticker, had]) => [
        ticker,
        withRows(had, (row) => (row.date === closed ? undefined : row)),
      ]),
    );

  it.each([
    ['decide', '--as-of', '2024-06-28', '--equity', '100000'],
    ['rankings', '--as-of', '2024-06-28'],
  ])('end %s with a gap, unless CLOSED_DAYS has the day', async (...argv) => {
    await withFolder(async (folder) => {
      await writeFolder(folder, without(market(GROWTH)));
      const given = [...argv, '--data', folder];
      const refused = await rotor(given);
      expect(refused.exit).not.toBe(0);
      const known = await rotor(given, { env: { CLOSED_DAYS: closed } });
      expect(known.exit).toBe(0);
      expect((await rotor(given)).out).toBe(refused.out);
      const namesIt = async (env: Readonly<Record<string, string>>) =>
        (await rotor(['verify', '--data', folder], { env })).out.includes(`no bar of ${closed}`);
      expect([await namesIt({}), await namesIt({ CLOSED_DAYS: closed })]).toEqual([true, false]);
    });
  });
});

describe('rotor doctor', () => {
  it('shows each external service as passed or failed, with its remedy', async () => {
    const { exit, out } = await rotor(['doctor'], {
      env: { STATE_DIR: '/nowhere', MAX_GROSS: '9' },
    });
    expect(exit).toBe(2);
    expect(out).toContain('pass  Node: 24.0.0');
    expect(out).toMatch(/FAIL {2}configuration: .*MAX_GROSS/);
    expect(out).toMatch(
      /FAIL {2}state folder: \/nowhere is not a writable folder\n +Create \/nowhere/,
    );
    expect(out).toContain('pass  calendar: 2026-11-22 is no session; the calendar ends 2045-12-29');
  });

  it('fails the calendar once it has ended', async () => {
    const { out } = await rotor(['doctor'], { now: Date.parse('2046-01-02T12:00:00Z') });
    expect(out).toContain('FAIL  calendar');
  });
});

describe('bad arguments exit with 2 and name the option', () => {
  const dated = ['--as-of', '2024-06-28'];
  it.each([
    [[], 'command: expected rankings, decide, backtest, evidence, replay, sweep, '],
    [['rank'], 'found "rank"'],
    [['decide', '--equity', '1'], '--as-of: expected a date as YYYY-MM-DD, found nothing'],
    [['decide', '--as-of', '2024-02-30'], '--as-of: date: expected YYYY-MM-DD, found "2024-02-30"'],
    [['decide', '--as-of', '1980-01-01'], '--as-of: expected a date from 1990-01-02'],
    [['decide', ...dated], '--equity: expected dollars, found nothing'],
    [
      ['decide', ...dated, '--equity', 'lots'],
      '--equity: money: expected a decimal number, found "lots"',
    ],
    [['decide', ...dated, '--equity', '-5'], '--equity: expected more than 0 dollars, found "-5"'],
    [['rankings', ...dated, '--lookback', '-3'], '--lookback: expected a whole number from 1'],
    [['decide', ...dated, '--equity', '0'], '--equity: expected more than 0 dollars, found "0"'],
    [['decide', ...dated, '--equity', '9', '--cash', 'x'], '--cash: money: expected a decimal'],
    [['decide', ...dated, '--equity', '9', '--position', 'XLK'], '--position: expected TICKER=QTY'],
    [
      ['decide', ...dated, '--equity', '9', '--position', 'XLK=-1'],
      '--position: expected TICKER=QTY',
    ],
    [['decide', ...dated, '--equity', '9', '--position', 'xlk=1'], '--position: ticker: expected'],
    [
      ['decide', ...dated, '--equity', '9', '--position', 'XLK=1', '--position', 'XLK=2'],
      '--position: expected XLK once, found twice',
    ],
    [
      ['rankings', ...dated, '--lookback', '0'],
      '--lookback: expected a whole number from 1 to 5000',
    ],
    [['rankings', ...dated, '--colour'], "Unknown option '--colour'"],
    [['rankings', ...dated, '--data', '/nowhere'], '--data: expected a folder'],
    [
      ['rankings', ...dated],
      '--data: expected a folder of TICKER_1D.parquet files, found nothing given',
    ],
    [
      ['backtest', '--from', '2024-01-02', '--to', '2023-01-02'],
      '--to: expected a session on or after',
    ],
    [
      ['backtest', '--from', '2023-01-02', '--to', '2024-01-02', '--model', 'v9'],
      '--model: expected one of all',
    ],
  ] as const)('%j', async (argv, message) => {
    const { exit, out, err } = await rotor(argv, { env: { DATA_DIR: '', STATE_DIR: '/nowhere' } });
    expect([exit, out]).toEqual([2, '']);
    expect(err).toContain(message);
  });

  it('names every invalid variable of the configuration', async () => {
    const env = { MAX_GROSS: '7', MIN_DRIFT: 'much' };
    const { exit, err } = await rotor(decideArgs(), { env });
    expect(exit).toBe(2);
    expect(err).toContain('MAX_GROSS');
    expect(err).toContain('MIN_DRIFT');
    expect(err).not.toContain('much');
  });
});

describe('help', () => {
  it('lists the commands, and the options of one', async () => {
    const { exit, out } = await rotorProcess(['--help']);
    expect(exit).toBe(0);
    for (const name of ['rankings', 'decide', 'backtest', 'verify', 'doctor']) {
      expect(out).toContain(name);
    }
    expect((await rotor(['decide', '--help'])).out).toContain('--position TICKER=QTY');
  });
});
