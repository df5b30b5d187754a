/** The manifest on its disk: read anew each time, replaced whole. */
import type { EpochMs, Ticker } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { type Disk, putInPlace, writeDraft } from './disk.ts';
import { type Listed, MANIFEST, type Manifest, manifestBytes, readManifest } from './manifest.ts';
import { quarantine } from './quarantine.ts';

export interface ManifestFile {
  /** @throws TradingError `fix-config` when a newer Rotor wrote it. */
  read(): Promise<Manifest>;
  /** Reads it again before it writes: another process may have written since. */
  edit(change: (manifest: Map<Ticker, Listed>) => void): Promise<void>;
}

export interface ManifestFileParts {
  readonly disk: Disk;
  readonly now: () => EpochMs;
  /** Part of the draft's name. */
  readonly writer: string;
}

export function createManifestFile({ disk, now, writer }: ManifestFileParts): ManifestFile {
  /** A list that cannot be relied on is as good as none; its files must pass the full check. */
  async function read(): Promise<Manifest> {
    const reading = readManifest(await disk.read(MANIFEST));
    if (reading.kind === 'read') return reading.manifest;
    if (reading.kind === 'newer') throw new TradingError(reading.reason, 'fix-config');
    await quarantine(disk, MANIFEST, { reason: reading.reason, at: now() });
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
