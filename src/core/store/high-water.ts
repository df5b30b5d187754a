import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';

/** The last entry that was ever committed, kept beside the database. */
export interface Mark {
  readonly seq: number;
  readonly hash: string;
}

/** How far a journal went, remembered outside of it. */
export interface HighWater {
  /** Undefined where there is none, or none that can be read. */
  read(): Mark | undefined;
  write(mark: Mark): void;
  /** Says what is wrong with the mark itself beside a journal of so many entries. */
  fault(entries: number): string | undefined;
}

const markSchema = z.object({ seq: z.int().nonnegative(), hash: z.string() });

/**
 * A file of one line. SQLite forgets committed rows without a word when its log is damaged; the mark
 * remembers how far they went. Where it is gone or broken nobody can tell whether rows were lost.
 */
export function fileHighWater(file: string): HighWater {
  return {
    read() {
      const found = readMark(file);
      return typeof found === 'string' ? undefined : found;
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
    fault(entries) {
      const found = readMark(file);
      if (typeof found !== 'string') return undefined;
      if (found === 'is missing' && entries === 0) return undefined;
      return (
        `journal: its head mark ${file} ${found}, so nobody can tell whether the ${entries} ` +
        'entries here are all that were written'
      );
    },
  };
}

/** For a journal in memory, or a copy that has no mark beside it. */
export function noHighWater(): HighWater {
  return { read: () => undefined, write: () => undefined, fault: () => undefined };
}

/** The mark, or in words what keeps it from being read. */
function readMark(file: string): Mark | string {
  try {
    const parsed = markSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : 'holds something else';
  } catch (error) {
    if (error instanceof SyntaxError) return 'holds something else';
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no reason';
    return code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`;
  }
}
