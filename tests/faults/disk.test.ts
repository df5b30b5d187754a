/** Faults of groups D and P: what a disk and a process can do. */
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { epochMs } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { lastMark, verifyChain } from '#core/store/journal.ts';
import { runWithStops } from '#tests/simulation/kill-world.ts';
import { running, sameBooks, started, type World, world } from '#tests/support/world.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

function file(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-fault-'));
  folders.push(folder);
  return join(folder, 'journal.sqlite');
}

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;

const onDisk = (path: string) => ({
  ...ROTATION,
  database: openDatabase(path),
  highWater: fileHighWater(`${path}.head`),
});

/** The same broker and time, another state of the disk. */
function withDisk(before: World, path: string): World {
  const next = world(onDisk(path));
  next.clock.set(before.clock.now());
  for (const name of Object.keys(before.broker) as (keyof World['broker'])[]) {
    Reflect.set(next.answers, name, before.broker[name]);
  }
  return next;
}

/** A next month is due, and nobody may trade. */
async function expectHalted(desk: World, reason: RegExp): Promise<void> {
  const posts = desk.answers.submit ? 'outside' : 'inside';
  let sent = 0;
  desk.answers.submit = async (intent) => {
    sent += 1;
    throw new TradingError(`${posts}: ${intent.clientOrderId}`, 'halt');
  };
  await desk.engine.start();
  desk.goTo('2024-08-01', '09:36');
  desk.target = ['XLU', 'XLY'];
  await desk.minutes(15);
  expect(sent).toBe(0);
  expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
  expect(desk.book().state.reason).toMatch(reason);
  expect([...desk.book().alerts.values()].map(({ alert }) => alert.severity)).toContain('critical');
}

describe('D1: the disk is full', () => {
  it('D1: without its intent on disk no order leaves, and nothing of the step is kept', async () => {
    const path = file();
    const desk = await started(onDisk(path));
    const pages = Number(desk.database.pragma('page_count', { simple: true }));
    desk.database.pragma(`max_page_count = ${pages}`);
    for (const length of [2_000, 500, 100, 1]) {
      expect(() => {
        for (;;) desk.parts.journal.append({ kind: 'stopped', reason: 'x'.repeat(length) });
      }).toThrow(/full/);
    }
    await expect(desk.minutes(3)).rejects.toThrow(/full/);
    expect(desk.posted()).toEqual([]);
    expect(desk.book().rebalances.size).toBe(0);
    desk.database.pragma('max_page_count = 100000');
    await desk.restart();
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(3);
    expect(sameBooks(desk)).toBe(true);
  });

  it.each([1, 2, 3, 4, 6, 8, 12, 20, 30])(
    'D1: full from write %i on: what was sent was written down, and room again ends it well',
    async (writes) => {
      let left = Number.POSITIVE_INFINITY;
      const desk = await started({
        ...ROTATION,
        guard: () => {
          left -= 1;
          if (left < 0) throw new Error('SQLITE_FULL: database or disk is full');
        },
      });
      left = writes;
      await desk.minutes(3).catch(() => undefined);
      left = Number.POSITIVE_INFINITY;
      const written = new Set(desk.reborn().book().managedOrders.keys());
      for (const { clientOrderId } of desk.broker.posts) expect(written).toContain(clientOrderId);
      await desk.restart();
      await desk.minutes(15);
      expect(desk.posted()).toEqual(['sell XLF 100', 'buy XLK 99', 'buy XLE 99']);
      expect(sameBooks(desk)).toBe(true);
    },
  );
});

describe('D2: the database is busy', () => {
  it('D2: a writer that holds it: the step fails as a whole, no order leaves', async () => {
    const path = file();
    const desk = await started(onDisk(path));
    desk.database.pragma('busy_timeout = 1');
    const other = new Database(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(desk.minutes(2)).rejects.toThrow(/locked|busy/i);
    expect(desk.posted()).toEqual([]);
    other.exec('ROLLBACK');
    other.close();
    await desk.restart();
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(3);
  });
});

/** A journal with one finished rebalance, all in its main file. */
async function written(path: string): Promise<World> {
  const desk = await running(onDisk(path));
  desk.database.pragma('wal_checkpoint(TRUNCATE)');
  desk.database.close();
  return desk;
}

describe('D3: a page is corrupt', () => {
  it('D3: a changed row starts in HALT with the reason, never afresh', async () => {
    const path = file();
    const before = await written(path);
    const raw = new Database(path);
    raw.exec('DROP TRIGGER entries_stay');
    raw.exec(`UPDATE entries SET body = replace(body, 'XLK', 'XLU') WHERE kind = 'fill'`);
    raw.close();
    await expectHalted(withDisk(before, path), /chain breaks at entry/);
  });

  it('D3: one flipped byte anywhere: seen, or without any effect on what is read', async () => {
    const path = file();
    await written(path);
    const whole = readFileSync(path);
    const healthy = verifyChain(new Database(path), fileHighWater(`${path}.head`));
    let seen = 0;
    for (let offset = 4_096; offset < whole.length; offset += 241) {
      const flipped = Buffer.from(whole);
      flipped[offset] = (flipped[offset] ?? 0) ^ 0x04;
      const copy = `${path}.${offset}`;
      writeFileSync(copy, flipped);
      copyFileSync(`${path}.head`, `${copy}.head`);
      const fault = faultOf(copy);
      if (fault !== undefined) seen += 1;
      else expect(entriesOf(copy)).toEqual(entriesOf(path));
    }
    expect(healthy.fault).toBeUndefined();
    expect(seen).toBeGreaterThan(20);
  });
});

function faultOf(path: string): string | undefined {
  const database = new Database(path);
  try {
    return verifyChain(database, fileHighWater(`${path}.head`)).fault;
  } catch (error) {
    return String(error);
  } finally {
    database.close();
  }
}

function entriesOf(path: string): readonly unknown[] {
  const database = new Database(path);
  const rows = database.prepare('SELECT * FROM entries ORDER BY seq').all();
  database.close();
  return rows;
}

describe('D4: the end of the log is lost', () => {
  it('D4: committed rows that are gone start in HALT and are not sent again', async () => {
    const path = file();
    const desk = world(onDisk(path));
    desk.database.pragma('wal_autocheckpoint = 0');
    await desk.engine.start();
    await desk.minutes(3);
    const copy = `${path}.cut`;
    copyFileSync(path, copy);
    copyFileSync(`${path}-wal`, `${copy}-wal`);
    copyFileSync(`${path}.head`, `${copy}.head`);
    const size = readFileSync(`${copy}-wal`).length;
    truncateSync(`${copy}-wal`, Math.floor(size * 0.6));
    await expectHalted(withDisk(desk, copy), /entries are lost/);
  });

  it('D4: a database that is gone with its mark is noticed at the broker, start after start', async () => {
    const before = await running(ROTATION);
    const path = file();
    const fresh = withDisk(before, path);
    await expectHalted(fresh, /the broker has 3 orders of ours that are not recorded here/);
    await expectHalted(withDisk(before, path), /not recorded here/);
  });

  it('D4: a process that dies right after it met such an account does not start afresh', async () => {
    const before = await running(ROTATION);
    const path = file();
    const fresh = withDisk(before, path);
    await fresh.engine.start();
    const firstMeeting = fresh.parts.journal
      .since(0, 100)
      .map(({ entry }) => entry.kind)
      .join(' ');
    // One transaction: there is no moment with a baseline and without the HALT.
    expect(firstMeeting).toMatch(/account baseline state/);
  });
});

describe('D5: power is lost', () => {
  it('D5: any earlier commit of the journal: HALT, or the same orders once', async () => {
    const images: Buffer[] = [];
    const desk = await started(ROTATION);
    desk.parts.journal.onAppend(() => images.push(desk.database.serialize()));
    await desk.minutes(3);
    expect(images.length).toBeGreaterThan(10);
    for (const image of images) {
      const again = world({ ...ROTATION, database: new Database(image) });
      again.clock.set(epochMs(desk.clock.now() + 60_000));
      for (const name of Object.keys(desk.broker) as (keyof World['broker'])[]) {
        Reflect.set(again.answers, name, desk.broker[name]);
      }
      await again.engine.start();
      await again.minutes(15);
      const ids = desk.broker.accepted.map(({ clientOrderId }) => clientOrderId);
      expect(new Set(ids).size).toBe(ids.length);
      expect(ids).toHaveLength(3);
    }
  });
});

describe('D6: migrations', () => {
  it('D6: one that is cut short leaves the old schema whole', () => {
    const path = file();
    openDatabase(path).close();
    const raw = new Database(path);
    raw.exec('DROP TABLE lease');
    // The second migration will fail half-way: its table is there under another shape.
    raw.exec('CREATE TABLE lease (id INTEGER)');
    raw.pragma('user_version = 1');
    raw.exec(`INSERT INTO entries VALUES (1, 0, 'stopped', NULL, '{}', 'h')`);
    raw.close();
    expect(() => openDatabase(path)).toThrow();
    const after = new Database(path);
    expect(after.pragma('user_version', { simple: true })).toBe(1);
    expect(after.prepare('SELECT count(*) AS n FROM entries').get()).toEqual({ n: 1 });
    expect(() => after.exec('DELETE FROM entries')).toThrow(/only ever added/);
    after.exec('DROP TABLE lease');
    after.close();
    expect(openDatabase(path).pragma('user_version', { simple: true })).toBeGreaterThanOrEqual(2);
  });

  it('D6: a database of a newer Rotor is refused with the remedy', () => {
    const path = file();
    openDatabase(path).pragma('user_version = 99');
    expect(() => openDatabase(path)).toThrow(/start the newer version, or restore a backup/);
  });
});

describe('D7: the volume is read-only, or stale', () => {
  it('D7: nothing can be written, so nothing is sent', async () => {
    const path = file();
    (await written(path)).database.close();
    const desk = world({
      ...ROTATION,
      start: epochMs(Date.parse('2024-08-01T13:36:00Z')),
      database: new Database(path, { readonly: true }),
    });
    await expect(desk.engine.start()).rejects.toThrow(/readonly/);
    await expect(desk.minutes(3)).rejects.toThrow(/readonly/);
    expect(desk.posted()).toEqual([]);
  });

  it('D7: a backup of last month restored while the broker moved on starts in HALT', async () => {
    const desk = await running(ROTATION);
    const backup = desk.database.serialize();
    desk.goTo('2024-08-01', '09:36');
    desk.target = ['XLU', 'XLY'];
    await desk.minutes(5);
    const path = file();
    writeFileSync(path, backup);
    fileHighWater(`${path}.head`).write(lastMark(new Database(backup)));
    await expectHalted(withDisk(desk, path), /orders of ours that are not recorded here/);
  });
});

describe('P1: killed', () => {
  it('P1: at any effect, a sample; every effect and pair is tests/simulation', async () => {
    const { effects } = await runWithStops([]);
    for (let effect = 1; effect <= effects; effect += 9) {
      expect((await runWithStops([{ effect, point: 'unheard' }])).faults).toEqual([]);
    }
  });
});

describe('P2: told to stop in the middle', () => {
  it.each([1, 2, 3])(
    'P2: after order %i: no further order, the rest at the next start',
    async (post) => {
      const desk = await started(ROTATION);
      let stopped: Promise<void> | undefined;
      desk.broker.behave((_intent, number) => {
        if (number === post) stopped = desk.engine.stop('SIGTERM');
        return { kind: 'whole' };
      });
      await desk.engine.look();
      await desk.engine.wake();
      await stopped;
      expect(desk.posted()).toHaveLength(post);
      expect(desk.entries('stopped')).toHaveLength(1);
      await desk.restart();
      await desk.minutes(5);
      expect(desk.posted()).toHaveLength(3);
      expect(sameBooks(desk)).toBe(true);
    },
  );

  it('P2: nobody’s order is cancelled by stopping', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(1);
    let cancelled = 0;
    desk.answers.cancel = async () => {
      cancelled += 1;
    };
    await desk.engine.stop('SIGTERM');
    expect(cancelled).toBe(0);
  });
});

describe('P3: something throws that nobody expected', () => {
  it('P3: an error in a part rests five minutes, says so once, and ends when it goes well', async () => {
    const desk = await started(ROTATION);
    let failures = 0;
    desk.answers.assets = async () => {
      failures += 1;
      throw new TypeError('undefined is not a function');
    };
    await desk.minutes(11);
    expect(failures).toBeLessThanOrEqual(3);
    expect(desk.posted()).toEqual([]);
    expect([...desk.book().alerts.keys()]).toEqual([
      'error TypeError: undefined is not a function',
    ]);
    desk.answers.assets = undefined;
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(3);
    expect(desk.book().alerts.size).toBe(0);
  });
});

describe('P4: the process stood still', () => {
  it('P4: three days in the middle of a cycle: nothing leaves at a wrong time, and it ends once', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave((_intent, post) => {
      if (post === 1) desk.goTo('2024-07-04', '11:00');
      return { kind: 'whole' };
    });
    await desk.minutes(5);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.goTo('2024-07-05', '09:34');
    await desk.minutes(1);
    expect(desk.posted()).toHaveLength(1);
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(3);
    expect(desk.book().rebalances.size).toBe(1);
  });
});
