/** Ranges of settings on the command line: `14..238/14`, `1..6`, `0,0.025,0.05`. */
import { type OptionValues, UsageError } from '../command.ts';
import { optional } from '../options.ts';

const MAX_VALUES = 1_000;

/** Bounds of a range, inclusive, and its default. */
export interface RangeBounds {
  readonly from: number;
  readonly to: number;
  /** Whole numbers only, unless set. */
  readonly fractions?: boolean;
  readonly fallback: string;
}

/** The values of a range, ascending. @throws UsageError */
export function rangeOption(
  values: OptionValues,
  name: string,
  { from, to, fractions = false, fallback }: RangeBounds,
): readonly number[] {
  const text = optional(values, name) ?? fallback;
  const found = [...new Set(text.split(',').flatMap(stepsOf))].sort((one, other) => one - other);
  const isInside = (value: number): boolean =>
    value >= from && value <= to && (fractions || Number.isInteger(value));
  if (found.length > 0 && found.length <= MAX_VALUES && found.every(isInside)) return found;
  const kind = fractions ? 'fractions' : 'whole numbers';
  throw new UsageError(
    `--${name}: expected ${kind} from ${from} to ${to} such as ${fallback}, found "${text}"`,
  );
}

function stepsOf(part: string): readonly number[] {
  const [, from, to, step = '1'] = /^(-?[\d.]+)\.\.(-?[\d.]+?)(?:\/([\d.]+))?$/.exec(part) ?? [];
  if (from === undefined || to === undefined)
    return [part.trim() === '' ? Number.NaN : Number(part)];
  const count = Math.floor((Number(to) - Number(from)) / Number(step) + 1e-9);
  if (!(count >= 0 && count < MAX_VALUES)) return [Number.NaN];
  // Rounded, so that three times 0.1 is 0.3.
  return Array.from({ length: count + 1 }, (_, index) =>
    Number((Number(from) + index * Number(step)).toFixed(9)),
  );
}
