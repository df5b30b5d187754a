/** Performance: what the account and the benchmark earned, and the statistics of it. */
import type { RuleBreak } from './rule-break.ts';

const OFFICIAL = 'src/core/domain/official-close.ts';
const OFFICIAL_TESTS = 'tests/core/domain/official-close.test.ts';

export const PERFORMANCE_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'the benchmark earns its dividends',
    file: 'src/core/domain/total-return.ts',
    find: 'close: (session, paid) => closeOn(history, session) ?? price(session, paid),',
    put: 'close: (_, paid) => paid,',
    tests: 'tests/core/views/total-return.test.ts',
    test: 'earns its dividend on the ex-date, and a price-only return is named so',
  },
  {
    rule: 'an estimated dividend ends when the broker pays it',
    file: 'src/core/domain/estimated-dividends.ts',
    find: '    return !match;\n',
    put: '    return true;\n',
    tests: 'tests/core/domain/estimated-dividends.test.ts',
    test: 'are zero if the broker paid them, even weeks later',
  },
  {
    rule: 'a live price of the benchmark counts over its last close',
    file: 'src/core/domain/total-return.ts',
    find: 'day >= last ? paid : (onScaleOf',
    put: 'day >= last ? (closeOn(history, last) ?? paid) : (onScaleOf',
    tests: 'tests/core/views/total-return.test.ts',
    test: 'includes a live price after the last close',
  },
  {
    rule: 'a close with the prices of the next session is found',
    file: OFFICIAL,
    find: '- 1) > SLACK);',
    put: '- 1) > 9);',
    tests: OFFICIAL_TESTS,
    test: 'find the one with the next session’s prices',
  },
  {
    rule: 'an official close is as it was traded, not as it was adjusted since',
    file: OFFICIAL,
    find: '? undefined : [close / before, close / after];',
    put: '? undefined : [close, close];',
    tests: OFFICIAL_TESTS,
    test: 'by bars that were adjusted since',
  },
  {
    rule: 'a provisional close waits for its bars without being called wrong',
    file: OFFICIAL,
    find: 'return recorded.provisional && !official ? [] : [{ recorded, official }];',
    put: 'return [{ recorded, official }];',
    tests: OFFICIAL_TESTS,
    test: 'put official prices in the place of provisional ones',
  },
  {
    rule: 'an official close takes the place of the provisional one',
    file: 'src/core/domain/journal-events/account.ts',
    find: 'was.session === point.session',
    put: "was.session === point.session && point.session < '1990'",
    tests: 'tests/core/engine/reconciliation/daily-close.test.ts',
    test: 'is provisional, and becomes the official one with the bars',
  },
  {
    rule: 'rounded parts add up to their rounded sum',
    file: 'src/bot/posts/adding-up.ts',
    find: '(value + (up.has(index) ? 1 : 0))',
    put: '(value + (up.has(index) && index < 0 ? 1 : 0))',
    tests: 'tests/bot/posts/adding-up.test.ts',
    test: 'add up after rounding',
  },
];
