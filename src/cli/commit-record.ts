/**
 * `.rotor-commit`: the commit object and the digest of every file in it. The commit's hash covers the
 * object, which names the tree's hash, which covers the files' hashes: to verify the record one needs to
 * trust only the commit hash.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** A file as listed by git. */
export interface Listed {
  readonly mode: string;
  readonly digest: string;
  readonly path: string;
}

/** Whether a path is compared. */
export type Counts = (path: string) => boolean;

const RECORD = '.rotor-commit';

/** The content of a commit, or why the record in the folder cannot prove it. */
export function readRecord(folder: string, commit: string): readonly Listed[] | string {
  const record = join(folder, RECORD);
  if (!existsSync(record)) return `${RECORD} is not here: run npm run commit-record`;
  const [object = '', ...lines] = readFileSync(record, 'utf8').trimEnd().split('\n');
  const body = Buffer.from(object, 'base64');
  const listed = lines.map(parseLine);
  const tree = /^tree ([0-9a-f]{40})\n/.exec(body.toString('latin1'))?.[1];
  const name = digestOf('commit', body);
  if (name !== commit) return `${RECORD} is of ${name}, not of ROTOR_COMMIT`;
  return treeDigest(listed) === tree ? listed : `${RECORD} does not list what its commit holds`;
}

/** Files of the folder that differ from the commit, are missing, or are not part of it. */
export function fileFaults(
  folder: string,
  listed: readonly Listed[],
  counts: Counts,
): readonly string[] {
  const wanted = new Map(
    listed.filter(({ path }) => counts(path)).map(({ path, digest }) => [path, digest]),
  );
  const here = new Set(filesIn(folder, counts));
  return [
    ...[...here].filter((path) => !wanted.has(path)).map((path) => `${path} is in no commit`),
    ...[...wanted].flatMap(([path, digest]) => {
      if (!here.has(path)) return [`${path} is missing`];
      const found = digestOf('blob', readFileSync(join(folder, path)));
      return found === digest ? [] : [`${path} is not as committed`];
    }),
  ];
}

function filesIn(folder: string, counts: Counts): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => path !== RECORD && counts(path))
    .sort();
}

function parseLine(line: string): Listed {
  const [, mode = '', digest = '', path = ''] =
    /^(\d{6}) \w+ ([0-9a-f]{40})\t(.+)$/.exec(line) ?? [];
  return { mode, digest, path };
}

/** Git's hash for a tree of these files. */
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
