import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { TradingError } from '../errors.ts';

/** The last entry that was ever committed, kept beside the database. */
export interface Mark {
  readonly seq: number;
  readonly hash: string;
}

/** Keeps the last entry outside of the journal, so that a journal that lost its end is noticed. */
export interface HighWater {
  read(): Mark | undefined;
  write(mark: Mark): void;
}

const markSchema = z.object({ seq: z.int().nonnegative(), hash: z.string() });

/**
 * A file of one line. SQLite forgets committed rows without a word when its log is damaged; the mark
 * remembers how far they went.
 */
export function fileHighWater(file: string): HighWater {
  return {
    read() {
      const text = readIfPresent(file);
      if (text === undefined) return undefined;
      const parsed = markSchema.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      throw new TradingError(`${file}: expected {"seq","hash"}, found something else`, 'halt');
    },
    write(mark) {
      // Its own name: a Rotor that was paused past its lease may be writing the last mark it had.
      const draft = `${file}.${hostname()}-${process.pid}.new`;
      const handle = openSync(draft, 'w', 0o600);
      writeSync(handle, `${JSON.stringify(mark)}\n`);
      fsyncSync(handle);
      closeSync(handle);
      renameSync(draft, file);
    },
  };
}

/** For a journal in memory. */
export function noHighWater(): HighWater {
  return { read: () => undefined, write: () => undefined };
}

function readIfPresent(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
