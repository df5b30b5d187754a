/** Where stored bars come from: what the manifest says of a file beside its hash. */
import type { BarHistory } from '#core/domain/bar.ts';
import type { EpochMs } from '#core/domain/units.ts';
import type { FileEntry } from './manifest.ts';

/** Where numbers come from, in words for people; of several sources or feeds the newest stands last. */
export interface Origin {
  readonly source: string;
  /** `sip`, `iex`, or `unknown`. */
  readonly feed: string;
  /** `all`, `raw`, or `unknown`. */
  readonly adjustment: string;
  readonly fetchedAt: EpochMs;
  /** The file elsewhere that the rows came from; without one, that of the rows before. */
  readonly imported?: FileEntry['imported'];
}

/** The rows of one ticker with their origin. */
export interface StoredBars {
  readonly history: BarHistory;
  readonly origin: Origin;
}

/** The source of rows that came from a file elsewhere. */
export const IMPORT = 'import';

const THEN = ', then ';

/** `import, then Alpaca`: each is named once, and the one that came last stands last. */
export function sourcesOf(older: string | undefined, newer: string): string {
  return [...namesIn(older).filter((each) => each !== newer), newer].join(THEN);
}

/** `sip, then iex`: each is named once, in the order in which they first came. */
export function feedsOf(older: string | undefined, newer: string): string {
  const named = namesIn(older);
  return (named.includes(newer) ? named : [...named, newer]).join(THEN);
}

/** The names that `sourcesOf` or `feedsOf` put together. */
export function namesIn(joined: string | undefined): readonly string[] {
  return joined?.split(THEN) ?? [];
}

/** Whether the newest of the rows came from a file, and no source of bars has agreed with it yet. */
export function isUnconfirmed(source: string): boolean {
  return namesIn(source).at(-1) === IMPORT;
}
