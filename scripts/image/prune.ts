/** Deletes files of node_modules that a running Rotor never opens. Run where package.json is. */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';

const MODULES = 'node_modules';

/** The image has its own Node, and no command is started by name. */
const WHOLE = [
  ...namesIn(MODULES).filter((name) => /^node-(bin-)?(linux|darwin|win)/.test(name)),
  'undici-types',
  'better-sqlite3/deps',
  'better-sqlite3/src',
  'lodash/fp',
  'node-addon-api',
  'dejavu-fonts-ttf/status.txt',
  'chart.js/dist/chart.umd.js',
  ...['index.js', 'rest.js', 'rest.mjs', 'testing.js', 'testing.mjs'].map(
    (name) => `@alpacahq/alpaca-trade-api/dist/${name}`,
  ),
  ...otherPrebuilds(),
  ...otherFonts(),
];

/** Node runs no TypeScript in node_modules, so this is for compilers; maps are for debuggers. */
const NEVER_OPENED =
  /\.(ts|mts|cts|map|md|markdown|html|css|h|gyp|gypi|tsbuildinfo)$|\.min\.js$|^\.(npmignore|prettierignore|gitkeep)$/;

/** Packages with both CommonJS and ES modules, of which Rotor loads one: the files of the other. */
const OTHER_KIND: Readonly<Record<string, RegExp>> = {
  'apache-arrow': /\.js$/,
  'chart.js': /\.cjs$/,
  zod: /\.cjs$/,
};

/** At any depth; the image's self-test would notice a missing module. */
const FOLDERS = ['@types', '.bin', '.github', 'test', 'tests', 'docs', 'examples', 'benchmarks'];

for (const path of WHOLE) rmSync(join(MODULES, path), { recursive: true, force: true });
for (const name of readdirSync(MODULES, { recursive: true, encoding: 'utf8' })) {
  if (FOLDERS.includes(basename(name)))
    rmSync(join(MODULES, name), { recursive: true, force: true });
}
for (const entry of readdirSync(MODULES, { recursive: true, withFileTypes: true })) {
  if (entry.isFile() && NEVER_OPENED.test(entry.name)) rmSync(join(entry.parentPath, entry.name));
}
for (const [name, ofOtherKind] of Object.entries(OTHER_KIND)) removeFiles(name, ofOtherKind);

/** Files of the package itself, not of packages nested in it. */
function removeFiles(name: string, which: RegExp): void {
  const folder = join(MODULES, name);
  for (const path of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (which.test(path) && !path.includes(MODULES)) rmSync(join(folder, path));
  }
}

function otherPrebuilds(): readonly string[] {
  const folder = 'better-sqlite3/prebuilds';
  const own = `${process.platform}-${process.arch}.node`;
  if (!existsSync(join(MODULES, folder, own))) throw new Error(`better-sqlite3 has no ${own}`);
  return namesIn(join(MODULES, folder))
    .filter((name) => name !== own)
    .map((name) => join(folder, name));
}

/** Keeps the fonts used in charts. */
function otherFonts(): readonly string[] {
  const folder = 'dejavu-fonts-ttf/ttf';
  return namesIn(join(MODULES, folder))
    .filter((name) => !/^DejaVuSans(-Bold|Condensed)?\.ttf$/.test(name))
    .map((name) => join(folder, name));
}

function namesIn(folder: string): readonly string[] {
  return readdirSync(folder);
}
