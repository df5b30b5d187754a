import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import type { Entry } from '#core/domain/entry.ts';
import { epochMs } from '#core/domain/units.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater, noHighWater } from '#core/store/high-water.ts';
import { createJournal, lastMark } from '#core/store/journal.ts';
import { createPostBook } from '#core/store/posts.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decision, intent } from '#tests/support/decision.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-journal-'));
  folders.push(folder);
  return join(folder, 'journal.sqlite');
}

const clock = leapingClock(epochMs(1_700_000_000_000));
const open = (path: string) =>
  createJournal({
    database: openDatabase(path),
    clock,
    highWater: fileHighWater(`${path}.head`),
    guard: () => {},
  });

const buy = intent('initial-2026-11-10', 'buy', 'XLK', 3);
const decided: Entry = { kind: 'decision', decision: decision({ orders: [buy] }) };
const intended: Entry = { kind: 'intent', intent: buy };

describe('the journal', () => {
  it('returns the recorded entries, including maps, after it is reopened', () => {
    const path = file();
    const before = open(path);
    before.append(decided, intended, { kind: 'state', state: 'HALT', by: 'ann', reason: 'why' });
    expect(open(path).book()).toEqual(before.book());
    expect(open(path).book().managedOrders.get(buy.clientOrderId)?.intent).toEqual(buy);
    expect(open(path).book().state.state).toBe('HALT');
    expect(open(path).doubt()).toBeUndefined();
  });

  it('records the same event once', () => {
    const journal = open(file());
    expect(journal.append(decided, intended)).toHaveLength(2);
    expect(journal.append(decided, intended)).toHaveLength(0);
    expect(journal.book().seq).toBe(2);
  });

  it('keeps the first of an event that is told again in other words', () => {
    const journal = open(file());
    const { clientOrderId } = buy;
    journal.append(decided, intended, { kind: 'refused', clientOrderId, reason: 'no cash' });
    expect(journal.append({ kind: 'refused', clientOrderId, reason: 'no money' })).toEqual([]);
    expect(journal.since(2, 10)).toMatchObject([{ entry: { reason: 'no cash' } }]);
  });

  it('records an event that may happen again as often as it does', () => {
    const journal = open(file());
    journal.append({ kind: 'stopped', reason: 'x' }, { kind: 'stopped', reason: 'x' });
    expect(journal.since(0, 10)).toHaveLength(2);
  });

  it('records a fill once, however often it is read', () => {
    const journal = open(file());
    const { clientOrderId, ticker, side, qty } = buy;
    const at = clock.now();
    const fill = { id: 'f1', orderId: 'o1', ticker, side, qty, price: 100, at };
    const entry: Entry = { kind: 'fill', clientOrderId, fill };
    journal.append(intended, entry, entry);
    journal.append(entry);
    expect(journal.book().managedOrders.get(clientOrderId)?.fills).toEqual([fill]);
    expect(journal.book().seq).toBe(2);
  });

  it.each(['fill', 'external-fill'] as const)(
    'rejects an execution repeated with other content, and keeps the first (%s)',
    (kind) => {
      const { clientOrderId, ticker, side, qty } = buy;
      const fill = { id: 'f1', orderId: 'o1', ticker, side, qty, price: 100, at: epochMs(1) };
      const entryOf = (of: typeof fill): Entry =>
        kind === 'fill' ? { kind, clientOrderId, fill: of } : { kind, fill: of };
      const journal = open(file());
      journal.append(intended, entryOf(fill));
      const { cash } = journal.book().ledger;
      const others = [
        { ...fill, price: 101 },
        { ...fill, side: 'sell' as const },
        { ...fill, orderId: 'o2' },
        { ...fill, at: epochMs(2) },
      ];
      for (const other of others) {
        expect(() => journal.append(entryOf(other))).toThrow(
          `journal: ${kind} f1 is recorded already, with other content`,
        );
      }
      expect(journal.book().ledger.cash).toBe(cash);
      expect(journal.book().seq).toBe(2);
    },
  );

  it('rejects an intent repeated with another size, and keeps nothing of that call', () => {
    const journal = open(file());
    journal.append(intended);
    const other: Entry = { kind: 'intent', intent: intent('initial-2026-11-10', 'buy', 'XLK', 4) };
    expect(() => journal.append({ kind: 'stopped', reason: 'x' }, other)).toThrow(/other content/);
    expect(journal.book().seq).toBe(1);
    expect(journal.since(0, 10)).toHaveLength(1);
  });

  it('returns the same entries to the process that wrote them and to the next one', () => {
    const path = file();
    const before = open(path);
    const stops = Array.from({ length: 150 }, (_, index) => `${index}`).map(
      (reason): Entry => ({ kind: 'stopped', reason }),
    );
    before.append(...stops.slice(0, 90));
    before.append(...stops.slice(90));
    const after = open(path);
    for (const seq of [0, 40, 49, 50, 51, 120, 149, 150, 151])
      expect(before.since(seq, 20)).toEqual(after.since(seq, 20));
    expect(before.since(50, 1)[0]?.seq).toBe(51);
  });

  it('reads its last hundred entries without the disk, and older ones from it', () => {
    const database = openDatabase(file());
    const journal = createJournal({
      ...{ database, clock, guard: () => {} },
      highWater: noHighWater(),
    });
    journal.append(
      ...Array.from(
        { length: 150 },
        (_, index): Entry => ({ kind: 'stopped', reason: `${index}` }),
      ),
    );
    database.close();
    expect(journal.since(50, 100).map(({ seq }) => seq)).toEqual(
      Array.from({ length: 100 }, (_, index) => index + 51),
    );
    expect(() => journal.since(49, 1)).toThrow('not open');
  });

  it('dates entries to the nearest millisecond', () => {
    const journal = createJournal({
      database: openDatabase(file()),
      clock: { now: () => epochMs(1_000.6), sleep: clock.sleep },
      highWater: noHighWater(),
      guard: () => {},
    });
    expect(journal.append({ kind: 'stopped', reason: 'x' })[0]?.at).toBe(1_001);
  });

  it('cannot be changed or shortened', () => {
    const path = file();
    open(path).append(decided);
    const raw = new Database(path);
    expect(() => raw.exec("UPDATE entries SET body = '{}'")).toThrow(/only ever added/);
    expect(() => raw.exec('DELETE FROM entries')).toThrow(/only ever added/);
  });

  it('detects a row that somebody changed', () => {
    const path = file();
    open(path).append(decided, intended);
    const raw = new Database(path);
    raw.exec('DROP TRIGGER entries_stay');
    raw.exec(
      'UPDATE entries SET body = replace(body, \'"attempt":1\', \'"attempt":2\') WHERE seq = 2',
    );
    raw.close();
    expect(open(path).doubt()).toBe(
      'journal: the chain breaks at entry 2: expected entry 2, sealed over the one before it',
    );
    expect(open(path).book().seq).toBe(1);
  });

  it('detects a missing row', () => {
    const path = file();
    open(path).append(decided, intended, { kind: 'stopped', reason: 'x' });
    const raw = new Database(path);
    raw.exec('DROP TRIGGER entries_remain');
    raw.exec('DELETE FROM entries WHERE seq = 2');
    raw.close();
    expect(open(path).doubt()).toMatch(/chain breaks at entry 3/);
  });

  it('detects that entries were cut off its end', () => {
    const path = file();
    open(path).append(decided, intended, { kind: 'stopped', reason: 'x' });
    const raw = new Database(path);
    raw.exec('DROP TRIGGER entries_remain');
    raw.exec('DELETE FROM entries WHERE seq = 3');
    raw.close();
    expect(open(path).doubt()).toBe('journal: entries are lost: 3 were written, 2 are here');
  });

  it('stays marked as damaged after further entries, so that the next start sees it too', () => {
    const path = file();
    open(path).append(decided, intended);
    const raw = new Database(path);
    raw.exec('DROP TRIGGER entries_remain');
    raw.exec('DELETE FROM entries WHERE seq = 2');
    raw.close();
    open(path).append({ kind: 'stopped', reason: 'a' }, { kind: 'stopped', reason: 'b' });
    expect(open(path).doubt()).toBe('journal: entry 2 is not the one that was written');
  });

  it('never starts over: an emptied database is reported as damaged', () => {
    const path = file();
    open(path).append(decided);
    rmSync(path);
    rmSync(`${path}-wal`, { force: true });
    expect(open(path).doubt()).toMatch(/entries are lost: 1 were written, 0 are here/);
  });

  it('rejects a database of a newer program and does not change it', () => {
    const path = file();
    const raw = new Database(path);
    raw.pragma('user_version = 99');
    raw.close();
    expect(() => open(path)).toThrow(/newer Rotor \(schema 99\)/);
    expect(new Database(path).pragma('user_version', { simple: true })).toBe(99);
  });

  it('writes through to the disk on every commit', () => {
    const database = openDatabase(file());
    expect(database.pragma('journal_mode', { simple: true })).toBe('wal');
    expect(database.pragma('synchronous', { simple: true })).toBe(2);
  });

  it('notifies listeners of added entries only', () => {
    const journal = open(file());
    const heard: (readonly string[])[] = [];
    journal.onAppend((all) => heard.push(all.map(({ entry }) => entry.kind)));
    journal.append(decided, intended);
    journal.append(decided);
    journal.append();
    expect(heard).toEqual([['decision', 'intent']]);
  });

  it('has a last entry for its mark, and none before the first', () => {
    const path = file();
    const database = openDatabase(path);
    expect(lastMark(database)).toEqual({ seq: 0, hash: '0'.repeat(64) });
    open(path).append(decided, intended);
    expect(lastMark(database).seq).toBe(2);
    expect(fileHighWater(`${path}.head`).read()).toEqual(lastMark(database));
  });

  it('is in doubt once its mark is gone', () => {
    const path = file();
    open(path).append(decided);
    rmSync(`${path}.head`);
    expect(open(path).doubt()).toMatch(/head mark .* is missing/);
  });

  it('writes nothing that its guard forbids', () => {
    const database = openDatabase(file());
    const guard = () => {
      throw new Error('taken over');
    };
    const journal = createJournal({ database, clock, highWater: noHighWater(), guard });
    expect(() => journal.append(decided)).toThrow('taken over');
    expect([journal.book().seq, lastMark(database).seq]).toEqual([0, 0]);
  });

  it('takes the mark of an empty journal for what it is', () => {
    const path = file();
    fileHighWater(`${path}.head`).write(lastMark(openDatabase(path)));
    expect(open(path).doubt()).toBeUndefined();
  });
});

/** Adds a row with a valid seal; `after` is how far its number lies beyond the last entry. */
function addSealed(path: string, stored: { readonly kind: string }, after = 1): void {
  const database = openDatabase(path);
  const last = lastMark(database);
  const row = { seq: last.seq + after, at: 1_700_000_000_000, body: JSON.stringify(stored) };
  const seal = JSON.stringify([last.hash, row.seq, row.at, stored.kind, null, row.body]);
  database
    .prepare('INSERT INTO entries VALUES (@seq, @at, @kind, NULL, @body, @hash)')
    .run({ ...row, kind: stored.kind, hash: createHash('sha256').update(seal).digest('hex') });
  database.close();
}

describe('rows that are sealed but odd', () => {
  it('break the chain where a number is left out', () => {
    const path = file();
    open(path).append(decided);
    rmSync(`${path}.head`);
    addSealed(path, { kind: 'stopped' }, 2);
    expect(open(path).doubt()).toContain('breaks at entry 3: expected entry 2');
  });

  it('of a newer version are skipped, and the first of them is named', () => {
    const path = file();
    open(path).append(decided);
    for (const kind of ['hedge', 'swap', 'pause'])
      addSealed(path, { kind, ...(kind === 'pause' && { paused: true, by: 'ada', reason: 'x' }) });
    expect(open(path).doubt()).toMatch(/entry 2 was written by a newer Rotor.*kind hedge/);
    expect(open(path).book()).toMatchObject({ seq: 4, paused: { by: 'ada' } });
  });

  it('that cannot be read are skipped, and the first of them is named with its error', () => {
    const path = file();
    open(path).append(decided);
    for (const kind of ['intent', 'fill', 'hedge']) addSealed(path, { kind });
    expect(open(path).doubt()).toMatch(/^journal: entry 2 cannot be read: TypeError: /);
    expect(open(path).book().seq).toBe(4);
  });
});

describe('the post book', () => {
  it('remembers messages and never reduces the last delivered entry', () => {
    const path = file();
    const posts = createPostBook(openDatabase(path));
    expect(posts.told()).toBe(0);
    posts.save('header', { channelId: '1', messageId: '2', contentHash: 'a' });
    posts.save('header', { channelId: '1', messageId: '2', contentHash: 'b' });
    posts.markTold(7);
    posts.markTold(5);
    const again = createPostBook(openDatabase(path));
    expect(again.find('header')).toEqual({ channelId: '1', messageId: '2', contentHash: 'b' });
    expect(again.find('other')).toBeUndefined();
    expect(again.told()).toBe(7);
    expect([again.holds('2'), again.holds('3')]).toEqual([true, false]);
  });
});
