/** Mutants without any observable effect, each with the reason why no test can detect it. */

/** All mutants of the file that turn `from` into `to`; of several on different lines those on `line`. */
export interface Equivalent {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A part of its line. */
  readonly line?: string;
  readonly reason: string;
}

const REGIME = 'src/core/decide/regime.ts';
const MOMENTUM = 'src/core/decide/momentum.ts';
const UNITS = 'src/core/domain/units.ts';
const PLAN = 'src/core/decide/plan.ts';
const FLOWS = 'src/core/domain/people-flows.ts';
const EXPOSURE = 'src/core/engine/execution/exposure.ts';
const SORTED_ONCE = 'sorted again for each question it is the same, only slower';

const NO_HISTORY = 'without a history there is no close either, and one of the two is asked for it';

const EXACT_TOO = 'the longer way through big integers gives the same cents';
const ZERO_CENTS =
  'of 0 both ways give 0, and a product of whole numbers is nowhere between 0 and 1';
const RAISE = 'src/core/decide/raise.ts';
const ONE_BILLIONTH = 'a billionth of a share is under the minimum, and no order of anybody';
const COMPLETENESS = 'src/core/decide/completeness.ts';
const ALL_THERE = 'doubts are looked for only where the bars of every need are there';
const CRUMB = 'a buy of a billionth of a share is always under the minimum';

/** The list, by file. */
export const EQUIVALENT: readonly Equivalent[] = [
  { file: REGIME, from: '0', to: '1', line: 'history ?', reason: NO_HISTORY },
  {
    file: REGIME,
    from: '!history || close === undefined',
    to: 'close === undefined',
    reason: NO_HISTORY,
  },
  { file: UNITS, from: '1e14', to: '0', reason: EXACT_TOO },
  {
    file: UNITS,
    from: 'Math.abs(product) <= EXACT_PRODUCT',
    to: 'Math.abs(product) < EXACT_PRODUCT',
    reason: EXACT_TOO,
  },
  {
    file: UNITS,
    from: 'Math.floor(shares)',
    to: 'Math.ceil(shares)',
    reason: 'a whole number is both, and anything else is neither',
  },
  { file: UNITS, from: 'product < 0', to: 'product <= 0', reason: ZERO_CENTS },
  { file: UNITS, from: '0', to: '1', line: 'product < 0', reason: ZERO_CENTS },
  { file: UNITS, from: 'exact < 0n', to: 'exact <= 0n', reason: ZERO_CENTS },
  {
    file: PLAN,
    from: 'left.ticker < right.ticker',
    to: 'left.ticker <= right.ticker',
    reason: 'a ticker is held once',
  },
  {
    file: PLAN,
    from: '1',
    to: '0',
    line: 'left.ticker < right.ticker',
    reason: 'the sort only looks whether the answer is below 0',
  },
  { file: PLAN, from: '0', to: '1', line: 'change > 0', reason: CRUMB },
  {
    file: PLAN,
    from: 'change > 0',
    to: 'change >= 0',
    line: 'action:',
    reason: 'no change is told of before',
  },
  {
    file: 'src/core/decide/portfolio.ts',
    from: '0',
    to: '1',
    line: 'row: 0',
    reason: 'a decision has one row, and nothing here reads its number',
  },
  {
    file: MOMENTUM,
    from: '8',
    to: '0',
    reason: 'rankings are kept for speed only: made again they are the same',
  },
  {
    file: MOMENTUM,
    from: 'past + close',
    to: 'past - close',
    reason: 'either is no number where one of the two is none',
  },
  {
    file: COMPLETENESS,
    from: '8',
    to: '0',
    reason: 'what was found is kept for speed only: looked for again it is the same',
  },
  {
    file: COMPLETENESS,
    from: '0',
    to: '1',
    line: 'const held = history',
    reason: 'one session is needed at least',
  },
  {
    file: COMPLETENESS,
    from: 'price !== undefined && Number.isFinite(price)',
    to: 'Number.isFinite(price)',
    reason: 'what is undefined is not finite either; the type checker asks',
  },
  { file: RAISE, from: '0', to: '1', line: 'size > 0', reason: ONE_BILLIONTH },
  { file: RAISE, from: '0', to: '1', line: 'if (price <= 0) return', reason: ONE_BILLIONTH },
  { file: COMPLETENESS, from: 'history', to: 'true', line: 'findingsOf(', reason: ALL_THERE },
  {
    file: COMPLETENESS,
    from: 'history',
    to: 'true',
    line: '[[ticker, history]',
    reason: ALL_THERE,
  },
  {
    file: COMPLETENESS,
    from: "finding.severity === 'refuses'",
    to: 'true',
    reason: 'in a window without a hole the only note is the one about volume',
  },
  {
    file: 'src/core/domain/order.ts',
    from: 'next.filledQty > known.filledQty',
    to: 'next.filledQty >= known.filledQty',
    reason: 'they are known to differ here',
  },
  {
    file: FLOWS,
    from: 'SORTED.get(cashFlows) ?? cashFlows.toSorted((a, b) => a.counted - b.counted)',
    to: 'cashFlows.toSorted((a, b) => a.counted - b.counted)',
    reason: SORTED_ONCE,
  },
  { file: FLOWS, from: 'SORTED.set(cashFlows, known)', to: 'undefined', reason: SORTED_ONCE },
  {
    file: FLOWS,
    from: 'sorted[middle]?.counted ?? instant',
    to: 'sorted[middle]?.counted',
    reason: 'the middle of the search is always in the list; the rest is for the type checker',
  },
  {
    file: EXPOSURE,
    from: 'positions.find((each) => each.ticker === ticker)',
    to: 'positions.findLast((each) => each.ticker === ticker)',
    reason: 'the broker reports one position for each ticker',
  },
  {
    file: EXPOSURE,
    from: '0',
    to: '1',
    line: 'Math.max(0, order.qty - order.filledQty)',
    reason: 'a billionth of a share is worth no cent at any price under five million dollars',
  },
  {
    file: 'src/core/engine/plan-changes.ts',
    from: 'equity > 0',
    to: 'equity >= 0',
    reason: 'what has moved over an equity of 0 is Infinity either way',
  },
];
