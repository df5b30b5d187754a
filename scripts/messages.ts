/**
 * Counts Rotor's Discord messages in a simulated quarter: on the sandbox, at a session per second, until
 * the journal has that many closes. `npm run messages -- [--at COMMIT] [--closes 63]`; without a commit the
 * working tree. Takes a few minutes each.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import Database from 'better-sqlite3';
import { type CountedMessage, countsOf, tableOf } from './messages/counts.ts';

const { values } = parseArgs({
  options: { at: { type: 'string' }, closes: { type: 'string', default: '63' } },
});
const closes = Number(values.closes);
if (!Number.isInteger(closes) || closes < 1) throw new Error('--closes is a whole number from 1');

const HOME = resolve(import.meta.dirname, '..');
const LOOK_MS = 500;
/** Time in which the last messages are delivered. */
const SETTLE_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'rotor-messages-'));
const tree = values.at === undefined ? HOME : checkedOut(values.at);
try {
  const state = join(folder, 'state');
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: folder, STATE_DIR: state, SANDBOX_PORT: '0', SANDBOX_SPEED: 'second' };
  const desk = spawn(process.execPath, ['src/main.ts'], {
    cwd: tree,
    env,
    stdio: 'ignore',
  });
  const ended = new Promise<void>((done) => void desk.once('close', () => done()));
  while (desk.exitCode === null && closesIn(state) < closes) await wait(LOOK_MS);
  if (desk.exitCode !== null) throw new Error(`the desk ended with ${desk.exitCode}`);
  await wait(SETTLE_MS);
  desk.kill('SIGINT');
  await ended;
  const counted = countsOf(messagesIn(join(state, 'sandbox')));
  console.log(`${values.at ?? 'this tree'}: ${closesIn(state)} closes`);
  for (const line of tableOf(counted)) console.log(line);
} finally {
  if (values.at !== undefined) git('worktree', 'remove', '--force', join(folder, 'tree'));
  rmSync(folder, { recursive: true, force: true });
}

/** A checkout of that commit, with the same packages. */
function checkedOut(commit: string): string {
  const place = join(folder, 'tree');
  git('worktree', 'add', '--detach', '--force', place, commit);
  symlinkSync(join(HOME, 'node_modules'), join(place, 'node_modules'));
  return place;
}

function git(...given: readonly string[]): void {
  execFileSync('git', [...given], { cwd: HOME, stdio: 'ignore' });
}

/** The sandbox has its own journal. */
function closesIn(state: string): number {
  const count = "SELECT count(*) FROM entries WHERE kind = 'equity'";
  return Number(read(join(state, 'sandbox', 'journal.sqlite'), count)[0] ?? 0);
}

/** All messages in the channel and its threads, except private ones. */
function messagesIn(sandbox: string): readonly CountedMessage[] {
  const found = execFileSync('find', [sandbox, '-name', 'discord.sqlite'], { encoding: 'utf8' });
  const file = found.trim().split('\n')[0] ?? '';
  return read(file, 'SELECT json FROM messages WHERE private = 0').map((json) => JSON.parse(json));
}

function read(file: string, sql: string): readonly string[] {
  if (!existsSync(file)) return [];
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(sql).pluck().all().map(String);
  } catch {
    // Rotor is still creating it.
    return [];
  } finally {
    database.close();
  }
}
