import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { versionOf } from '#ops/build-info.ts';
import type { Command } from './command.ts';
import { fileFaults, readRecord } from './commit-record.ts';

const ROOT = join(import.meta.dirname, '../..');
const DIFFERS_EXIT = 1;
const packageJson = z.object({ version: z.string() });
/** Files of the commit that an image contains. */
const SHIPPED =
  /^(src\/|data\/sample\/|package\.json$|CHANGELOG\.md$|scripts\/self-test\.(ts|json)$)/;

/** `rotor version`. */
export const versionCommand: Command = {
  usage: '[--verify]',
  options: { verify: { type: 'boolean' } },
  async run(values, { env }) {
    const own = packageJson.parse(JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')));
    const version = versionOf(own.version, env);
    const commit = env['ROTOR_COMMIT'] || undefined;
    const known = { version, commit: commit ?? null, builtAt: env['ROTOR_BUILT_AT'] || null };
    if (values['verify'] !== true) return { exit: 0, json: known, text: version, remarks: [] };
    const faults = differences(commit);
    const name = commit ?? 'of any name';
    const text =
      faults.length === 0
        ? `${version}: every file is as in commit ${name}`
        : [`${version}: is not commit ${name}`, ...faults].join('\n  ');
    const exit = faults.length === 0 ? 0 : DIFFERS_EXIT;
    return { exit, json: { ...known, faults }, text, remarks: [] };
  },
};

/** Dependencies and the system are not part of the commit; the lockfile names them. */
function differences(commit: string | undefined): readonly string[] {
  if (commit === undefined) return ['ROTOR_COMMIT is not set: this is no image'];
  const listed = readRecord(ROOT, commit);
  if (typeof listed === 'string') return [listed];
  return fileFaults(ROOT, listed, (path) => SHIPPED.test(path));
}
