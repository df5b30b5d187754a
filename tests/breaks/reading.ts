import type { RuleBreak } from './rule-break.ts';

const BUDGET = 'src/core/broker/request-budget.ts';
const ODD_ROWS = 'tests/core/broker/odd-rows.test.ts';
const BUDGETED = 'tests/core/broker/request-budget.test.ts';

/** How the broker's answers are read, and how often it is asked. */
export const READING_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'an unreadable row of another hand stops nothing',
    file: 'src/core/broker/rows.ts',
    find: '    if (isOurs(row))\n',
    put: '    if (row)\n',
    tests: ODD_ROWS,
    test: 'hides no position of Rotor’s',
  },
  {
    rule: 'an unreadable row of a ticker that Rotor trades makes the answer unreadable',
    file: 'src/core/broker/rows.ts',
    find: '    if (isOurs(row))\n',
    put: '    if (!row)\n',
    tests: ODD_ROWS,
    test: 'makes the answer unreadable, which is not silence',
  },
  {
    rule: 'what is no stock is told by its asset class, not by its name',
    file: 'src/core/broker/asset-classes.ts',
    find: '    return named ?? (isOurs(row) ? STOCK : undefined);',
    put: "    return String(row['symbol']).includes('/') ? 'crypto' : STOCK;",
    tests: ODD_ROWS,
    test: 'are reported by their asset class',
  },
  {
    rule: 'an execution is told by the order behind it',
    file: 'src/core/broker/asset-classes.ts',
    find: 'stated(row) ?? known.get(orderId) ?? UNKNOWN];',
    put: 'stated(row) ?? UNKNOWN];',
    tests: ODD_ROWS,
    test: 'have executions that stay stocks’ when their order says so',
  },
  {
    rule: 'a price of another session is no price',
    file: 'src/core/domain/fresh-price.ts',
    find: 'if (latest.at < session.open) return',
    put: 'if (latest.at < 0) return',
    tests: 'tests/core/domain/fresh-price.test.ts',
    test: 'from before today’s open belongs to another session',
  },
  {
    rule: 'an order with a limit leaves as a limit order',
    file: 'src/core/broker/submission.ts',
    find: "type: intent.limitPrice === undefined ? 'market' : 'limit',",
    put: "type: 'market',",
    tests: 'tests/core/broker/submission.test.ts',
    test: 'leaves as a limit order for the day',
  },
  {
    rule: 'orders leave before reads',
    file: BUDGET,
    find: "const PRIORITIES: readonly Priority[] = ['order', 'read', 'history'];",
    put: "const PRIORITIES: readonly Priority[] = ['read', 'history', 'order'];",
    tests: BUDGETED,
    test: 'lets a cancel leave at once although 240 reads are waiting',
  },
  {
    rule: 'requests stay below what the broker allows in any minute',
    file: BUDGET,
    find: 'left.length < limits.perMinute ||',
    put: 'left.length < 100 * limits.perMinute ||',
    tests: BUDGETED,
    test: 'never lets more than 190 leave in a minute',
  },
  {
    rule: 'equal reads share one request',
    file: 'src/core/broker/shared-reads.ts',
    find: '      if (known) return known as Promise<T>;\n',
    put: '',
    tests: 'tests/core/broker/shared-reads.test.ts',
    test: 'share one request and one answer',
  },
  {
    rule: 'a read after an order or a cancel is asked anew',
    file: 'src/core/broker/shared-reads.ts',
    find: '      underWay = new Map();',
    put: '',
    tests: 'tests/core/broker/shared-reads.test.ts',
    test: 'after a cancel show what it did',
  },
];
