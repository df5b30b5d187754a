/** The manifest on disk: read again each time, replaced completely. */
import type { EpochMs, Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { type Disk, putInPlace, unreadable, writeDraft } from './disk.ts';
import {
  type Listed,
  MANIFEST,
  type Manifest,
  type ManifestReading,
  manifestBytes,
  readManifest,
} from './manifest.ts';
import { quarantine } from './quarantine.ts';

/** The manifest of one folder, read and written as a whole. */
export interface ManifestFile {
  /** @throws TradingError `fix-config` when a newer Rotor wrote it or the system cannot read it. */
  read(): Promise<Manifest>;
  /** Reads it again before writing: another process may have written since. */
  edit(change: (manifest: Map<Ticker, Listed>) => void): Promise<void>;
}

/** Dependencies of createManifestFile. */
export interface ManifestFileParts {
  readonly disk: Disk;
  readonly now: () => EpochMs;
  /** Part of the draft's name. */
  readonly writer: string;
}

/** Reads the manifest from the disk. Never throws: a failing disk is `unread` with the reason. */
export async function manifestOn(disk: Disk): Promise<ManifestReading> {
  const bytes = await disk.read(MANIFEST).catch((error: unknown) => unreadable(error));
  if (typeof bytes === 'string') return { kind: 'unread', reason: `${MANIFEST}: ${bytes}` };
  return readManifest(bytes);
}

/** Opens the manifest of a folder; nothing is read until requested. */
export function createManifestFile({ disk, now, writer }: ManifestFileParts): ManifestFile {
  /** An unreliable list is treated as missing; its files must pass the full check. */
  async function read(): Promise<Manifest> {
    const reading = await manifestOn(disk);
    if (reading.kind === 'read') return reading.manifest;
    if (reading.kind !== 'damaged') throw new TradingError(reading.reason, 'fix-config');
    // Even if it cannot be moved aside it is treated as missing.
    await Promise.allSettled([quarantine(disk, MANIFEST, { reason: reading.reason, at: now() })]);
    return new Map();
  }

  return {
    read,
    async edit(change) {
      const changed = new Map(await read());
      change(changed);
      const draft = await writeDraft(disk, MANIFEST, writer, manifestBytes(changed));
      await putInPlace(disk, draft, MANIFEST);
    },
  };
}
