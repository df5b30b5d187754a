import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Table, tableFromIPC } from 'apache-arrow';
import Database from 'better-sqlite3';
import { readParquet } from 'parquet-wasm/node';
import { describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import { always, maybe, tableOf } from '#core/domain/table.ts';
import {
  cents,
  epochMs,
  qtyFromDecimal,
  sessionDate,
  ticker,
  wholeShares,
} from '#core/domain/units.ts';
import { writeTables } from '#core/market/files/table-files.ts';
import { memoryDisk, Stopped } from '#tests/core/market/memory-disk.ts';
import { market } from '#tests/support/bars.ts';
import { rotor, withFolder, writeFolder } from '#tests/support/cli.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision, intent } from '#tests/support/decision.ts';
import { carriedOut, NOW, noDecision } from '#tests/support/desk.ts';
import { journalAt } from '#tests/support/journal.ts';

const FORMATS = ['parquet', 'arrow'] as const;
const NAMES = ['bars', 'decisions', 'equity', 'fills', 'gains', 'lots', 'orders'];
const QTY = '24.732901234';
const PRICE = 123.4567;

const BUY = { ...intent('initial-2026-11-10', 'buy', 'XLK', 1), qty: qtyFromDecimal(QTY) };
const OPEN = intent('initial-2026-11-10', 'buy', 'XLF', 3, 0.1);
const DECIDED = decision({ orders: [BUY] });

const ENTRIES: readonly Entry[] = [
  { kind: 'no-decision', cause: 'initial', outcome: noDecision() },
  ...carriedOut(DECIDED, PRICE),
  { kind: 'intent', intent: OPEN },
  {
    kind: 'external-fill',
    fill: {
      ...{ id: 'by hand', orderId: 'theirs', ticker: ticker('XLE'), side: 'sell' },
      ...{ qty: wholeShares(2), price: 1e-7, at: epochMs(NOW + 1) },
    },
  },
  {
    kind: 'equity',
    point: {
      ...{ session: sessionDate('2026-11-20'), equity: cents(9_999_999), cash: cents(-12_345) },
      benchmark: 600.1,
      holdings: new Map([[ticker('XLK'), { qty: BUY.qty, value: cents(305_344) }]]),
    },
  },
];

/** Without a single line of the writer's: the reader of the Arrow project for Rust. */
function read(folder: string, name: string, format: string): Table {
  const bytes = readFileSync(join(folder, `${name}.${format}`));
  return tableFromIPC(format === 'parquet' ? readParquet(bytes).intoIPCStream() : bytes);
}

const rowsOf = (table: Table): readonly Record<string, unknown>[] =>
  table.toArray().map((row) => ({ ...row.toJSON() }));

function journalIn(state: string, entries = ENTRIES) {
  const journal = journalAt(join(state, 'journal.sqlite'), leapingClock(NOW));
  for (const entry of entries) journal.append(entry);
  return journal;
}

async function exported(folder: string, ...more: readonly string[]) {
  const [to, state] = [join(folder, 'out'), join(folder, 'state')];
  const answer = await rotor(['export', '--to', to, '--state', state, ...more, '--json']);
  return { ...answer, to };
}

describe.each(FORMATS)('rotor export as %s', (format) => {
  it('contains every order and fill to the last digit', async () => {
    await withFolder(async (folder) => {
      journalIn(join(folder, 'state'));
      const { to, exit } = await exported(folder, '--format', format);
      expect(exit).toBe(0);
      const [first, second] = rowsOf(read(to, 'orders', format));
      expect(first).toMatchObject({
        ...{ ticker: 'XLK', side: 'buy', qty: QTY, qty_shares: 24.732901234, attempt: 1n },
        ...{ state: 'placed', status: 'filled', filled_qty: QTY, average_price: '123.4567' },
        ...{ submitted_at: NOW, tries: 1n, refusal: null },
      });
      expect(second).toMatchObject({
        ...{ ticker: 'XLF', qty: '3', decision_price: '0.1', state: 'planned', status: null },
        ...{ sent_at: null, filled_qty: null, average_price_usd: null, submitted_at: null },
      });
      expect(rowsOf(read(to, 'fills', format))).toEqual([
        expect.objectContaining({
          ...{ at: NOW, qty: QTY, price: '123.4567', price_usd: PRICE, value_cents: 305_344n },
          ...{ client_order_id: BUY.clientOrderId, decision_id: DECIDED.id },
        }),
        expect.objectContaining({
          ...{ fill_id: 'by hand', qty: '2', price: '0.0000001', client_order_id: null },
        }),
      ]);
    });
  });

  it('contains every decision with its whole record, also where none was made', async () => {
    await withFolder(async (folder) => {
      journalIn(join(folder, 'state'));
      const { to } = await exported(folder, '--format', format);
      const [none, decided] = rowsOf(read(to, 'decisions', format));
      expect(none).toMatchObject({
        ...{ kind: 'no-decision', decision_id: null, cause: 'initial', regime: null },
        ...{ reason: noDecision().reason, orders: null, finished_at: null },
      });
      expect(decided).toMatchObject({
        ...{ kind: 'decided', decision_id: DECIDED.id, regime: 'bull', verdict: 'approved' },
        ...{ session: Date.parse('2026-11-09'), orders: 1n, equity_cents: 10_000_000n },
        ...{ result: 'complete', weights_json: '{}' },
      });
      const record = JSON.parse(String(decided?.['record_json']));
      expect(record).toMatchObject({ id: DECIDED.id, prices: { XLK: 100 } });
    });
  });

  it('contains equity in cents, negative cash too, and the positions', async () => {
    await withFolder(async (folder) => {
      journalIn(join(folder, 'state'));
      const { to } = await exported(folder, '--format', format);
      expect(rowsOf(read(to, 'equity', format))).toEqual([
        {
          ...{ session: Date.parse('2026-11-20'), at: expect.any(Number) },
          ...{ equity_cents: 9_999_999n, cash_cents: -12_345n },
          ...{ benchmark: '600.1', benchmark_usd: 600.1 },
          holdings_json: `{"XLK":{"qty":"${QTY}","value_cents":305344}}`,
        },
      ]);
    });
  });

  it('contains every bar bit by bit, and none of a rejected file', async () => {
    await withFolder(async (folder) => {
      const bars = new Map([...market({ XLK: 0.2 })].slice(0, 3));
      const data = join(folder, 'data');
      await mkdir(data);
      await writeFolder(data, bars);
      await writeFile(join(data, 'SPY_1D.parquet'), 'not parquet');
      const { to, err } = await exported(folder, '--data', data, '--format', format);
      expect(err).toContain('SPY: file refused: SPY_1D.parquet: is not readable');
      const found = rowsOf(read(to, 'bars', format));
      const expected = [...bars.values()].flatMap((history) =>
        history.dates.map((date, row) => ({
          ...{ ticker: history.ticker, session: Date.parse(date), source: 'found here' },
          ...{ open_usd: history.open[row], high_usd: history.high[row] },
          ...{ low_usd: history.low[row], close_usd: history.close[row] },
          volume_shares: history.volume[row],
        })),
      );
      expect(found).toEqual(expected);
    });
  });

  it('shows the source of imported bars', async () => {
    await withFolder(async (folder) => {
      const [data, from] = [join(folder, 'data'), join(folder, 'old')];
      await mkdir(from);
      await writeFolder(from, new Map([...market({})].slice(0, 1)));
      await rotor(['import', '--from', from, '--data', data]);
      const { to } = await exported(folder, '--data', data, '--format', format);
      const sources = rowsOf(read(to, 'bars', format)).map(({ source }) => source);
      expect(new Set(sources)).toEqual(new Set(['import']));
    });
  });

  it('has seven empty tables if Rotor never ran', async () => {
    await withFolder(async (folder) => {
      const { to, exit } = await exported(folder, '--format', format);
      expect(exit).toBe(0);
      expect(readdirSync(to).sort()).toEqual(NAMES.map((name) => `${name}.${format}`));
      for (const name of NAMES) {
        const table = read(to, name, format);
        expect([table.numRows, table.schema.fields.length > 5]).toEqual([0, true]);
      }
    });
  });

  it('has the columns and types listed in docs/export.md', async () => {
    const types: Readonly<Record<string, string>> = {
      ...{ Utf8: 'text', Float64: 'double', Int64: 'whole', 'Date32<DAY>': 'day' },
      'Timestamp<MILLISECOND, UTC>': 'instant',
    };
    await withFolder(async (folder) => {
      journalIn(join(folder, 'state'));
      const { to } = await exported(folder, '--format', format);
      const found = ['bars', 'decisions', 'orders', 'fills', 'equity', 'lots', 'gains'].flatMap(
        (name) =>
          read(to, name, format).schema.fields.map(({ name: column, type, nullable }) =>
            [name, column, `${types[String(type)] ?? type}${nullable ? '?' : ''}`].join(' '),
          ),
      );
      const lines = readFileSync('docs/export.md', 'utf8').split('\n');
      const documented = lines.flatMap((line) => {
        const [, name, column, type] = /^\| (\w+) \| (\w+) \| (\w+\??) \|/.exec(line) ?? [];
        return name && name !== 'file' ? [`${name} ${column} ${type}`] : [];
      });
      expect(found).toEqual(documented);
    });
  });
});

describe('rotor export', () => {
  it('reads the journal while Rotor writes, as of the start of the export', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'state');
      journalIn(state);
      const desk = new Database(join(state, 'journal.sqlite'));
      desk.exec('BEGIN IMMEDIATE');
      desk.exec("INSERT INTO lease (id, owner, epoch, expires) VALUES (1, 'a desk', 1, 9e15)");
      const { out, exit } = await exported(folder);
      expect(exit).toBe(0);
      expect(JSON.parse(out).files.map(({ rows }: { rows: number }) => rows)).toEqual([
        ...[0, 2, 2, 2, 1, 2, 0],
      ]);
      desk.exec('ROLLBACK');
      desk.close();
    });
  });

  it('writes the part of a damaged journal before the damage, says so and exits with 1', async () => {
    await withFolder(async (folder) => {
      const state = join(folder, 'state');
      journalIn(state);
      const raw = new Database(join(state, 'journal.sqlite'));
      raw.exec('DROP TRIGGER entries_stay');
      raw.exec(
        "UPDATE entries SET body = replace(body, '24732901234', '34732901234') WHERE seq = 3",
      );
      raw.close();
      const { out, err, exit, to } = await exported(folder);
      expect([exit, err]).toEqual([1, expect.stringContaining('chain breaks at entry 3')]);
      expect(JSON.parse(out).fault).toContain('chain breaks at entry 3');
      expect([
        read(to, 'decisions', 'parquet').numRows,
        read(to, 'orders', 'parquet').numRows,
      ]).toEqual([2, 0]);
    });
  });

  it('names a wrong argument, and writes nothing', async () => {
    await withFolder(async (folder) => {
      const file = join(folder, 'file');
      await writeFile(file, '');
      for (const [argv, reason] of [
        [['export'], '--to: expected the folder to write, found nothing'],
        [['export', '--to', file], '--to: expected a folder, found the file'],
        [
          ['export', '--to', join(folder, 'x'), '--format', 'csv'],
          '--format: expected parquet or arrow, found "csv"',
        ],
        [['export', '--to', join(folder, 'x'), '--data', file], '--data: expected a folder of'],
      ] as const) {
        const { exit, err } = await rotor(argv, { env: { STATE_DIR: folder } });
        expect([exit, err]).toEqual([2, expect.stringContaining(reason)]);
      }
      expect(readdirSync(folder)).toEqual(['file']);
    });
  });

  it('leaves each file old or new, never a part of one, when it is interrupted', async () => {
    const columns = { a: always('whole', (n: number) => n), b: maybe('text', () => undefined) };
    const tables = (...rows: readonly number[]) =>
      ['one', 'two'].map((name) => tableOf(name, columns, rows));
    const whole = async (...rows: readonly number[]) => {
      const disk = memoryDisk();
      await writeTables(disk, tables(...rows), 'parquet', 'w');
      return disk;
    };
    const [before, after] = [await whole(1), await whole(1, 2, 3)];
    const isOne = (name: string, bytes: Uint8Array | undefined): boolean =>
      [before, after].some(
        (disk) => Buffer.compare(disk.files().get(name) ?? NONE, bytes ?? NONE) === 0,
      );
    for (let stop = 0; stop < after.effects.length; stop++) {
      const disk = before.afterKill();
      disk.stopAfter(stop);
      await expect(writeTables(disk, tables(1, 2, 3), 'parquet', 'w')).rejects.toThrow(Stopped);
      for (const image of [disk.afterKill(), ...disk.afterPowerCut().values()]) {
        for (const name of ['one.parquet', 'two.parquet']) {
          expect([stop, name, isOne(name, image.files().get(name))]).toEqual([stop, name, true]);
        }
      }
    }
  });
});

const NONE = new Uint8Array();

describe('rotor export --tax', () => {
  const sold: readonly Entry[] = (['buy', 'sell'] as const).map((side, index) => {
    const price = 10 + index;
    const at = epochMs(NOW + index);
    const of = { ticker: ticker('XLK'), side, qty: wholeShares(3), price, at };
    return { kind: 'external-fill', fill: { id: `${side}`, orderId: `${side}`, ...of } };
  });

  it('writes the sales of that year for tax software next to the tables', async () => {
    await withFolder(async (folder) => {
      journalIn(join(folder, 'state'), sold);
      const { to } = await exported(folder, '--tax', '2026');
      const [head, row, ...rest] = readFileSync(join(to, 'tax-2026.csv'), 'utf8').split('\r\n');
      expect(head).toMatch(/^Description,Date Acquired,Date Sold,Proceeds,Cost Basis,/);
      expect(row).toMatch(/^3 sh XLK,(\d\d\/\d\d\/2026),\1,33\.00,30\.00,,,3\.00,short$/);
      expect(rest).toEqual(['']);
    });
  });

  it('is rejected if it is not a year', async () => {
    await withFolder(async (folder) => {
      const { exit, err } = await exported(folder, '--tax', '26');
      expect(exit).toBe(2);
      expect(err).toContain('--tax: expected a year such as 2026, found "26"');
    });
  });
});
