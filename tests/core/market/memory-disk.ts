/**
 * A disk in memory that can stop between any two effects, as a kill or a power cut does: what was
 * written but not synced may be there whole, half or not at all, and a rename that no sync of the
 * folder followed may not have happened.
 */
import type { Disk } from '#core/market/files/disk.ts';

type Files = ReadonlyMap<string, Uint8Array>;

export interface MemoryDisk extends Disk {
  /** What each effect did, in order: `write XLK_1D.parquet.1.draft`. */
  readonly effects: string[];
  /** Every effect after so many fails, and changes nothing. */
  stopAfter(effects: number): void;
  /** Every disk that a start after a power cut may find now, in words and as a new disk. */
  afterPowerCut(): ReadonlyMap<string, MemoryDisk>;
  /** The disk as a start after a kill finds it: everything done is there. */
  afterKill(): MemoryDisk;
  files(): Files;
}

export class Stopped extends Error {
  constructor() {
    super('the process was stopped here');
  }
}

export function memoryDisk(start: Files = new Map()): MemoryDisk {
  const files = new Map(start);
  const unsynced = new Map<string, Uint8Array | undefined>();
  const effects: string[] = [];
  let pending: { readonly name: string; readonly before: Files } | undefined;
  let limit = Number.POSITIVE_INFINITY;

  function effect(said: string): void {
    if (effects.length >= limit) throw new Stopped();
    effects.push(said);
  }

  function images(): ReadonlyMap<string, MemoryDisk> {
    const found = new Map([['everything kept', memoryDisk(files)]]);
    if (pending) found.set(`${pending.name} lost`, memoryDisk(pending.before));
    for (const [name, before] of unsynced) {
      const written = files.get(name);
      if (!written) continue;
      const half = written.subarray(0, written.length / 2);
      found.set(`${name} half written`, memoryDisk(new Map(files).set(name, half)));
      found.set(`${name} empty`, memoryDisk(new Map(files).set(name, new Uint8Array())));
      const without = new Map(files);
      if (before) without.set(name, before);
      else without.delete(name);
      found.set(`${name} not written`, memoryDisk(without));
    }
    return found;
  }

  return {
    effects,
    stopAfter: (count) => {
      limit = count;
    },
    afterPowerCut: images,
    afterKill: () => memoryDisk(files),
    files: () => files,
    read: async (name) => files.get(name),
    size: async (name) => files.get(name)?.length,
    names: async () => [...files.keys()].filter((name) => !name.includes('/')),
    async write(name, bytes) {
      effect(`write ${name}`);
      unsynced.set(name, files.get(name));
      files.set(name, Uint8Array.from(bytes));
    },
    async sync(name) {
      effect(`sync ${name}`);
      unsynced.delete(name);
    },
    async rename(from, to) {
      effect(`rename ${from} to ${to}`);
      const moved = files.get(from);
      if (!moved) throw Object.assign(new Error(`ENOENT: ${from}`), { code: 'ENOENT' });
      pending = { name: `rename to ${to}`, before: new Map(files) };
      files.delete(from);
      files.set(to, moved);
    },
    async syncFolder() {
      effect('sync the folder');
      pending = undefined;
    },
    async remove(name) {
      effect(`remove ${name}`);
      files.delete(name);
    },
  };
}
