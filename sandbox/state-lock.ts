/** One running sandbox per folder: two would write the same account. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { OccupiedError } from '#core/errors.ts';

/**
 * Locks the folder until it is released. The operating system releases a lock with its process, so a killed
 * sandbox leaves none behind.
 * @throws OccupiedError when another sandbox holds it
 */
export function lockState(folder: string): { release(): void } {
  mkdirSync(folder, { recursive: true });
  const database = new Database(join(folder, 'sandbox.lock'), { timeout: 0 });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    const isHeld = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
    if (!isHeld) throw error;
    throw new OccupiedError(`the sandbox in ${folder} is in use`, 'fix-config', { cause: error });
  }
  return { release: () => void database.close() };
}
