/** Runs a study. Blocking work: only the thread of study-worker.ts calls it. */
import { UNIVERSE } from '#core/domain/universe.ts';
import { replayJournal } from '#core/replay/replay-journal.ts';
import { contentOfState } from '#core/store/entries.ts';
import { createInputStore, inputFolder } from '#core/store/input-store.ts';
import { journalFiles } from '#core/store/journal-files.ts';
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

/** Context of a study, besides its request. */
export interface StudyPlace {
  /** Folder of the journal and the inputs of its decisions. */
  readonly stateDir: string;
  /** Hash of the source files that make decisions. */
  readonly code: string;
  readonly rules: StudyRules;
}

/** Any answer. */
export type AnyAnswer = StudyAnswer[StudyRequest['kind']] | NoAnswer;

/** Computes the answer. @throws only on unexpected errors. */
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

/** Without bars: they are not part of the journal, and too large for a message. */
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
