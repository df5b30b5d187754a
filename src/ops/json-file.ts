import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { errorCode } from '#core/errors.ts';
import { makeFolder } from '#core/store/make-folder.ts';

/** A small file that outlives the process and is written atomically. */
export interface AtomicJsonFile<T> {
  /** Undefined when missing or invalid. */
  read(): T | undefined;
  write(content: T): void;
}

/** These files monitor the process and must never end it: a full or broken disk is only reported. */
export function createAtomicJsonFile<T>(
  file: string,
  shape: z.ZodType<T>,
  report: (text: string) => void,
): AtomicJsonFile<T> {
  return {
    read() {
      try {
        return shape.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch (error) {
        if (!isAbsent(error)) report(`${file}: cannot be read and is left out: ${nameOf(error)}`);
        return undefined;
      }
    },
    write(content) {
      try {
        replace(file, `${JSON.stringify(content)}\n`);
      } catch (error) {
        report(`${file}: cannot be written: ${nameOf(error)}`);
      }
    },
  };
}

function replace(file: string, text: string): void {
  makeFolder(dirname(file));
  const draft = `${file}.${process.pid}.new`;
  const handle = openSync(draft, 'w', 0o600);
  writeSync(handle, text);
  fsyncSync(handle);
  closeSync(handle);
  renameSync(draft, file);
}

function isAbsent(error: unknown): boolean {
  return errorCode(error) === 'ENOENT';
}

function nameOf(error: unknown): string {
  return errorCode(error) ?? (error instanceof Error ? error.name : String(error));
}
