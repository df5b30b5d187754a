/** One account, one channel, and one Rotor that is always restarted. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { backUp } from '#core/store/backup.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { lastMark } from '#core/store/journal.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { type Running, startRotor } from '#tests/support/process.ts';
import { type Servers, startServers } from '#tests/support/sandbox-process.ts';
import { keepPace, type Pace } from './pace.ts';

/** Number of attacks by kind. */
export interface Counts {
  kills: number;
  pauses: number;
  /** Suspensions during a write, in which no other instance could take over. */
  locked: number;
  seconds: number;
  splits: number;
  halts: number;
}

/** The servers, the process and the state of one run. */
export interface World {
  readonly servers: Servers;
  readonly pace: Pace;
  readonly stateDir: string;
  /** State folders of the second instance of each split brain. */
  readonly others: string[];
  readonly counts: Counts;
  /** Errors found. */
  readonly faults: string[];
  /** Everything printed by processes that have ended. */
  readonly said: string[];
  main: Running;
  start(stateDir: string, more?: Readonly<Record<string, string>>): Running;
  close(): Promise<void>;
}

/** Nothing listens there: an instance that cannot reach Discord and trades nevertheless. */
export const NO_DISCORD = { DISCORD_API_BASE: 'http://127.0.0.1:9/api' } as const;

/** Every month is traded, however long Rotor was dead, and even the smallest drift. */
const RULES = {
  // It is killed far more often than a healthy process.
  CRASH_LIMIT: '0',
  MIN_DRIFT: '0',
  MIN_ORDER_USD: '1',
  MAX_CATCHUP_SESSIONS: '23',
  MAX_DRAWDOWN: '1',
} as const;

/** Starts the servers with an empty folder. */
export async function createWorld(folder: string): Promise<World> {
  const servers = await startServers(`${folder}/servers`);
  const stateDir = `${folder}/main`;
  const pace = keepPace(servers, journalFiles(stateDir).database);
  const lives: Running[] = [];
  const start: World['start'] = (state, more = {}) => {
    forgetSessions(journalFiles(state).database);
    const life = startRotor({ ...servers.environment, ...RULES, ...more, STATE_DIR: state });
    lives.push(life);
    return life;
  };
  return {
    servers,
    pace,
    stateDir,
    others: [],
    counts: { kills: 0, pauses: 0, locked: 0, seconds: 0, splits: 0, halts: 0 },
    faults: [],
    said: [],
    main: start(stateDir),
    start,
    async close() {
      pace.stop();
      await Promise.all(lives.map((life) => life.end('SIGKILL')));
      await servers.close();
    },
  };
}

/**
 * Ten Discord sessions in ten minutes are enough in normal use, and further news waits; here it is killed
 * far more often. If another process holds the database, the next start resets the count.
 */
function forgetSessions(file: string): void {
  if (!existsSync(file)) return;
  const database = new Database(file, { timeout: 100 });
  try {
    database.prepare("DELETE FROM posts WHERE subject = 'note:identifies'").run();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  } finally {
    database.close();
  }
}

/** Copies the current journal to another folder, as a restored machine image would have it. */
export async function copyState(from: string, to: string): Promise<void> {
  const files = journalFiles(to);
  await backUp(journalFiles(from), files.database);
  const database = new Database(files.database);
  fileHighWater(files.mark).write(lastMark(database));
  // The holder is on another machine and does not know about the copy.
  database.exec('UPDATE lease SET expires = 0');
  database.close();
}
