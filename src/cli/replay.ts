import { UNIVERSE } from '#core/domain/universe.ts';
import type { Replayed } from '#core/replay/replay.ts';
import { type Replay, replayJournal } from '#core/replay/replay-journal.ts';
import { contentOfState } from '#core/store/entries.ts';
import { createInputStore, inputFolder } from '#core/store/input-store.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { MODELS } from '#models/list.ts';
import { decidingDigest } from '#ops/build-info.ts';
import { type Command, type OptionValues, UsageError } from './command.ts';
import { dateOption, optional } from './options.ts';
import { stateDir } from './state-dir.ts';

const DIFFERENT = 1;

/** `rotor replay`. */
export const replay: Command = {
  usage: '[--from DATE] [--to DATE] [--state DIR]',
  options: { from: { type: 'string' }, to: { type: 'string' }, state: { type: 'string' } },
  async run(values, parts) {
    const range = { from: dayIn(values, 'from'), to: dayIn(values, 'to') };
    if (range.from !== undefined && range.to !== undefined && range.to < range.from) {
      throw new UsageError(
        `--to: expected a day on or after --from ${range.from}, found ${range.to}`,
      );
    }
    const folder = stateDir(values, parts);
    const { book, entries, fault } = contentOfState(journalFiles(folder));
    const code = decidingDigest();
    const found = replayJournal(
      entries,
      {
        store: createInputStore(inputFolder(folder)),
        universe: UNIVERSE,
        models: MODELS,
        code,
        accountId: book.account?.id ?? '',
      },
      range,
    );
    const isWhole = found.equal === found.of && fault === undefined;
    return {
      exit: isWhole ? 0 : DIFFERENT,
      json: { ...found, code, fault: fault ?? null },
      text: [...differences(found), ...notKept(found), summary(found)].join('\n'),
      remarks: fault === undefined ? [] : [fault],
    };
  },
};

function dayIn(values: OptionValues, name: string) {
  return optional(values, name) === undefined ? undefined : dateOption(values, name);
}

function differences({ decisions }: Replay): readonly string[] {
  return decisions.flatMap(({ id, asOf, result }) =>
    result.kind === 'different' ? [`${id} (${asOf}): ${wordsOf(result)}`] : [],
  );
}

function wordsOf({ input, text }: Extract<Replayed, { kind: 'different' }>): string {
  return input === 'none' ? `differs, though no input does: ${text}` : `${input}: ${text}`;
}

function notKept({ notKept: count }: Replay): readonly string[] {
  if (count === 0) return [];
  const are = count === 1 ? '1 decision is' : `${count} decisions are`;
  return [`${are} of a version that did not keep what it read`];
}

function summary({ equal, of }: Replay): string {
  return `${equal} of ${of} decisions repeat exactly`;
}
