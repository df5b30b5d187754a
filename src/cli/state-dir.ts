/** Which desk's journal and searches the offline commands read. */
import { join } from 'node:path';
import { makeFolder } from '#core/store/make-folder.ts';
import { wantsSandbox } from '#src/config.ts';
import { type CliParts, type OptionValues, UsageError } from './command.ts';
import { optional } from './options.ts';

/** The state folder that `npm start` would use, unless `--state` names another. */
export function stateDir(values: OptionValues, { env }: Pick<CliParts, 'env'>): string {
  const folder = env['STATE_DIR'] || 'data';
  return optional(values, 'state') ?? (wantsSandbox(env) ? join(folder, 'sandbox') : folder);
}

/** The same for a command that writes to it; it is created if missing. @throws UsageError */
export function writableStateDir(values: OptionValues, parts: Pick<CliParts, 'env'>): string {
  const folder = stateDir(values, parts);
  try {
    makeFolder(folder);
  } catch (error) {
    throw new UsageError(unwritable(folder, error));
  }
  return folder;
}

/** Says that the folder cannot be written. */
export function unwritable(folder: string, error: unknown): string {
  const reason = error instanceof Error ? error.message : String(error);
  return `--state: expected a folder that can be written, found ${folder}: ${reason}`;
}
