/** An output file: its path is checked before anything is computed, and it is written atomically. */
import { renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isFolder } from './bars.ts';
import { type OptionValues, UsageError } from './command.ts';
import { optional } from './options.ts';

/** The file named by an option. */
export interface OutFile {
  /**
   * Replaces the file atomically. @throws UsageError when it cannot be written; no part of it remains then.
   */
  write(text: string): void;
}

/** The file of an option; undefined without it. @throws UsageError when no file can be written there. */
export function outFile(values: OptionValues, name: string): OutFile | undefined {
  const file = optional(values, name);
  if (file === undefined) return undefined;
  const folder = dirname(file);
  if (!isFolder(folder)) {
    throw new UsageError(`--${name}: expected a file in a folder that exists, found "${file}"`);
  }
  if (file === '' || isFolder(file)) {
    throw new UsageError(`--${name}: expected a file, found the folder "${file || folder}"`);
  }
  return { write: (text) => replace(name, file, text) };
}

/**
 * The files of several options. @throws UsageError when one cannot be written, or two are the same: the
 * second would replace the first.
 */
export function outFiles<K extends string>(
  values: OptionValues,
  names: readonly K[],
): Readonly<Partial<Record<K, OutFile>>> {
  const paths = names.flatMap((name) => {
    const file = optional(values, name);
    return file === undefined ? [] : [{ name, path: resolve(file) }];
  });
  for (const { name, path } of paths) {
    const first = paths.find((each) => each.path === path)?.name;
    if (first === undefined || first === name) continue;
    throw new UsageError(`--${name}: expected another file than --${first}, found "${path}"`);
  }
  const files = names.map((name) => [name, outFile(values, name)] as const);
  return Object.fromEntries(files) as Partial<Record<K, OutFile>>;
}

function replace(name: string, file: string, text: string): void {
  // A device such as /dev/stdout is written to, not replaced.
  const isDevice = statSync(file, { throwIfNoEntry: false })?.isFile() === false;
  const draft = isDevice ? file : `${file}.${process.pid}.draft`;
  try {
    writeFileSync(draft, text);
    if (!isDevice) renameSync(draft, file);
  } catch (error) {
    if (!isDevice) rmSync(draft, { force: true });
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`--${name}: cannot write ${file}: ${reason}`, { cause: error });
  }
}
