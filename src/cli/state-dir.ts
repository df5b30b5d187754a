/** Which desk's journal and searches the offline commands read. */
import { join } from 'node:path';
import { wantsSandbox } from '#src/config.ts';
import type { CliParts, OptionValues } from './command.ts';
import { optional } from './options.ts';

/** The state folder that `npm start` would use, unless `--state` names another. */
export function stateDir(values: OptionValues, { env }: Pick<CliParts, 'env'>): string {
  const folder = env['STATE_DIR'] || 'data';
  return optional(values, 'state') ?? (wantsSandbox(env) ? join(folder, 'sandbox') : folder);
}
