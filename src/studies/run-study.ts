/** From a question to its answer. Slow work without a pause: only the thread of study-worker.ts calls it. */
import { UNIVERSE } from '#core/domain/universe.ts';
import { replayJournal } from '#core/replay/replay-journal.ts';
import { journalFiles } from '#core/store/backup.ts';
import { contentOfState } from '#core/store/entries.ts';
import { createInputStore, inputFolder } from '#core/store/input-store.ts';
import { triedBefore } from '#core/store/trials.ts';
import type { NoAnswer, Progress, StudyAnswer, StudyRequest } from '#core/studies.ts';
import { journalTables } from '#core/views/export.ts';
import { tableCsv } from '#core/views/table-csv.ts';
import { MODELS } from '#models/list.ts';
import { backtestOf } from './backtest.ts';
import { evidenceOf } from './evidence.ts';
import { monthParityOf } from './month-parity.ts';
import type { StudyRules } from './setup.ts';
import { whatIfOf } from './what-if.ts';

/** What a study needs beside its question. */
export interface StudyPlace {
  /** Where the journal and what its decisions read are. */
  readonly stateDir: string;
  /** The hash of the program's files that decide. */
  readonly code: string;
  readonly rules: StudyRules;
}

/** Any answer. */
export type AnyAnswer = StudyAnswer[StudyRequest['kind']] | NoAnswer;

/** Computes the answer. @throws whatever nobody foresaw. */
export function runStudy(
  request: StudyRequest,
  place: StudyPlace,
  progress: Progress = () => undefined,
): AnyAnswer {
  switch (request.kind) {
    case 'evidence':
      return evidenceOf(
        request,
        { bars: request.bars, ...place.rules },
        triedBefore(place.stateDir, ''),
        progress,
      );
    case 'backtest':
      return backtestOf(request, { bars: request.bars, ...place.rules }, progress);
    case 'what-if':
      return whatIfOf(request, { bars: request.bars, ...place.rules }, progress);
    case 'parity':
      return parityOf(request, place);
    case 'export':
      return exportOf(place);
    default:
      return request satisfies never;
  }
}

/** Bars are not among them: they are no part of the journal, and too large for a message. */
function exportOf({ stateDir }: StudyPlace): StudyAnswer['export'] {
  const tables = journalTables(contentOfState(journalFiles(stateDir)));
  const files = tables.map((table) => {
    return { name: `${table.name}.csv`, text: tableCsv(table), rows: table.rows };
  });
  return { kind: 'export', files };
}

const MAX_DIFFERENCES = 10;

function parityOf(
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
