/** Mutants of the journal's files without any observable effect. */
import type { Row } from './equivalent-rules.ts';

const LEASE = 'src/core/store/lease.ts';
const JOURNAL = 'src/core/store/journal.ts';
const CODEC = 'src/core/store/codec.ts';
const ENTRIES = 'src/core/store/entries.ts';
const SAME_FILE = 'src/core/store/same-file.ts';
const TRIALS = 'src/core/store/trials.ts';
const INPUTS = 'src/core/store/input-store.ts';
const ONLY_READ = 'the file is only read, and cannot be created by a reader';
const COLLECTED = 'what is not closed is closed when it is collected or the process ends';
const NO_ROW = 'without a row reading it throws, which means the same here';
const NEVER_ASKED = 'the clock of a reader is never asked';
const BROKEN_STAYS = 'after a gap no later row has the number that follows the last good one';
const SLOWER = 'text without a map is looked through for nothing, only slower';
const WHOLE_IDS = 'device and file numbers of this size are exact either way';
const ADDS_NOTHING = 'a search of no settings adds nothing';
const TYPES = 'only a number is a safe integer; the type checker asks';
const POWER_CUT = 'only a power cut shows whether it was on the disk';
const SAME_TEXT = 'the file of a hash always holds the same text';

/** The list. */
export const STORE_ROWS: readonly Row[] = [
  [LEASE, ONLY_READ, 'true', 'false', 'readonly: true'],
  [LEASE, COLLECTED, 'database.close()', 'undefined'],
  [LEASE, NO_ROW, '!row || row.expires === RELEASED', 'row.expires === RELEASED'],
  [JOURNAL, BROKEN_STAYS, 'fault === undefined && isSealed', 'isSealed'],
  [CODEC, SLOWER, 'text.includes(MAP)', 'true'],
  [ENTRIES, NEVER_ASKED, '0', '1', 'epochMs(0)'],
  [SAME_FILE, WHOLE_IDS, 'true', 'false', 'bigint: true'],
  [
    TRIALS,
    TYPES,
    "typeof settings === 'number' && Number.isSafeInteger(settings)",
    'Number.isSafeInteger(settings)',
  ],
  [TRIALS, ADDS_NOTHING, 'settings >= 0', 'settings > 0'],
  [TRIALS, ADDS_NOTHING, '0', '1', 'settings >= 0'],
  [INPUTS, SAME_TEXT, 'existsSync(file)', 'false'],
  [INPUTS, POWER_CUT, 'fsyncSync(handle)', 'undefined'],
  [INPUTS, COLLECTED, 'closeSync(handle)', 'undefined'],
];
