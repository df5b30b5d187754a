/** The origin of stored bars: the manifest's data on a file besides its hash. */
import type { BarHistory } from '#core/domain/bar.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { FileEntry } from './manifest.ts';

/** The origin of the data, for display; of several sources or feeds the newest comes last. */
export interface Origin {
  readonly source: string;
  /** `sip`, `iex`, or `unknown`. */
  readonly feed: string;
  /** `all`, `raw`, or `unknown`. */
  readonly adjustment: string;
  readonly fetchedAt: EpochMs;
  /** The external file that the rows came from; if absent, that of the earlier rows. */
  readonly imported?: FileEntry['imported'];
}

/** The rows of one ticker with their origin. */
export interface StoredBars {
  readonly history: BarHistory;
  readonly origin: Origin;
}

/** The source name of imported rows. */
export const IMPORT = 'import';

const THEN = ', then ';

/** `import, then Alpaca`: each is named once, the most recent last. */
export function sourcesOf(older: string | undefined, newer: string): string {
  return [...namesIn(older).filter((each) => each !== newer), newer].join(THEN);
}

/** `sip, then iex`: each is named once, in the order in which they first occurred. */
export function feedsOf(older: string | undefined, newer: string): string {
  const named = namesIn(older);
  return (named.includes(newer) ? named : [...named, newer]).join(THEN);
}

/** The names joined by `sourcesOf` or `feedsOf`. */
export function namesIn(joined: string | undefined): readonly string[] {
  return joined?.split(THEN) ?? [];
}

/** Whether the newest rows were imported, and no source has confirmed them yet. */
export function isUnconfirmed(source: string): boolean {
  return namesIn(source).at(-1) === IMPORT;
}
