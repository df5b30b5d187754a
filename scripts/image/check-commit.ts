/**
 * The first step of the image: the build context must match a commit, file by file. Only the commit hash
 * given to the build needs to be trusted.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileFaults, readRecord } from '../../src/cli/commit-record.ts';
import { parseIgnore } from './ignore.ts';

/** The version that an image claims to be built from. */
export interface Claim {
  /** All 40 digits. */
  readonly commit: string;
  readonly version: string;
  readonly builtAt: string;
  readonly dirty: boolean;
}

/** Contradictions between the folder and the claimed commit; empty if it matches. */
export function faultsOf(folder: string, claim: Claim): readonly string[] {
  const faults = claimFaults(folder, claim);
  const listed = readRecord(folder, claim.commit);
  if (typeof listed === 'string') return [...faults, listed];
  const allows = parseIgnore(readFileSync(join(folder, '.dockerignore'), 'utf8'));
  return [...faults, ...(claim.dirty ? [] : fileFaults(folder, listed, allows))];
}

function claimFaults(folder: string, { commit, version, builtAt }: Claim): readonly string[] {
  const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  return [
    ...(/^[0-9a-f]{40}$/.test(commit) ? [] : ['ROTOR_COMMIT is not the full name of a commit']),
    // A tag vX.Y.Z names the version before package.json does; no commit knows its tags.
    ...(version === own || /^\d+\.\d+\.\d+$/.test(version)
      ? []
      : [`ROTOR_VERSION is "${version}", package.json says ${own}`]),
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(builtAt) ? [] : ['ROTOR_BUILT_AT is no time']),
  ];
}

function main(): void {
  const { ROTOR_COMMIT, ROTOR_VERSION, ROTOR_BUILT_AT, ROTOR_DIRTY } = process.env;
  const claim = {
    commit: ROTOR_COMMIT ?? '',
    version: ROTOR_VERSION ?? '',
    builtAt: ROTOR_BUILT_AT ?? '',
    dirty: !['', '0', 'false', 'no'].includes(ROTOR_DIRTY ?? ''),
  };
  const faults = faultsOf(process.cwd(), claim);
  for (const fault of faults) console.error(`commit: ${fault}`);
  if (faults.length > 0) process.exit(1);
  console.log(`commit: ${claim.commit}${claim.dirty ? ', with changes in no commit' : ''}`);
}

if (import.meta.main) main();
