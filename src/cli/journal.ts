import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { newYorkDate } from '#core/domain/new-york.ts';
import { closingFaults } from '#core/domain/official-close.ts';
import { centsToDecimal, epochMs, qtyToDecimal } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { rawFolder } from '#core/market/raw-bars.ts';
import { backUp, type Checked, checkJournal, restore } from '#core/store/backup.ts';
import { storedKinds } from '#core/store/codec.ts';
import { factsOfFile, factsOfState, type JournalFacts } from '#core/store/facts.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { RECOUNTED, wasCountedOtherwise } from '#core/views/changes.ts';
import { openAttempts } from '#core/views/orders.ts';
import { systemClock } from '#src/time.ts';
import type { CliParts, Command, OptionValues, Result } from './command.ts';
import { optional, required } from './options.ts';
import { stateDir } from './state-dir.ts';

const DAMAGED = 1;
const STATE = { state: { type: 'string' } } as const;

function report(checked: Checked, extra: object, text: string): Result {
  const { entries, fault } = checked;
  return {
    exit: fault === undefined ? 0 : DAMAGED,
    json: { entries, fault: fault ?? null, ...extra },
    text: fault === undefined ? text : `DAMAGED: ${fault}`,
    remarks: [],
  };
}

function factsReport(facts: JournalFacts | undefined): Result {
  if (!facts) return { exit: 0, json: { journal: null }, text: 'journal none', remarks: [] };
  const { entries, fault, schema, book } = facts;
  // A halted Rotor sends none of those that wait.
  const isHalted = book.state.state === 'HALT';
  const open = openAttempts(book)
    .filter(({ state }) => state !== 'waiting' || !isHalted)
    .map(
      ({ clientOrderId, side, qty, ticker, state }) =>
        `${clientOrderId} ${side} ${qtyToDecimal(qty)} ${ticker}, ${state}`,
    );
  const account = book.account ?? null;
  const lines = [
    'journal present',
    `entries ${entries}`,
    `orders ${book.managedOrders.size}`,
    `schema ${schema}`,
    `fault ${fault ?? 'none'}`,
    `account ${account ? `${account.id} ${account.number} ${account.mode}` : 'none'}`,
    `state ${book.state.state}`,
    ...open.map((order) => `open ${order}`),
  ];
  return {
    exit: fault === undefined ? 0 : DAMAGED,
    json: { entries, schema, fault: fault ?? null, account, state: book.state.state, open },
    text: lines.join('\n'),
    remarks: [],
  };
}

/** `rotor journal verify`, `facts`, `kinds`, `backup` and `restore`, by the second word. */
export const journalCommands = {
  verify: {
    usage: '[--state DIR]',
    options: STATE,
    async run(values, parts) {
      const checked = checkJournal(journalFiles(stateDir(values, parts)));
      const found = report(checked, {}, `${checked.entries} entries, the chain is intact`);
      if (checked.fault !== undefined) return found;
      const facts = factsOfState(journalFiles(stateDir(values, parts)));
      const wrong = await wrongCloses(values, parts, facts);
      const remarks = [...(facts && wasCountedOtherwise(facts.book) ? [RECOUNTED] : []), ...wrong];
      return { ...found, exit: wrong.length === 0 ? found.exit : DAMAGED, remarks };
    },
  },
  facts: {
    usage: '[--from FILE] [--state DIR]',
    options: { ...STATE, from: { type: 'string' } },
    async run(values, parts) {
      const file = optional(values, 'from');
      return factsReport(
        file === undefined
          ? factsOfState(journalFiles(stateDir(values, parts)))
          : factsOfFile(file),
      );
    },
  },
  kinds: {
    usage: '',
    options: {},
    async run() {
      const kinds = storedKinds();
      return { exit: 0, json: { kinds }, text: kinds.join('\n'), remarks: [] };
    },
  },
  backup: {
    usage: '--to FILE [--state DIR]',
    options: { ...STATE, to: { type: 'string' } },
    async run(values, parts) {
      const to = required(values, 'to', 'the file to write');
      const checked = await backUp(journalFiles(stateDir(values, parts)), to);
      return report(checked, { to }, `${to}: ${checked.entries} entries, the chain is intact`);
    },
  },
  restore: {
    usage: '--from FILE [--state DIR]',
    options: { ...STATE, from: { type: 'string' } },
    async run(values, parts) {
      const from = required(values, 'from', 'the backup to read');
      const clock = { ...systemClock(), now: () => epochMs(parts.now()) };
      const suffix = `replaced-${new Date(clock.now()).toISOString().replaceAll(/[:.]/g, '-')}`;
      const done = await restore(journalFiles(stateDir(values, parts)), from, suffix, clock);
      const kept = done.kept.map((file) => `kept: ${file}`);
      const halted = done.halted === undefined ? [] : [`begins in HALT: ${done.halted}`];
      const text = [`${from} is the journal now, ${done.entries} entries`, ...halted, ...kept];
      return report(done, { kept: done.kept, halted: done.halted ?? null }, text.join('\n'));
    },
  },
} satisfies Record<string, Command>;

/** A sentence for each recorded close that Rotor's bars contradict; none without bars. */
async function wrongCloses(
  values: OptionValues,
  parts: CliParts,
  facts: JournalFacts | undefined,
): Promise<readonly string[]> {
  const folder = parts.env['DATA_DIR'] || join(stateDir(values, parts), 'bars');
  if (!facts || !existsSync(folder)) return [];
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  const latest = newYorkDate(epochMs(parts.now()));
  const { bars } = await readFolder({ folders: [folder], tickers, latest });
  const { bars: raw } = await readFolder({ folders: [rawFolder(folder)], tickers, latest });
  return closingFaults(facts.book, bars, UNIVERSE.benchmark.ticker, raw).map(
    ({ recorded, official }) =>
      `close of ${recorded.session}: recorded ${centsToDecimal(recorded.equity)}, ` +
      (official
        ? `official ${centsToDecimal(official.equity)}; Rotor corrects it with a new entry when it runs`
        : 'which the bars contradict; the true value cannot be known'),
  );
}
