/** Mutants that change nothing that anybody could see, each with the reason why no test can find it. */

/** All mutants of the file that turn `from` into `to`; of several on different lines those on `line`. */
export interface Equivalent {
  readonly file: string;
  readonly from: string;
  readonly to: string;
  /** A part of the line that it stands on. */
  readonly line?: string;
  readonly reason: string;
}

const REGIME = 'src/core/decide/regime.ts';
const FLOWS = 'src/core/domain/people-flows.ts';
const EXPOSURE = 'src/core/engine/execution/exposure.ts';
const SORTED_ONCE = 'sorted again for each question it is the same, only slower';

const NO_HISTORY = 'without a history there is no close either, and one of the two is asked for it';

/** The list, by file. */
export const EQUIVALENT: readonly Equivalent[] = [
  { file: REGIME, from: '0', to: '1', line: 'history ?', reason: NO_HISTORY },
  {
    file: REGIME,
    from: '!history || close === undefined',
    to: 'close === undefined',
    reason: NO_HISTORY,
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
