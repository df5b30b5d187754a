/**
 * The first step of the image: what was sent to the build must be what a commit holds, file by file.
 * The commit's name is the digest of its object, that names the digest of its tree, and that those of
 * its files: nothing here has to be believed but the name that the build was given.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { type Allows, parseIgnore } from './ignore.ts';

/** The version that an image claims to be built from. */
export interface Claim {
  /** All forty digits. */
  readonly commit: string;
  readonly version: string;
  readonly builtAt: string;
  readonly dirty: boolean;
}

interface Listed {
  readonly mode: string;
  readonly digest: string;
  readonly path: string;
}

const RECORD = '.rotor-commit';

/** What contradicts the claim that the folder holds that commit; nothing for a clean one. */
export function faultsOf(folder: string, claim: Claim): readonly string[] {
  const faults = claimFaults(folder, claim);
  const record = join(folder, RECORD);
  if (!existsSync(record)) return [...faults, `${RECORD} is not here: run npm run commit-record`];
  const [object = '', ...lines] = readFileSync(record, 'utf8').trimEnd().split('\n');
  const commit = Buffer.from(object, 'base64');
  const listed = lines.map(parseLine);
  const tree = /^tree ([0-9a-f]{40})\n/.exec(commit.toString('latin1'))?.[1];
  if (digestOf('commit', commit) !== claim.commit) {
    return [...faults, `${RECORD} is of ${digestOf('commit', commit)}, not of ROTOR_COMMIT`];
  }
  if (treeDigest(listed) !== tree)
    return [...faults, `${RECORD} does not list what its commit holds`];
  return [...faults, ...(claim.dirty ? [] : fileFaults(folder, listed))];
}

/** Files that differ from the commit, are missing, or are in no commit. */
export function fileFaults(folder: string, listed: readonly Listed[]): readonly string[] {
  const allows = parseIgnore(readFileSync(join(folder, '.dockerignore'), 'utf8'));
  const wanted = new Map(
    listed.filter(({ path }) => allows(path)).map(({ path, digest }) => [path, digest]),
  );
  const here = filesIn(folder, allows);
  return [
    ...here.filter((path) => !wanted.has(path)).map((path) => `${path} is in no commit`),
    ...[...wanted].flatMap(([path, digest]) => {
      if (!here.includes(path)) return [`${path} is missing`];
      const found = digestOf('blob', readFileSync(join(folder, path)));
      return found === digest ? [] : [`${path} is not as committed`];
    }),
  ];
}

function claimFaults(folder: string, { commit, version, builtAt }: Claim): readonly string[] {
  const own = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
  return [
    ...(/^[0-9a-f]{40}$/.test(commit) ? [] : ['ROTOR_COMMIT is not the full name of a commit']),
    ...(version === own ? [] : [`ROTOR_VERSION is "${version}", package.json says ${own}`]),
    ...(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(builtAt) ? [] : ['ROTOR_BUILT_AT is no time']),
  ];
}

function filesIn(folder: string, allows: Allows): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path !== RECORD && allows(path))
    .sort();
}

function parseLine(line: string): Listed {
  const [, mode = '', digest = '', path = ''] =
    /^(\d{6}) \w+ ([0-9a-f]{40})\t(.+)$/.exec(line) ?? [];
  return { mode, digest, path };
}

/** The name that git gives to a tree of these files. */
function treeDigest(files: readonly Listed[]): string {
  const folders = Map.groupBy(
    files.filter(({ path }) => path.includes('/')),
    ({ path }) => path.slice(0, path.indexOf('/')),
  );
  const entries = [
    ...files.filter(({ path }) => !path.includes('/')),
    ...[...folders].map(([name, inside]) => {
      const below = inside.map((file) => ({ ...file, path: file.path.slice(name.length + 1) }));
      return { mode: '40000', digest: treeDigest(below), path: name };
    }),
  ];
  // git sorts a folder as if its name ended in a slash.
  const key = ({ mode, path }: Listed) => Buffer.from(mode === '40000' ? `${path}/` : path);
  const parts = entries
    .toSorted((a, b) => Buffer.compare(key(a), key(b)))
    .map(({ mode, path, digest }) =>
      Buffer.concat([Buffer.from(`${mode} ${path}\0`), Buffer.from(digest, 'hex')]),
    );
  return digestOf('tree', Buffer.concat(parts));
}

function digestOf(kind: 'commit' | 'tree' | 'blob', body: Buffer): string {
  return createHash('sha1').update(`${kind} ${body.length}\0`).update(body).digest('hex');
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
