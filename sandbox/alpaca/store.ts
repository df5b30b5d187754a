import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { EpochMs } from '#core/domain/units.ts';
import type { Activity, OrderRecord, Settings } from './records.ts';

interface Saved {
  readonly settings: Settings | undefined;
  readonly resumeAt: EpochMs | undefined;
  readonly orders: readonly OrderRecord[];
  readonly activities: readonly Activity[];
}

/** One small SQLite file. Everything written before a kill -9 survives it. */
export interface Store {
  load(): Saved;
  /** Atomic. */
  transaction<T>(work: () => T): T;
  putOrder(order: OrderRecord): void;
  addActivity(activity: Activity): void;
  putSettings(settings: Settings): void;
  /** The market never resumes before this instant. */
  putResumeAt(instant: EpochMs): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS activities (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
`;

/** In memory without a folder. */
export function openStore(stateDir: string | undefined): Store {
  if (stateDir !== undefined) mkdirSync(stateDir, { recursive: true });
  const db = new Database(stateDir === undefined ? ':memory:' : join(stateDir, 'alpaca.sqlite'));
  db.pragma('journal_mode = WAL');
  // NORMAL loses nothing in a kill, only in a power cut, which is acceptable for a simulated account.
  db.pragma('synchronous = NORMAL');
  db.exec(SCHEMA);

  const putOrder = db.prepare<[number, string]>('INSERT OR REPLACE INTO orders VALUES (?, ?)');
  const addActivity = db.prepare<[number, string]>('INSERT INTO activities VALUES (?, ?)');
  const putFact = db.prepare<[string, string]>('INSERT OR REPLACE INTO facts VALUES (?, ?)');
  const bodies = <T>(table: 'orders' | 'activities'): T[] =>
    db
      .prepare<[], { body: string }>(`SELECT body FROM ${table} ORDER BY seq`)
      .all()
      .map((row) => JSON.parse(row.body) as T);
  const fact = <T>(name: string): T | undefined => {
    const row = db
      .prepare<[string], { body: string }>('SELECT body FROM facts WHERE name = ?')
      .get(name);
    return row && (JSON.parse(row.body) as T);
  };

  return {
    load: () => ({
      settings: fact<Settings>('settings'),
      resumeAt: fact<EpochMs>('resumeAt'),
      orders: bodies<OrderRecord>('orders'),
      activities: bodies<Activity>('activities'),
    }),
    transaction: (work) => db.transaction(work)(),
    putOrder: (order) => void putOrder.run(order.seq, JSON.stringify(order)),
    addActivity: (activity) => void addActivity.run(activity.seq, JSON.stringify(activity)),
    putSettings: (settings) => void putFact.run('settings', JSON.stringify(settings)),
    putResumeAt: (instant) => void putFact.run('resumeAt', JSON.stringify(instant)),
    close: () => void db.close(),
  };
}
