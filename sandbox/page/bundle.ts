/** The page's script: client and components in one file, built once per version. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLIENT = new URL('./client/', import.meta.url);
const MODULES = new URL('../../node_modules/', import.meta.url);
const COMPONENTS = '@skyra/discord-components-core';

/** The texts that a browser loads. */
export interface Bundle {
  readonly script: string;
  readonly html: string;
  readonly css: string;
}

/** Takes about half a second the first time, then only reads a file. */
export async function loadBundle(cacheDir: string = defaultCacheDir()): Promise<Bundle> {
  const sources = await readSources();
  const file = join(cacheDir, `page-${versionOf(sources)}.js`);
  const script = existsSync(file) ? await readFile(file, 'utf8') : await make(cacheDir, file);
  const part = (name: string): string => sources.get(name) ?? '';
  return { script, html: part('index.html'), css: part('page.css') };
}

/** `node_modules/.cache/rotor`, or the system's folder if Rotor is installed without modules. */
function defaultCacheDir(): string {
  if (!existsSync(MODULES)) return join(tmpdir(), 'rotor-page');
  return new URL('.cache/rotor', MODULES).pathname;
}

async function readSources(): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(CLIENT)).sort();
  const texts = await Promise.all(names.map((name) => readFile(new URL(name, CLIENT), 'utf8')));
  return new Map(names.map((name, index) => [name, texts[index] ?? '']));
}

function versionOf(sources: ReadonlyMap<string, string>): string {
  const require = createRequire(import.meta.url);
  const manifest = join(require.resolve(COMPONENTS), '../../package.json');
  const { version } = require(manifest) as { readonly version: string };
  const hash = createHash('sha256').update(version);
  for (const [name, text] of sources) if (name.endsWith('.ts')) hash.update(name).update(text);
  return hash.digest('hex').slice(0, 16);
}

async function make(cacheDir: string, file: string): Promise<string> {
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [new URL('main.ts', CLIENT).pathname],
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'none',
    write: false,
    logLevel: 'silent',
  });
  const script = result.outputFiles[0]?.text ?? '';
  // If the folder is not writable, the only cost is bundling at every start.
  await keep(cacheDir, file, script).catch(() => undefined);
  return script;
}

async function keep(cacheDir: string, file: string, script: string): Promise<void> {
  await mkdir(cacheDir, { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, script);
  await rename(draft, file);
}
