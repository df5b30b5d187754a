/** What the terminal tried: every look counts. It never writes the journal of a desk that runs. */
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const FILE = 'trials.jsonl';

const Entry = z.object({ settings: z.int().nonnegative(), key: z.string() });

/** One search. */
export interface TrialEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What was asked, such as `sweep`. */
  readonly what: string;
  /** How many settings were tried. */
  readonly settings: number;
  /** Of data, settings and code; the same search again counts once. */
  readonly key: string;
}

/** Writes one line to the file in the folder, which is made where it is not there. */
export function recordTrials(folder: string, entry: TrialEntry): void {
  mkdirSync(folder, { recursive: true });
  appendFileSync(join(folder, FILE), `${JSON.stringify(entry)}\n`);
}

/** How many settings other searches tried; each search counts once, lines that are none not at all. */
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
