import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { errorCode } from '../errors.ts';

/** The last entry that was ever committed, stored next to the database. */
export interface Mark {
  readonly seq: number;
  readonly hash: string;
}

/** The last committed entry, stored outside the journal. */
export interface HighWater {
  /** Undefined where there is none, or an unreadable one. */
  read(): Mark | undefined;
  write(mark: Mark): void;
  /** Describes a fault of the mark itself, for a journal with that many entries. */
  fault(entries: number): string | undefined;
}

const markSchema = z.object({ seq: z.int().nonnegative(), hash: z.string() });

/**
 * A file of one line. SQLite silently loses committed rows when its log is damaged; the mark records how
 * many there were. Where it is missing or broken it is unknown whether rows were lost.
 */
export function fileHighWater(file: string): HighWater {
  return {
    read() {
      const found = readMark(file);
      return typeof found === 'string' ? undefined : found;
    },
    write(mark) {
      // A unique name: a Rotor that was paused past its lease may be writing its own last mark.
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

/** For a journal in memory, or a copy without a mark. */
export function noHighWater(): HighWater {
  return { read: () => undefined, write: () => undefined, fault: () => undefined };
}

/** The mark, or a sentence about why it cannot be read. */
function readMark(file: string): Mark | string {
  try {
    const parsed = markSchema.safeParse(JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.data : 'holds something else';
  } catch (error) {
    if (error instanceof SyntaxError) return 'holds something else';
    const code = errorCode(error) ?? 'no reason';
    return code === 'ENOENT' ? 'is missing' : `cannot be read (${code})`;
  }
}
