import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { readEnvFile, withEnvFile } from '#src/config/env-file.ts';
import { sandboxFault } from '#src/config/sandbox-place.ts';
import type { CliParts, Command, OptionValues } from './command.ts';
import { fail, lineOf } from './doctor/check.ts';
import { examine } from './doctor/configuration.ts';
import { optional } from './options.ts';

const STANDARD_INPUT = 0;

/**
 * `rotor settings`: checks the settings without starting. Deploying runs it in the new version before
 * stopping the old one, with the server's settings file, as a container sees only what Compose made of it.
 */
export const settings: Command = {
  usage: '[--file FILE, or - for rotor.env on standard input]',
  options: { file: { type: 'string' } },
  async run(values, parts) {
    const { check, config } = examine(environment(values, parts));
    const missing = check.pass && config === undefined ? sandboxFault() : undefined;
    const said = missing === undefined ? check : fail(check.name, missing, 'Set the account keys.');
    return {
      exit: said.pass ? 0 : 2,
      json: said,
      text: lineOf(said),
      remarks: config?.notices ?? [],
    };
  },
};

/** Values already set take precedence over the file, as at a start. */
function environment(values: OptionValues, { env }: Pick<CliParts, 'env'>) {
  const file = optional(values, 'file');
  if (file === undefined) return env;
  const isGiven = file === '-';
  const name = isGiven ? 'rotor.env' : basename(file);
  return withEnvFile(env, readEnvFile(name, readFileSync(isGiven ? STANDARD_INPUT : file)));
}
