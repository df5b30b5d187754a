/** Performance: what the account and the benchmark earned, and the statistics of it. */
import type { RuleBreak } from './rule-break.ts';

export const PERFORMANCE_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'the benchmark earns its dividends',
    file: 'src/core/domain/total-return.ts',
    find: 'close: (session, paid) => closeOn(history, session) ?? price(session, paid),',
    put: 'close: (_, paid) => paid,',
    tests: 'tests/core/views/total-return.test.ts',
    test: 'earns its dividend on the ex-date, and its price alone is told as such',
  },
  {
    rule: 'an estimated dividend ends when the broker pays it',
    file: 'src/core/domain/estimated-dividends.ts',
    find: '    return !match;\n',
    put: '    return true;\n',
    tests: 'tests/core/domain/estimated-dividends.test.ts',
    test: 'are none where the broker paid that one, be it weeks later',
  },
];
