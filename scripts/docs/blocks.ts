/** The generated parts of the documents, each between two comments of its document. */

import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IMPORT_RULES } from '../imports/rules.ts';
import { summarize } from '../measure/summary.ts';
import { measureWorkingTree } from '../measure/tree.ts';
import { settingsTables } from './settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A generated part of a document. */
export interface Block {
  /** Path from the root of the repository. */
  readonly file: string;
  readonly name: string;
  /** `always`: a test compares the document with it. `release`: it changes with every commit. */
  readonly fresh: 'always' | 'release';
  /** Returns Markdown without a final line break. */
  readonly make: () => string;
}

/** Every generated part. */
export const BLOCKS: readonly Block[] = [
  {
    file: 'docs/configuration.md',
    name: 'settings',
    fresh: 'always',
    make: () => settingsTables(readFileSync(join(ROOT, '.env.example'), 'utf8')),
  },
  { file: 'docs/architecture.md', name: 'imports', fresh: 'always', make: importTable },
  { file: 'docs/testing.md', name: 'figures', fresh: 'release', make: () => figures(ROOT) },
];

function importTable(): string {
  const rows = IMPORT_RULES.map(({ room, because }) => `| \`${room}\` | ${because} |`);
  return ['| folder or file | rule |', '|---|---|', ...rows].join('\n');
}

/** Returns the text between the two comments of that name; undefined if they are missing. */
export function blockIn(text: string, name: string): string | undefined {
  return patternOf(name).exec(text)?.[2];
}

/**
 * Returns the document with that text between the two comments.
 * @throws Error when they are missing.
 */
export function withBlock(text: string, name: string, made: string): string {
  if (!patternOf(name).test(text)) throw new Error(`no block named ${name}`);
  return text.replace(patternOf(name), (_, begin, _old, end) => `${begin}${made}${end}`);
}

function patternOf(name: string): RegExp {
  return new RegExp(
    `(<!-- ${name}: made by npm run docs -->\n\n)(.*?)(\n\n<!-- /${name} -->)`,
    's',
  );
}

const SPECS = /^\s*(?:it|test)(?:\.\w+)*\(/gm;

/** Returns a table of figures of the working tree. */
function figures(root: string): string {
  const files = globSync('tests/**/*.test.ts', { cwd: root });
  const texts = files.map((file) => readFileSync(join(root, file), 'utf8'));
  const specs = texts.reduce((sum, text) => sum + (text.match(SPECS)?.length ?? 0), 0);
  const breaks = globSync('tests/breaks/*.ts', { cwd: root })
    .map((file) => readFileSync(join(root, file), 'utf8').match(/^\s+find:/gm)?.length ?? 0)
    .reduce((sum, count) => sum + count, 0);
  const { total } = summarize(measureWorkingTree(root));
  const rows: readonly (readonly [string, number])[] = [
    ['test files', files.length],
    ['tests as written, a table of cases counted once', specs],
    ['planned breaks', breaks],
    ['files of src, sandbox and scripts', total.files],
    ['their lines of code', total.codeLines],
    ['functions over 60 lines', total.longFunctions],
    ['exports', total.exports],
    ['exports with a doc comment', total.documented],
  ];
  return ['| figure | count |', '|---|---|', ...rows.map(([what, n]) => `| ${what} | ${n} |`)].join(
    '\n',
  );
}
