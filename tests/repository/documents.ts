/** The documents that people read, and what can be checked of them by a machine. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** A Markdown file of this repository, by its path from the root. */
export interface Document {
  readonly file: string;
  readonly text: string;
}

const PLACES = ['*.md', 'docs/**/*.md', 'sandbox/**/*.md', 'tests/**/*.md', 'data/*.md'];

/** Every Markdown file that belongs to Rotor. */
export const DOCUMENTS: readonly Document[] = globSync(PLACES, { cwd: ROOT })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.includes('node_modules'))
  .map((file) => ({ file, text: readFileSync(join(ROOT, file), 'utf8') }));

/** @throws Error when there is no document of that name. */
export function documentOf(name: string): Document {
  const found = DOCUMENTS.find(({ file }) => file === name);
  if (!found) throw new Error(`no document ${name}`);
  return found;
}

function allOf(text: string, pattern: RegExp): readonly string[] {
  return [...text.matchAll(pattern)].map(([, group]) => group ?? '');
}

/** A heading's anchor as GitHub makes it. */
export function anchorOf(heading: string): string {
  const words = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return words.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
}

/** Links and pictures within the repository that lead nowhere. */
export function brokenLinks({ file, text }: Document): readonly string[] {
  const links = [...allOf(text, /\]\(([^)\s]+)\)/g), ...allOf(text, /src="([^"]+)"/g)];
  return links
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? join(ROOT, file) : join(ROOT, dirname(file), path);
      if (!existsSync(target)) return true;
      if (anchor === undefined || !target.endsWith('.md')) return false;
      const headings = allOf(readFileSync(target, 'utf8'), /^#+ (.+)$/gm);
      return !headings.map(anchorOf).includes(anchor);
    });
}

const FOLDERS = 'src|tests|scripts|docs|sandbox|deploy|data';

/** Paths in code marks, from the root, that are not there. What is made while Rotor runs is not meant. */
export function missingPaths({ text }: Document): readonly string[] {
  const paths = allOf(text, new RegExp(`\`((?:${FOLDERS})/[\\w./-]+)`, 'g'));
  return paths.filter((path) => !MADE.test(path) && !existsSync(join(ROOT, path)));
}

const MADE = /^data\/(?!sample)/;

/** The scripts of package.json that a document names. */
export function scriptsIn({ text }: Document): readonly string[] {
  return allOf(text, /npm run (?:-s )?([\w:-]+)/g);
}

/** The terminal commands that a document names. */
export function terminalCommandsIn({ text }: Document): readonly string[] {
  return [
    ...allOf(text, /npm run (?:-s )?rotor -- ([a-z][\w-]*)/g),
    ...allOf(text, /`rotor ([a-z][\w-]*)/g),
    ...allOf(text, /node (?:src\/cli\.ts|bin\/rotor\.mjs) ([a-z][\w-]*)/g),
  ];
}

/** Test files and folders that a `vitest run` of a document names and that are not there. */
export function missingTests({ text }: Document): readonly string[] {
  return allOf(text, /npx vitest run (.+)$/gm)
    .flatMap((words) => allOf(words, /(tests\/[\w./-]+)/g))
    .filter((path) => !existsSync(join(ROOT, path)));
}

/** Words in code marks that look like slash commands, without their slash. */
export function slashCommandsIn({ text }: Document): readonly string[] {
  return allOf(text, /`\/([a-z][a-z-]*)(?: [^`]*)?`/g);
}

/** Between two cells; `\\|` stands in a cell. */
const CELL = /(?<!\\)\|/;

/** The cells in code marks of the first column of every table. */
export function firstCellsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => allOf(line.split(CELL)[1] ?? '', /`([^`]+)`/g));
}
