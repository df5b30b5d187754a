/** Mutants of the rules of a decision and a simulation without any observable effect. */

/** File, reason, from, to, and a part of the line. */
export type Row = readonly [file: string, reason: string, from: string, to: string, line?: string];

const BLEND = 'src/core/rules/blend.ts';
const CHANGES = 'src/core/rules/changes.ts';
const FILLS = 'src/core/rules/fills.ts';
const PANEL = 'src/core/rules/panel.ts';
const REBALANCE = 'src/core/rules/rebalance.ts';
const RUN = 'src/core/rules/run.ts';
const VOTES = 'src/core/rules/votes.ts';

const BEYOND = 'writing beyond the end of a column does nothing';
const NOBODY = 'there is no model beyond the last, and none has no share';
const EACH_HAS = 'each model has its own weights; the type checker asks';
const NO_WORTH = 'what is not traded has no worth';
const NO_FILL = 'nothing of no shares is filled';
const BILLIONTH = 'a billionth of a share is worth no cent, and nobody holds one';
const BY_ONE = 'multiplied by 1 it is the same';
const COLUMN = 'each ticker has its column; the type checker asks';
const EXACT_TOO = 'the longer way through big integers gives the same cents';

/** The list. */
export const RULE_ROWS: readonly Row[] = [
  [BLEND, NOBODY, 'model < weights.length', 'model <= weights.length'],
  [BLEND, EACH_HAS, 'own && factor !== 0', 'factor !== 0'],
  [BLEND, BY_ONE, 'gross > maxGross', 'gross >= maxGross'],
  [BLEND, BEYOND, 'place < weights.length', 'place <= weights.length'],
  [CHANGES, NO_WORTH, 'size < 0', 'size <= 0'],
  [CHANGES, NO_WORTH, '0', '1', 'if (size < 0)'],
  [CHANGES, BILLIONTH, '0', '1', 'if (size <= 0)'],
  [CHANGES, BILLIONTH, '0', '1', 'before <= 0'],
  [CHANGES, BILLIONTH, '0', '1', 'has > 0'],
  [FILLS, NO_FILL, 'change > 0', 'change >= 0'],
  [FILLS, BILLIONTH, '0', '1', 'change > 0'],
  [FILLS, 'changes of 0 were left out before', 'size < 0', 'size <= 0'],
  [FILLS, BILLIONTH, '0', '1', 'size < 0'],
  [FILLS, NO_FILL, 'planned <= 0', 'planned < 0'],
  [FILLS, 'a sale is worth less than the smallest buy', 'planned <= 0', 'false'],
  [FILLS, BILLIONTH, '0', '1', 'planned <= 0'],
  ['src/core/rules/limits.ts', BEYOND, 'place < weights.length', 'place <= weights.length'],
  [PANEL, 'where there is a first session there is a last', 'first && last', 'first'],
  [PANEL, 'where there is a first session there is a last', 'first && last', 'last'],
  [PANEL, 'without sessions nothing is looked for', 'first === undefined', 'false'],
  [PANEL, 'searched from the first bar it is the same, only slower', 'first === undefined', 'true'],
  [PANEL, 'without sessions nothing is looked for', '0', '1', 'first === undefined'],
  [PANEL, 'values and indices are both there or both missing', '!indices || !values', '!indices'],
  [PANEL, 'values and indices are both there or both missing', '!indices || !values', '!values'],
  [PANEL, BEYOND, 'row < sessions', 'row <= sessions'],
  [
    'src/core/rules/ranking.ts',
    'the sort keeps the order of equal ones',
    'at(steps, right) - at(steps, left) || left - right',
    'at(steps, right) - at(steps, left)',
  ],
  [REBALANCE, NOBODY, 'index < models.length', 'index <= models.length'],
  [
    REBALANCE,
    EACH_HAS,
    '!model || !own || (model.cadence & cadences) === 0',
    '(model.cadence & cadences) === 0',
  ],
  [REBALANCE, EACH_HAS, '!model || !own', '!model'],
  [REBALANCE, EACH_HAS, '!model || !own', '!own'],
  [REBALANCE, EACH_HAS, 'models[index]?.leverage ?? 1', 'models[index]?.leverage'],
  [REBALANCE, EACH_HAS, '1', '0', 'leverage ?? 1'],
  [REBALANCE, BEYOND, 'place < column.length', 'place <= column.length'],
  [REBALANCE, BEYOND, 'place < to.length', 'place <= to.length'],
  [RUN, EXACT_TOO, '1_000_000_000', '0'],
  [RUN, 'every run sets the cash that it begins with', '0', '1', 'accountOf(0, places)'],
  [RUN, BEYOND, 'place < opens.length', 'place <= opens.length'],
  [RUN, COLUMN, 'column', 'true'],
  [RUN, COLUMN, 'nanos !== 0 && column', 'nanos !== 0'],
  [RUN, COLUMN, 'nanos !== 0 && closes', 'nanos !== 0'],
  [RUN, EXACT_TOO, 'nanos / NANOS', 'nanos * NANOS'],
  [
    RUN,
    'a simulated account never holds less than nothing',
    'Math.floor(whole) === whole && nanos > 0',
    'Math.floor(whole) === whole',
  ],
  [
    RUN,
    'a whole number is both, and anything else is neither',
    'Math.floor(whole)',
    'Math.ceil(whole)',
  ],
  [RUN, 'what is not held was left out before', 'nanos > 0', 'nanos >= 0'],
  [RUN, BILLIONTH, '0', '1', 'nanos > 0'],
  [RUN, EXACT_TOO, 'product <= EXACT_PRODUCT', 'false'],
  [RUN, EXACT_TOO, 'product <= EXACT_PRODUCT', 'product < EXACT_PRODUCT'],
  ['src/core/rules/sizing.ts', BILLIONTH, '0', '1', 'held > 0'],
  [VOTES, NOBODY, 'model < voters.length', 'model <= voters.length'],
  [VOTES, NOBODY, 'voters[model]?.budget ?? 0', 'voters[model]?.budget'],
  [VOTES, NOBODY, '0', '1', 'voters[model]?.budget ?? 0'],
];
