/** Settings tried in the terminal: every try counts. The journal of a running Rotor is never written. */
import { appendFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../errors.ts';
import { makeFolder } from './make-folder.ts';

const FILE = 'trials.jsonl';

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
    const { key, settings } = parsed(line);
    const isCount = typeof settings === 'number' && Number.isSafeInteger(settings) && settings >= 0;
    if (typeof key === 'string' && isCount && key !== except) searches.set(key, settings);
  }
  return [...searches.values()].reduce((sum, settings) => sum + settings, 0);
}

function linesOf(path: string): readonly string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** Checked by hand: the thread of studies, which counts them too, would load a whole library for it. */
function parsed(line: string): { readonly key?: unknown; readonly settings?: unknown } {
  try {
    return Object(JSON.parse(line));
  } catch {
    return {};
  }
}
