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
}

/** The start at that instant, the last one unless given; undefined when the book does not hold it. */
export function changesView(
  { starts }: Pick<AccountState, 'starts'>,
  at?: EpochMs,
): ChangesView | undefined {
  const index = at === undefined ? 0 : starts.findIndex((start) => start.at === at);
  const [start, before] = [starts[index], starts[index + 1]];
  return start && { start, before, changed: before && changedSince(before, start) };
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
