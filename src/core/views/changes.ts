/** The running version compared with that of the previous start. */
import type { AccountState, Start } from '../domain/account-state.ts';
import type { EpochMs } from '../domain/units.ts';

/** The parts of a version that are compared. */
export type Changed = 'version' | 'code' | 'configuration' | 'models';

/** The running version compared with that of the previous start. */
export interface ChangesView {
  readonly start: Start;
  /** Undefined for the first start in the journal. */
  readonly before: Start | undefined;
  /** Undefined where one of the two did not record its version. */
  readonly changed: readonly Changed[] | undefined;
  /** The previous start calculated performance differently: the same journal now gives other numbers. */
  readonly isRecounted: boolean;
  /** Items of the change log that the previous start did not have; empty at the first start. */
  readonly notes: readonly string[];
}

/** Version of the performance calculation, changed along with it. */
export const COUNTING = 'total-return';

/** A sentence about what is calculated differently from versions that recorded none. */
export const RECOUNTED =
  'Past numbers were recalculated: SPY earns its dividends; transferred shares, journaled cash and splits are ' +
  'neither a gain nor a loss; a close is cash plus shares at official closes.';

/** Whether the last start in the journal calculated performance differently from this version. */
export function wasCountedOtherwise({ starts }: Pick<AccountState, 'starts'>): boolean {
  const [last] = starts;
  return last !== undefined && last.build?.counting !== COUNTING;
}

/** The start at that instant, by default the last one; undefined when the book does not have it. */
export function changesView(
  { starts }: Pick<AccountState, 'starts'>,
  at?: EpochMs,
): ChangesView | undefined {
  const index = at === undefined ? 0 : starts.findIndex((start) => start.at === at);
  const [start, before] = [starts[index], starts[index + 1]];
  if (!start) return undefined;
  const isRecounted = before !== undefined && before.build?.counting !== start.build?.counting;
  const known = new Set(before?.build?.notes);
  const notes = before ? (start.build?.notes ?? []).filter((note) => !known.has(note)) : [];
  return { start, before, changed: before && changedSince(before, start), isRecounted, notes };
}

function changedSince(before: Start, now: Start): readonly Changed[] | undefined {
  const [then, build] = [before.build, now.build];
  if (!then || !build) return undefined;
  const pairs: readonly (readonly [Changed, string, string])[] = [
    ['version', before.version, now.version],
    ['code', then.code, build.code],
    ['configuration', then.config, build.config],
    ['models', then.models, build.models],
  ];
  return pairs.filter(([, old, current]) => old !== current).map(([name]) => name);
}
