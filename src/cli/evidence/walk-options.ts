/** The years of a walk-forward, as options. */
import type { BacktestSetup } from '#core/evidence/trial.ts';
import type { Walk } from '#core/evidence/walk-forward.ts';
import { type OptionValues, UsageError } from '../command.ts';
import { countOption, optional } from '../options.ts';

const TRAIN_YEARS = 3;

/** Options of walk-forward commands. */
export const WALK_OPTIONS = {
  train: { type: 'string' },
  first: { type: 'string' },
  last: { type: 'string' },
} as const;

/**
 * From the first year with enough years before it, to the last. Returns undefined when a range of one
 * calendar year has none and no option was given. @throws UsageError
 */
export function walkIn(values: OptionValues, setup: BacktestSetup): Walk | undefined {
  const isAsked = Object.keys(WALK_OPTIONS).some((name) => optional(values, name) !== undefined);
  const { start, end } = yearsOf(setup);
  return start === end && !isAsked ? undefined : walkOf(values, setup);
}

/** The same where a walk-forward is required. @throws UsageError */
export function walkOf(values: OptionValues, setup: BacktestSetup): Walk {
  const { start, end } = yearsOf(setup);
  if (start === end) {
    throw new UsageError(
      `--to: expected a calendar year after that of --from, to trade what was picked in ${start}, found ${end}`,
    );
  }
  const most = end - start;
  const train = countOption(values, 'train', {
    ...{ from: 1, to: most, fallback: Math.min(TRAIN_YEARS, most) },
  });
  const years = { from: start + train, to: end };
  const first = countOption(values, 'first', { ...years, fallback: start + train });
  const last = countOption(values, 'last', { from: first, to: end, fallback: end });
  return { train, first, last };
}

function yearsOf({ history, from, to }: BacktestSetup): {
  readonly start: number;
  readonly end: number;
} {
  const yearOf = (row: number): number => Number(history.panel.dates[row]?.slice(0, 4));
  return { start: yearOf(from), end: yearOf(to) };
}
