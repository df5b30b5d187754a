/** Inputs of decisions, as compressed files named by the hash of their content. */
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sentence } from '../errors.ts';
import type { InputStore, Log } from '../ports.ts';
import { makeFolder } from './make-folder.ts';

/** Where a state folder stores the inputs of its decisions. */
export function inputFolder(stateDir: string): string {
  return join(stateDir, 'decided');
}

/** One file per text, about 90 KB for the bars of a decision. The folder is created with the first one. */
export function createInputStore(folder: string, log?: Log): InputStore {
  const fileOf = (hash: string): string => join(folder, `${hash}.json.gz`);

  function write(hash: string, text: string): void {
    const file = fileOf(hash);
    if (existsSync(file)) return;
    makeFolder(folder, 0o700);
    const draft = `${file}.${process.pid}.new`;
    const handle = openSync(draft, 'w', 0o600);
    writeSync(handle, gzipSync(text));
    fsyncSync(handle);
    closeSync(handle);
    renameSync(draft, file);
  }

  return {
    hash: hashOf,
    keep(text) {
      const hash = hashOf(text);
      try {
        write(hash, text);
      } catch (error) {
        log?.error(`${fileOf(hash)}: what a decision read could not be kept: ${sentence(error)}`);
      }
      return hash;
    },
    read(hash) {
      const text = textIn(fileOf(hash));
      return text !== undefined && hashOf(text) === hash ? text : undefined;
    },
  };
}

/** Undefined where the file is missing or damaged. */
function textIn(file: string): string | undefined {
  try {
    return gunzipSync(readFileSync(file)).toString('utf8');
  } catch {
    return undefined;
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
