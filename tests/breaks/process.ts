import type { RuleBreak } from './rule-break.ts';

const NAMES = 'tests/config/names.test.ts';
const ENV_FILE = 'tests/config/env-file.test.ts';

/** Settings, the process and its end. */
export const PROCESS_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'a misspelt variable is refused, with the name that was meant',
    file: 'src/config/names.ts',
    find: 'const MOST_EDITS = 2;',
    put: 'const MOST_EDITS = 1;',
    tests: NAMES,
    test: 'MAX_ORDRE_USD is refused',
  },
  {
    rule: 'a variable in small letters is refused',
    file: 'src/config/names.ts',
    find: ".replace('\\ufeff', '').toUpperCase()",
    put: ".replace('\\ufeff', '')",
    tests: NAMES,
    test: 'max_order_usd is refused',
  },
  {
    rule: 'a number that is a blank is none',
    file: 'src/config/fields.ts',
    find: 'const DECIMAL = /^\\d+(\\.\\d+)?$/;',
    put: 'const DECIMAL = /^/;',
    tests: NAMES,
    test: 'of MIN_POSITION_USD that is " " is refused',
  },
  {
    rule: 'an unknown name in a file of settings is refused',
    file: 'src/config/env-file.ts',
    find: 'NAME.test(name) ? fileNameFault(name)',
    put: 'NAME.test(name) ? undefined',
    tests: ENV_FILE,
    test: 'names the line "LIMIT=5"',
  },
  {
    rule: 'what is wrong in .env is told before anything is opened',
    file: 'src/secrets.ts',
    find: '[...fileFaultsIn(env)]',
    put: '[]',
    tests: ENV_FILE,
    test: 'names what is wrong there, before it opens anything',
  },
  {
    rule: 'a stall is followed by one wake, not by all that were missed',
    file: 'src/time.ts',
    find: 'due += periodMs * Math.max(1, Math.round(late / periodMs + 1));',
    put: 'due += late < 0 ? 0 : periodMs;',
    tests: 'tests/time.test.ts',
    test: 'after a stall of 43200000 ms wakes once',
  },
  {
    rule: 'a step of the clock is told once',
    file: 'src/time.ts',
    find: '    offset = now;\n',
    put: '',
    tests: 'tests/time.test.ts',
    test: 'of -600000 ms is told once',
  },
  {
    rule: 'a dead lease far ahead is not waited for',
    file: 'src/core/store/lease.ts',
    find: 'waitedMs <= LEASE_MS',
    put: 'waitedMs <= 100 * LEASE_MS',
    tests: 'tests/core/store/lease.test.ts',
    test: 'whose end lies 86400000 ms ahead',
  },
  {
    rule: 'a holder that renews by another clock is alive',
    file: 'src/core/store/lease.ts',
    find: 'if (!isSame(other, seen)) throw occupied(other);',
    put: 'if (other.expires > (seen?.expires ?? 0)) throw occupied(other);',
    tests: 'tests/core/store/lease.test.ts',
    test: 'while the first renews by a clock that was set back',
  },
];
