/** Settings tried before a search, in the terminal and in Discord together: the best of many is partly luck. */
import { settingsTriedByHand } from '#core/domain/account-state.ts';
import { hasJournal, journalFiles } from '#core/store/journal-files.ts';
import { recordTrials, type TrialEntry, triedBefore } from '#core/store/trials.ts';
import type { CliParts, OptionValues } from '../command.ts';
import { stateDir, unwritable } from '../state-dir.ts';

/** Counts the state folder's other searches, and what its journal says was tried in Discord. */
export async function triesBefore(folder: string, key: string): Promise<number> {
  return triedBefore(folder, key) + (await triedInChat(folder));
}

async function triedInChat(folder: string): Promise<number> {
  const files = journalFiles(folder);
  if (!hasJournal(files)) return 0;
  // The modules that read a journal are slow to load, and a terminal's folder often has no journal.
  const { contentOfState } = await import('#core/store/entries.ts');
  return settingsTriedByHand(contentOfState(files).book);
}

/** Counts a search in the state folder; a folder that cannot be written is a remark, not a failure. */
export function recordTrial(
  values: OptionValues,
  parts: CliParts,
  trial: Omit<TrialEntry, 'at'>,
): readonly string[] {
  const folder = stateDir(values, parts);
  try {
    recordTrials(folder, { at: parts.now(), ...trial });
    return [];
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
    return [`this ${trial.what} is not counted among the tries: ${unwritable(folder, error)}`];
  }
}
