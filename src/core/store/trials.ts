/** Settings tried in the terminal: every try counts. The journal of a running Rotor is never written. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { makeFolder } from './make-folder.ts';

const FILE = 'trials.jsonl';

const Entry = z.object({ settings: z.int().nonnegative(), key: z.string() });

/** One search. */
export interface TrialEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The command, such as `sweep`. */
  readonly what: string;
  /** Number of settings tried. */
  readonly settings: number;
  /** Hash of data, settings and code; repeating the same search counts once. */
  readonly key: string;
}

/** Appends one line to the file in the folder, which is created if missing. */
export function recordTrials(folder: string, entry: TrialEntry): void {
  makeFolder(folder);
  appendFileSync(join(folder, FILE), `${JSON.stringify(entry)}\n`);
}

/** Number of settings tried by other searches; each search counts once, invalid lines do not count. */
export function triedBefore(folder: string, except: string): number {
  const searches = new Map<string, number>();
  for (const line of linesOf(join(folder, FILE))) {
    const entry = Entry.safeParse(parsed(line));
    if (entry.success && entry.data.key !== except) {
      searches.set(entry.data.key, entry.data.settings);
    }
  }
  return [...searches.values()].reduce((sum, settings) => sum + settings, 0);
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
