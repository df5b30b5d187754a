import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linePost } from '#bot/posts/line.ts';
import { EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { applyEntry, entryKey, KINDS } from '#core/domain/journal-events/table.ts';
import { epochMs, wholeShares } from '#core/domain/units.ts';
import { decodeEntry, encodeEntry, kindOf, storedKind } from '#core/store/codec.ts';
import { openDatabase } from '#core/store/database.ts';
import { noHighWater } from '#core/store/high-water.ts';
import { createJournal, lastMark } from '#core/store/journal.ts';
import { COUNTING, RECOUNTED } from '#core/views/changes.ts';

/**
 * A journal that commit 35b5fb1 wrote: two rebalances over its real engine, then one entry of every
 * other kind and an alert of every subject. Never write it again with a newer version.
 */
const FIXTURE = new URL('./fixtures/journal-35b5fb1.db', import.meta.url);
const LAST_HASH = '193ac8b39d049fc72cb85d50c85c29744b1deea8c56dc524e44c3d5f983139d4';
const CANCELED = 'rotor-a1b2c3d40000-initial-2024-07-01-XLV-b-1';

interface Row {
  readonly seq: number;
  readonly at: number;
  readonly kind: string;
  readonly key: string | null;
  readonly body: string;
}

let folder: string;
let database: Database.Database;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-old-journal-'));
  copyFileSync(FIXTURE, join(folder, 'journal.db'));
  database = openDatabase(join(folder, 'journal.db'));
});
afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true });
});

const rows = (): readonly Row[] =>
  database.prepare<[], Row>('SELECT * FROM entries WHERE seq <= 72 ORDER BY seq').all();

const open = () => {
  const clock = { now: () => epochMs(1_800_000_000_000), sleep: () => Promise.resolve() };
  return createJournal({ database, clock, highWater: noHighWater(), guard: () => undefined });
};

describe('a journal of commit 35b5fb1', () => {
  it('opens, and its hash chain is valid to the last entry', () => {
    expect(open().verify()).toEqual({ entries: 72, fault: undefined });
    expect(lastMark(database)).toEqual({ seq: 72, hash: LAST_HASH });
  });

  it('gives the same account as then', () => {
    const state = open().book();
    expect(state).toMatchObject({
      seq: 72,
      drawdownFrom: { equity: 10_000_000, managedBy: undefined },
      ledger: { cash: 25_934 },
      state: { state: 'REDUCE', by: 'ines', reason: 'the news' },
      paused: { by: 'ines', reason: 'lunch' },
      recoveredOrders: new Set(['rotor-lost']),
      intentionalTrades: new Set(['XLK']),
    });
    expect([...state.ledger.lots]).toEqual([
      ['XLE', { qty: wholeShares(496), cost: 4_960_000 }],
      ['XLU', { qty: wholeShares(500), cost: 5_000_000 }],
      ['XLK', { qty: wholeShares(2), cost: 20_300 }],
    ]);
    expect(state.managedOrders.get(CANCELED)).toMatchObject({
      state: 'refused',
      refusal: 'asset not tradable',
      cancelRequestedBy: 'ines',
    });
    const finished = [...state.rebalances].map(([id, { result }]) => [id, result?.kind]);
    expect(finished).toEqual([
      ['initial-2024-07-01', 'complete'],
      ['monthly-2024-08', 'complete'],
    ]);
    const { equity, alerts, cashFlows, managedOrders } = state;
    expect([equity.length, alerts.size, cashFlows.length, managedOrders.size]).toEqual([
      3, 20, 2, 5,
    ]);
  });

  it('keeps every row to the byte when it is opened and extended', () => {
    const before = rows();
    const journal = open();
    journal.append({ kind: 'cancel-requested', clientOrderId: 'other', by: 'tom' });
    expect(rows()).toEqual(before);
    expect(journal.verify()).toEqual({ entries: 73, fault: undefined });
    expect(database.prepare('SELECT kind FROM entries WHERE seq = 73').pluck().get()).toBe(
      'withdrawn',
    );
  });

  it('would be written with the same kinds, keys and bodies today', () => {
    const written = rows().map(({ body }) => {
      const entry = decodeEntry(body);
      return {
        kind: storedKind(entry.kind),
        key: entryKey(entry) ?? null,
        body: encodeEntry(entry),
      };
    });
    expect(written).toEqual(rows().map(({ kind, key, body }) => ({ kind, key, body })));
  });

  it('contains every kind of that time, and recognises a repeated cancel request', () => {
    const kinds = new Set(rows().map(({ kind }) => kindOf(kind)));
    expect(kinds.size).toBe(32);
    expect([...kinds].filter((kind) => !KINDS.has(kind))).toEqual([]);
    const journal = open();
    expect(
      journal.append({ kind: 'cancel-requested', clientOrderId: CANCELED, by: 'tom' }),
    ).toEqual([]);
    expect(journal.latest(['cancel-requested'], 5)).toHaveLength(1);
  });

  it('says once, at the first start, that its numbers were recalculated', () => {
    const journal = open();
    const build = { code: 'c', config: 'c', models: 'm', counting: COUNTING };
    const start = () => {
      const [last] = journal.append({ kind: 'started', version: '0.1.0', mode: 'PAPER', build });
      if (!last) throw new Error('expected a start');
      return JSON.stringify(linePost(last, 'PAPER', journal.book()));
    };
    expect(start()).toContain(RECOUNTED);
    expect(start()).not.toContain(RECOUNTED);
  });

  it('gives the same account entry by entry', () => {
    const journal = open();
    const all = journal.since(0, 100);
    expect(all.reduce(applyEntry, EMPTY_ACCOUNT_STATE)).toEqual(journal.book());
  });
});
