/** The years of a walk-forward on the command line. */
import type { BacktestSetup } from '#core/evidence/trial.ts';
import type { Walk } from '#core/evidence/walk-forward.ts';
import { type OptionValues, UsageError } from '../command.ts';
import { countOption } from '../options.ts';

const TRAIN = { from: 1, to: 20, fallback: 3 };

/** Options of commands that walk. */
export const WALK_OPTIONS = {
  train: { type: 'string' },
  first: { type: 'string' },
  last: { type: 'string' },
} as const;

/** From the first whole year that has so many years before it, to the last. @throws UsageError */
export function walkOf(values: OptionValues, { history, from, to }: BacktestSetup): Walk {
  const train = countOption(values, 'train', TRAIN);
  const yearOf = (row: number): number => Number(history.panel.dates[row]?.slice(0, 4));
  const [start, end] = [yearOf(from), yearOf(to)];
  const years = { from: start, to: end };
  const first = countOption(values, 'first', { ...years, fallback: Math.min(start + train, end) });
  const last = countOption(values, 'last', { ...years, fallback: end });
  if (first <= last && first - train >= start) return { train, first, last };
  throw new UsageError(
    `--first: expected a year from ${start + train} to ${last}, so that ${train} come before it, found ${first}`,
  );
}
