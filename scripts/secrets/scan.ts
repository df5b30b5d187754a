/** Every file that git tracks or would add, and every version of every file in its history. */
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Found, isSecretFile, secretsIn } from './patterns.ts';

/** A secret and the place where it was found. */
export interface Leak extends Found {
  /** `file` in the tree, `file (in history, as 0123456)`, or `the message of 0123456`. */
  readonly where: string;
}

const MAX_BYTES = 2 ** 21;

/** Secrets in the tree and in history, except allowed ones. */
export function leaksIn(repository: string, allowed: ReadonlySet<string>): readonly Leak[] {
  const leaks = [
    ...leaksInTree(repository),
    ...leaksInHistory(repository),
    ...inMessages(repository),
  ];
  const seen = new Set<string>();
  return leaks.filter(({ value, kind, where }) => {
    const key = `${kind} ${value} ${where.replace(/ \(.*/, '')}`;
    if (allowed.has(value) || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function leaksInTree(repository: string): readonly Leak[] {
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const files = git(repository, args).toString().split('\0');
  return files
    .filter((file) => statSync(join(repository, file), { throwIfNoEntry: false })?.isFile())
    .flatMap((file) => inText(readFileSync(join(repository, file)), file));
}

function leaksInHistory(repository: string): readonly Leak[] {
  const names = new Map<string, string>();
  for (const line of git(repository, ['rev-list', '--objects', '--all']).toString().split('\n')) {
    const [id = '', ...path] = line.split(' ');
    if (path.length > 0 && !names.has(id)) names.set(id, path.join(' '));
  }
  const asked = `${[...names.keys()].join('\n')}\n`;
  const answer = git(repository, ['cat-file', '--batch', '--buffer'], asked);
  return objectsIn(answer)
    .filter(({ type }) => type === 'blob')
    .flatMap(({ id, body }) => {
      return inText(body, `${names.get(id)} (in history, as ${id.slice(0, 7)})`);
    });
}

function inMessages(repository: string): readonly Leak[] {
  const log = git(repository, ['log', '--all', '-z', '--format=%h%n%B']).toString();
  return log.split('\0').flatMap((entry) => {
    const [id = '', ...lines] = entry.split('\n');
    return inText(Buffer.from(lines.join('\n')), `the message of ${id}`);
  });
}

function inText(bytes: Buffer, where: string): readonly Leak[] {
  if (bytes.length > MAX_BYTES) return [];
  const [path = ''] = where.split(' (in history');
  if (isSecretFile(path) && bytes.length > 0)
    return [{ kind: 'file of secrets', value: path, line: 1, where }];
  return secretsIn(bytes.toString('latin1')).map((found) => ({ ...found, where }));
}

/** Parses the output of `git cat-file --batch`: repeatedly a line `id type size`, the bytes, a line end. */
function objectsIn(answer: Buffer) {
  const objects: { id: string; type: string; body: Buffer }[] = [];
  for (let at = 0; at < answer.length; ) {
    const end = answer.indexOf('\n', at);
    const [id = '', type = '', size = '0'] = answer.subarray(at, end).toString().split(' ');
    objects.push({ id, type, body: answer.subarray(end + 1, end + 1 + Number(size)) });
    at = end + 1 + Number(size) + 1;
  }
  return objects;
}

function git(repository: string, args: readonly string[], input = ''): Buffer {
  return execFileSync('git', args, { cwd: repository, input, maxBuffer: 2 ** 30 });
}
