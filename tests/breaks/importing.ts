/** Files from elsewhere: checked, never over what is stored, known again. And what leaves the house. */
import type { RuleBreak } from './rule-break.ts';

const IMPORT = 'src/core/market/import/import.ts';
const MEETING = 'src/core/market/import/merge-rows.ts';
const INSPECT = 'src/core/market/files/inspect-file.ts';
const IMPORTING = 'tests/core/market/import/import.test.ts';
const FUZZ = 'tests/core/market/fuzz.test.ts';
const EXPORTING = 'tests/cli/export.test.ts';

export const IMPORTING_BREAKS: readonly RuleBreak[] = [
  {
    rule: 'every row of a file from elsewhere obeys the laws of bars',
    file: INSPECT,
    find: 'const fault = firstFault(history, latest) ?? mixedUp(history);',
    put: 'const fault = mixedUp(history);',
    tests: IMPORTING,
    test: 'with a day without a session is refused whole with file and row',
  },
  {
    rule: 'volumes in the place of highs are seen in a file from elsewhere',
    file: INSPECT,
    find: ' ?? mixedUp(history);',
    put: ';',
    tests: IMPORTING,
    test: 'with volumes where highs should be is refused whole',
  },
  {
    rule: 'a stored price that a file from elsewhere contradicts stays, and is told',
    file: MEETING,
    find: 'const SAME = 5e-6;',
    put: 'const SAME = 5;',
    tests: IMPORTING,
    test: 'keeps its rows against a file with other numbers',
  },
  {
    rule: 'a file from elsewhere that lacks stored days adds nothing',
    file: MEETING,
    find: 'if (lacking !== undefined) {',
    put: "if (lacking === '') {",
    tests: IMPORTING,
    test: 'keeps its rows against a file with older rows and a gap',
  },
  {
    rule: 'a stored number is not changed by a file from elsewhere that agrees',
    file: MEETING,
    find: 'own.get(bar.date) ?? bar',
    put: 'bar',
    tests: IMPORTING,
    test: 'keeps its own numbers to the last digit',
  },
  {
    rule: 'a file from elsewhere is known again by its hash',
    file: IMPORT,
    find: 'known?.imported?.sha256 === read.sha256',
    put: "known?.imported?.sha256 === ''",
    tests: IMPORTING,
    test: 'knows the file again after the source adjusted the whole history',
  },
  {
    rule: 'which file from elsewhere rows came from outlives their replacement',
    file: 'src/core/market/files/bar-files.ts',
    find: '{ imported: before, ...origin }',
    put: 'origin',
    tests: IMPORTING,
    test: 'knows the file again after the source adjusted the whole history',
  },
  {
    rule: 'a file from elsewhere does not come back at each start after a person removed it',
    file: IMPORT,
    find: '(into.once ? await lastEntry(into.disk, ticker) : undefined)',
    put: '(into.once ? undefined : undefined)',
    tests: IMPORTING,
    test: 'takes it again by hand, and not at each start',
  },
  {
    rule: 'a manifest beside a file from elsewhere is believed before the file',
    file: 'src/core/market/import/find-files.ts',
    find: 'const listed = beside.manifest.get(symbol);',
    put: 'const listed = undefined;',
    tests: IMPORTING,
    test: 'beside a manifest is believed only with the hash that stands there',
  },
  {
    rule: 'the unfinished bar in a file from elsewhere stays outside',
    file: IMPORT,
    find: 'const history = truncateTo(read.history, into.through);',
    put: 'const history = truncateTo(read.history, into.latest);',
    tests: IMPORTING,
    test: 'leaves the bar of a session that is not over outside',
  },
  {
    rule: 'an import of files from elsewhere that fails does not stop the desk',
    file: 'src/core/market/import/import-at-start.ts',
    find: '    log.error(',
    put: '    throw error;\n    log.error(',
    tests: 'tests/core/market/import/import-at-start.test.ts',
    test: 'into a store of a newer Rotor, or one that cannot be written, says so and goes on',
  },
  {
    rule: 'rows from elsewhere are compared with the source over all that a decision reads',
    file: 'src/core/market/bar-store.ts',
    find: '!held || isUnconfirmed(held.origin.source)',
    put: '!held',
    tests: 'tests/core/market/store-files.test.ts',
    test: 'are refused for one close that is off, 194 sessions before the last',
  },
  {
    rule: 'no damaged file of bars is parsed whose hash is known to be another',
    file: INSPECT,
    find: 'const entry = entryWith(listed, hash);',
    put: 'const entry = entryWith(listed, hash) ?? listed.now;',
    tests: FUZZ,
    test: 'whose hash is known were the very same rows, or refused',
  },
  {
    rule: 'prices in whole numbers are somebody’s rounding, and refused without a hash',
    file: 'src/core/market/files/bar-columns.ts',
    find: "(name === 'volume' && isWhole(element))",
    put: 'isWhole(element)',
    tests: FUZZ,
    test: 'from elsewhere gave other numbers only where no law of bars can tell',
  },
  {
    rule: 'an export of a damaged journal says so',
    file: 'src/core/store/entries.ts',
    find: 'fault: journal.doubt() };',
    put: 'fault: undefined };',
    tests: EXPORTING,
    test: 'of a damaged journal writes what is before the damage, says so and ends with 1',
  },
  {
    rule: 'an export keeps every quantity exact',
    file: 'src/core/views/export.ts',
    find: "qty: always('text', ({ intent }: ManagedOrder) => qtyToDecimal(intent.qty)),",
    put: "qty: always('text', ({ intent }: ManagedOrder) => toShares(intent.qty).toFixed(6)),",
    tests: EXPORTING,
    test: 'holds every order and fill to the last digit',
  },
  {
    rule: 'an export puts no file in place before every one is written',
    file: 'src/core/market/files/table-files.ts',
    find: 'await writeDraft(disk, name, writer, bytes)',
    put: '(await disk.write(name, bytes), await writeDraft(disk, name, writer, bytes))',
    tests: EXPORTING,
    test: 'stopped anywhere leaves each file old or new, never a part of one',
  },
];
