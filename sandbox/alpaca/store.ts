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

/** One small SQLite file. What was written before a kill -9 is there after it. */
export interface Store {
  load(): Saved;
  /** All of it or nothing. */
  transaction<T>(work: () => T): T;
  putOrder(order: OrderRecord): void;
  addActivity(activity: Activity): void;
  putSettings(settings: Settings): void;
  /** The market is never shown before this instant again. */
  putResumeAt(instant: EpochMs): void;
  close(): void;
}

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS orders (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS activities (seq INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;
`;

/** In memory when there is no folder. */
export function openStore(stateDir: string | undefined): Store {
  if (stateDir !== undefined) mkdirSync(stateDir, { recursive: true });
  const db = new Database(stateDir === undefined ? ':memory:' : join(stateDir, 'alpaca.sqlite'));
  db.pragma('journal_mode = WAL');
  // A kill loses nothing at NORMAL; only a power cut could, and this account is an imitation.
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
