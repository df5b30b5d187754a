/** The running version, and its differences to the one of the start before. */
import type { AccountState, Start } from '../domain/account-state.ts';
import type { EpochMs } from '../domain/units.ts';

/** The parts of a version that are compared. */
export type Changed = 'version' | 'code' | 'configuration' | 'models';

/** The running version compared with that of the start before. */
export interface ChangesView {
  readonly start: Start;
  /** Undefined for the first start that the journal has. */
  readonly before: Start | undefined;
  /** Undefined where one of the two did not say what ran. */
  readonly changed: readonly Changed[] | undefined;
  /** The start before counted performance in another way: the same journal now gives other numbers. */
  readonly isRecounted: boolean;
}

/** How performance is counted: the name of the way, changed with it. */
export const COUNTING = 'total-return';

/** What is counted otherwise than by versions that name no way, a sentence. */
export const RECOUNTED =
  'Past numbers were recalculated: SPY earns its dividends; transferred shares, journaled cash and splits are ' +
  'neither a gain nor a loss; a close is cash plus shares at official closes.';

/** The last start of the journal was of a version that counted in another way than this one. */
export function wasCountedOtherwise({ starts }: Pick<AccountState, 'starts'>): boolean {
  const [last] = starts;
  return last !== undefined && last.build?.counting !== COUNTING;
}

/** The start at that instant, the last one unless given; undefined when the book does not hold it. */
export function changesView(
  { starts }: Pick<AccountState, 'starts'>,
  at?: EpochMs,
): ChangesView | undefined {
  const index = at === undefined ? 0 : starts.findIndex((start) => start.at === at);
  const [start, before] = [starts[index], starts[index + 1]];
  if (!start) return undefined;
  const isRecounted = before !== undefined && before.build?.counting !== start.build?.counting;
  return { start, before, changed: before && changedSince(before, start), isRecounted };
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
