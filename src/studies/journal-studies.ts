/** Studies of the journal. Only they load what reads it, so that the others take less memory. */
import { UNIVERSE } from '#core/domain/universe.ts';
import { replayJournal } from '#core/replay/replay-journal.ts';
import { contentOfState } from '#core/store/entries.ts';
import { createInputStore, inputFolder } from '#core/store/input-store.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import type { StudyAnswer, StudyRequest } from '#core/studies.ts';
import { journalTables } from '#core/views/export.ts';
import { tableCsv } from '#core/views/table-csv.ts';
import { MODELS } from '#models/list.ts';
import { monthParityOf } from './month-parity.ts';
import type { StudyPlace } from './setup.ts';

/** The journal's tables. Without bars: they are not part of it, and too large for a message. */
export function exportOf({ stateDir }: StudyPlace): StudyAnswer['export'] {
  const tables = journalTables(contentOfState(journalFiles(stateDir)));
  const files = tables.map((table) => {
    return { name: `${table.name}.csv`, text: tableCsv(table), rows: table.rows };
  });
  return { kind: 'export', files };
}

const MAX_DIFFERENCES = 10;

/** Whether the journal's decisions can be repeated, and the month compared with its backtest. */
export function parityOf(
  { bars, raw }: Extract<StudyRequest, { kind: 'parity' }>,
  { stateDir, code, rules }: StudyPlace,
): StudyAnswer['parity'] {
  const { book, entries } = contentOfState(journalFiles(stateDir));
  const store = createInputStore(inputFolder(stateDir));
  const accountId = book.account?.id ?? '';
  const parts = { store, universe: UNIVERSE, models: MODELS, code, accountId };
  const { equal, of, notKept, decisions } = replayJournal(entries, parts);
  const differences = decisions.flatMap(({ id, asOf, result }) =>
    result.kind === 'different' ? [`${id} (${asOf}): ${result.input}: ${result.text}`] : [],
  );
  return {
    kind: 'parity',
    ...{ equal, of, notKept },
    differences: differences.toReversed().slice(0, MAX_DIFFERENCES),
    month: bars && monthParityOf(book, { bars, raw: raw ?? new Map(), ...rules }),
  };
}
