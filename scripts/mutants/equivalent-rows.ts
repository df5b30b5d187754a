/** Mutants of the doubts about whole files without any observable effect. */
import type { Row } from './equivalent-rules.ts';

const TWINS = 'src/core/domain/twin-rows.ts';
const SHIFTED = 'src/core/domain/shifted-rows.ts';
const KEPT = 'worked out again it is the same, only slower';
const BY_DATE = 'the row is looked up by its date instead, only slower';
const LOOKED = 'runs are looked for day by day where there are none, only slower';
const FILTER = 'a pair that passes here is compared exactly, only slower';
const BEYOND = 'what is written beyond the end is kept nowhere';
const MISSING = 'a row that is not there is near to nothing';
const NEVER_EQUAL = 'a quotient less 1 is a multiple of 2 ** -53, which the bound is not';
const TYPES = 'what is compared is there; the type checker asks';
const CONSTANT = 'a constant changes no correlation';
const NO_MOVES = 'without moves neither correlation is above the other';
const AHEAD = 'const ahead = first';

/** The list. */
export const FILE_ROWS: readonly Row[] = [
  [TWINS, KEPT, 'known', 'false'],
  [TWINS, KEPT, 'isWhole', 'false', 'if (isWhole) WHOLE.set'],
  [TWINS, KEPT, 'WHOLE.set(one, (WHOLE.get(one) ?? new WeakMap()).set(other, runs))', 'undefined'],
  [TWINS, KEPT, 'WHOLE.get(one) ?? new WeakMap()', 'new WeakMap()'],
  [TWINS, KEPT, 'GROWTH.set(history, growth)', 'undefined'],
  [TWINS, KEPT, 'VARIED.set(history, counts)', 'undefined'],
  [TWINS, BY_DATE, 'first === undefined', 'true'],
  [TWINS, BY_DATE, 'first === undefined', 'false'],
  [TWINS, BY_DATE, '0', '1', AHEAD],
  [TWINS, BY_DATE, '1', '0', AHEAD],
  [
    TWINS,
    BY_DATE,
    'countThrough(other, first) - 1 - start',
    'countThrough(other, first) - 1 + start',
  ],
  [TWINS, BY_DATE, 'countThrough(other, first) - 1', 'countThrough(other, first) + 1'],
  [TWINS, BY_DATE, 'other.dates[row + ahead] === date', 'false'],
  [TWINS, TYPES, 'date === undefined', 'false'],
  [TWINS, TYPES, '-1', '1', 'if (date === undefined)'],
  [TWINS, TYPES, 'last !== undefined && days >= MIN_DAYS', 'days >= MIN_DAYS'],
  [TWINS, LOOKED, 'start + MIN_DAYS', 'start - MIN_DAYS'],
  [TWINS, LOOKED, 'row < end', 'row <= end', 'row += MIN_DAYS'],
  [TWINS, LOOKED, '(varied[end] ?? 0) - (varied[start] ?? 0) >= MIN_DAYS', 'true'],
  [
    TWINS,
    LOOKED,
    '(varied[end] ?? 0) - (varied[start] ?? 0)',
    '(varied[end] ?? 0) + (varied[start] ?? 0)',
  ],
  [TWINS, LOOKED, 'varied[start] ?? 0', '0'],
  [TWINS, LOOKED, 'false', 'true', 'return false'],
  [
    TWINS,
    MISSING,
    'its >= 0 && mayBeNear(pair, row, its + shift) && isNear(pair.one, row, pair.other, its + shift)',
    'isNear(pair.one, row, pair.other, its + shift)',
  ],
  [TWINS, FILTER, 'its >= 0 && mayBeNear(pair, row, its + shift)', 'its >= 0'],
  [
    TWINS,
    MISSING,
    'its >= 0 && mayBeNear(pair, row, its + shift)',
    'mayBeNear(pair, row, its + shift)',
  ],
  [TWINS, FILTER, 'Math.abs(ratio - 1) <= 2 * SHAPE_TOLERANCE', 'true'],
  [
    TWINS,
    NEVER_EQUAL,
    'Math.abs(ratio - 1) <= 2 * SHAPE_TOLERANCE',
    'Math.abs(ratio - 1) < 2 * SHAPE_TOLERANCE',
  ],
  [TWINS, FILTER, 'Math.abs(ratio - 1)', 'ratio - 1'],
  [TWINS, FILTER, '2 * SHAPE_TOLERANCE', '2 / SHAPE_TOLERANCE'],
  [TWINS, MISSING, '0', '1', 'row < close.length'],
  [TWINS, BEYOND, 'row < close.length', 'row <= close.length'],
  [TWINS, FILTER, '1', '0', 'growth[row] ='],
  [TWINS, NEVER_EQUAL, 'Math.abs(into / mine - 1) <= within', 'Math.abs(into / mine - 1) < within'],
  [
    TWINS,
    NEVER_EQUAL,
    'Math.abs((ratio * its) / mine - 1) <= within',
    'Math.abs((ratio * its) / mine - 1) < within',
  ],
  [TWINS, TYPES, 'from === undefined', 'false', 'const start'],
  [SHIFTED, TYPES, 'last === undefined || !market', 'last === undefined'],
  [SHIFTED, NO_MOVES, 'last === undefined || !market', '!market'],
  [SHIFTED, 'a typed array ignores what is written past its end', 'row < end', 'row <= end'],
  [SHIFTED, NEVER_EQUAL, 'alike > APART', 'alike >= APART'],
  [
    SHIFTED,
    NEVER_EQUAL,
    'alike > correlation(values, market, 0) + ABOVE',
    'alike >= correlation(values, market, 0) + ABOVE',
  ],
  [SHIFTED, KEPT, 'number === numbers.size', 'true'],
  [
    SHIFTED,
    CONSTANT,
    '(close[row] ?? Number.NaN) / (close[row - 1] ?? Number.NaN) - 1',
    '(close[row] ?? Number.NaN) / (close[row - 1] ?? Number.NaN) + 1',
  ],
  [SHIFTED, CONSTANT, '1', '0', 'values[row - start] ='],
  [SHIFTED, NO_MOVES, 'squares > 0 && itsSquares > 0', 'squares > 0'],
  [SHIFTED, NO_MOVES, 'squares > 0 && itsSquares > 0', 'itsSquares > 0'],
  [SHIFTED, NO_MOVES, 'squares > 0', 'squares >= 0'],
  [SHIFTED, NO_MOVES, 'itsSquares > 0', 'itsSquares >= 0'],
  [SHIFTED, NO_MOVES, '0', '1', 'Math.sqrt(squares * itsSquares)'],
];
