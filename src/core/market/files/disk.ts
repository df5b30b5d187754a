/**
 * The few file operations for storing bars, one call each: an interrupted process stops between two of
 * them, so a test can stop at each one. Names are relative to the bar folder.
 */
import { mkdir, open, readdir, readFile, rename, stat, unlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { errorCode } from '#core/errors.ts';

/** The location of bar files. */
export interface Disk {
  /** The whole file, or undefined when there is none. */
  read(name: string): Promise<Uint8Array | undefined>;
  /** Bytes, or undefined when there is no such file. */
  size(name: string): Promise<number | undefined>;
  /** Names of the files directly in the folder; empty when the folder does not exist. */
  names(): Promise<readonly string[]>;
  /** Replaces the file; not durable before `sync`. Creates missing folders. */
  write(name: string, bytes: Uint8Array): Promise<void>;
  /** Makes the file's content survive a power cut. */
  sync(name: string): Promise<void>;
  /** Replaces `to` atomically; not durable before `syncFolder`. */
  rename(from: string, to: string): Promise<void>;
  /** Makes the file names in the folder survive a power cut. */
  syncFolder(): Promise<void>;
  /** Removing a missing file succeeds. */
  remove(name: string): Promise<void>;
}

/** The reason why the system could not read a file, from the error that it threw. */
export function unreadable(error: unknown): string {
  return `cannot be read (${errorCode(error) ?? 'no reason given'})`;
}

/** A unique draft name per writer: a Rotor that was paused past its lease may be writing the same file. */
export function thisWriter(): string {
  return `${hostname()}-${process.pid}`;
}

/** Whether a draft was left by an ended process of this machine; processes elsewhere may still be running. */
export function isAbandoned(name: string): boolean {
  const [, pid] = /-(\d+)\.draft$/.exec(name) ?? [];
  return pid !== undefined && name.endsWith(`.${hostname()}-${pid}.draft`) && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // Expected when the process does not exist; for another user's process it is EPERM.
    return errorCode(error) !== 'ESRCH';
  }
}

/** Writes the bytes to a draft file, durably, to be renamed into place. Returns its name. */
export async function writeDraft(
  disk: Disk,
  name: string,
  writer: string,
  bytes: Uint8Array,
): Promise<string> {
  const draft = `${name}.${writer}.draft`;
  await disk.write(draft, bytes);
  await disk.sync(draft);
  return draft;
}

/** A reader, or a start after a crash, finds either the old file or the new one. */
export async function putInPlace(disk: Disk, draft: string, name: string): Promise<void> {
  await disk.rename(draft, name);
  await disk.syncFolder();
}

/** A folder on the machine's disk, created at the first write. */
export function folderDisk(folder: string): Disk {
  const at = (name: string): string => join(folder, name);
  return {
    async read(name) {
      await sizeOf(at(name));
      return readFile(at(name)).catch(absent);
    },
    size: (name) => sizeOf(at(name)),
    async names() {
      const found = await readdir(folder, { withFileTypes: true }).catch(absent);
      return (found ?? []).filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    async write(name, bytes) {
      await mkdir(dirname(at(name)), { recursive: true });
      await withFile(at(name), 'w', (handle) => handle.writeFile(bytes));
    },
    sync: (name) => withFile(at(name), 'r+', (handle) => handle.sync()),
    rename: (from, to) => rename(at(from), at(to)),
    async syncFolder() {
      // A system that cannot open folders does not need it.
      if (process.platform !== 'win32') await withFile(folder, 'r', (handle) => handle.sync());
    },
    remove: async (name) => void (await unlink(at(name)).catch(absent)),
  };
}

/** A pipe or a device could be read forever. */
async function sizeOf(path: string): Promise<number | undefined> {
  const found = await stat(path).catch(absent);
  if (found && !found.isFile()) {
    const isFolder = found.isDirectory();
    const code = isFolder ? 'a folder; join its parts into one file of that name' : 'not a file';
    throw Object.assign(new Error(`${path}: expected a file`), { code });
  }
  return found?.size;
}

type Handle = Awaited<ReturnType<typeof open>>;

async function withFile(
  path: string,
  flags: string,
  work: (handle: Handle) => Promise<void>,
): Promise<void> {
  const handle = await open(path, flags);
  try {
    await work(handle);
  } finally {
    await handle.close();
  }
}

/** A missing file is a valid answer; every other error is an error. */
function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
  throw error;
}
