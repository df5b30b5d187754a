/** The parts of the documents that are made from the code, each between two comments of its document. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IMPORT_RULES } from '../imports/rules.ts';
import { figures } from './figures.ts';
import { settingsTables } from './settings.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** A part of a document that is made, not typed. */
export interface Block {
  /** From the root of the repository. */
  readonly file: string;
  readonly name: string;
  /** `always`: a test holds the document against it. `release`: it changes with every commit. */
  readonly fresh: 'always' | 'release';
  /** Returns Markdown without a line break at its end. */
  readonly make: () => string;
}

/** Every such part. */
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

/** Returns the text between the two comments of that name; undefined where they are not there. */
export function blockIn(text: string, name: string): string | undefined {
  return patternOf(name).exec(text)?.[2];
}

/**
 * Returns the document with that text between the two comments.
 * @throws Error when they are not there.
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
