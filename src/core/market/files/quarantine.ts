/** The quarantine for damaged files: kept for people to inspect, never read again. */
import type { EpochMs } from '#core/domain/units.ts';
import type { Disk } from './disk.ts';

const FOLDER = 'quarantine';

/**
 * Moves the file to `quarantine/`, named with the instant, and writes the reason next to it as text.
 * Returns the new name. If interrupted it leaves a reason without a file, and the file in place.
 */
export async function quarantine(
  disk: Disk,
  name: string,
  { reason, at }: { readonly reason: string; readonly at: EpochMs },
): Promise<string> {
  const instant = new Date(at).toISOString().replaceAll(':', '');
  const kept = await freeName(disk, `${FOLDER}/${instant} ${name}`);
  await disk.write(`${kept}.txt`, new TextEncoder().encode(`${reason}\n`));
  await disk.rename(name, kept);
  await disk.syncFolder();
  return kept;
}

/** The same file may be damaged twice at the same instant of a clock that was set back. */
async function freeName(disk: Disk, preferred: string): Promise<string> {
  for (let count = 1; ; count++) {
    const name = count === 1 ? preferred : `${preferred}.${count}`;
    if ((await disk.size(name)) === undefined) return name;
  }
}
