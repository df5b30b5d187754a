/** Takes out of node_modules what a running desk never opens. Run where package.json is. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

const MODULES = 'node_modules';

/** The image has a Node of its own, and no command is started by name. */
const WHOLE = [
  ...namesIn(MODULES).filter((name) => /^node-(bin-)?(linux|darwin|win)/.test(name)),
  'undici-types',
  'better-sqlite3/deps',
  'better-sqlite3/src',
  'lodash/fp',
  ...['rest', 'testing'].flatMap((name) =>
    ['js', 'mjs'].map((ending) => `@alpacahq/alpaca-trade-api/dist/${name}.${ending}`),
  ),
  ...otherPrebuilds(),
  ...otherFonts(),
];

/** Node runs no TypeScript below node_modules, so this is for compilers; maps are for debuggers. */
const NEVER_OPENED = /\.(ts|mts|cts|map|md|markdown)$|\.min\.js$/;

/** At any depth; the self-test of the image would miss a module. */
const FOLDERS = ['@types', '.bin', '.github', 'test', 'tests', 'docs', 'examples', 'benchmarks'];

for (const path of WHOLE) rmSync(join(MODULES, path), { recursive: true, force: true });
for (const name of readdirSync(MODULES, { recursive: true, encoding: 'utf8' })) {
  if (FOLDERS.includes(basename(name)))
    rmSync(join(MODULES, name), { recursive: true, force: true });
}
for (const entry of readdirSync(MODULES, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && NEVER_OPENED.test(entry.name)) rmSync(join(entry.parentPath, entry.name));
}

function otherPrebuilds(): readonly string[] {
  const folder = 'better-sqlite3/prebuilds';
  const own = `${process.platform}-${process.arch}.node`;
  if (!existsSync(join(MODULES, folder, own))) throw new Error(`better-sqlite3 has no ${own}`);
  return namesIn(join(MODULES, folder))
    .filter((name) => name !== own)
    .map((name) => join(folder, name));
}

/** Those that the charts are written in stay. */
function otherFonts(): readonly string[] {
  const folder = 'dejavu-fonts-ttf/ttf';
  return namesIn(join(MODULES, folder))
    .filter((name) => !/^DejaVuSans(-Bold|Condensed)?\.ttf$/.test(name))
    .map((name) => join(folder, name));
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder);
}
