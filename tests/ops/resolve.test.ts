import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const MODULE = ['--experimental-import-meta-resolve', '--input-type=module', '--eval'];

/** Runs the script in a process of its own, after src/ops/resolve.ts or without it. */
function said(script: string, isQuick: boolean): string {
  const quick = isQuick ? ['--import', './src/ops/resolve.ts'] : [];
  const { stdout, stderr } = spawnSync(process.execPath, [...quick, ...MODULE, script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  return stdout;
}

it('finds for every import of a module of Rotor the file that Node finds', () => {
  const files = globSync('{src,sandbox}/**/*.ts', { cwd: ROOT });
  const script = `
    import { readFileSync } from 'node:fs';
    import { pathToFileURL } from 'node:url';
    for (const file of ${JSON.stringify(files)}) {
      const text = readFileSync(file, 'utf8');
      for (const [, name] of text.matchAll(/from '([^']*\\.ts)'/g)) {
        const found = import.meta.resolve(name, pathToFileURL(file).href);
        console.log(file, name, found);
      }
    }`;
  const quick = said(script, true);
  expect(quick.split('\n').length).toBeGreaterThan(files.length);
  expect(quick).toBe(said(script, false));
});

/** Prints which languages of zod are loaded after `before` has run. */
const languages = (before: string): string => `
  import { registerHooks } from 'node:module';
  const loaded = [];
  registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) });
  ${before}
  const { z } = await import('zod');
  console.log(z.string().safeParse(1).error.issues[0].message);
  console.log(loaded.filter((url) => url.includes('/locales/')).map((url) => url.split('/').pop()));`;

const plainly = (library: string): string =>
  `const { loadPlainly } = await import('./src/ops/resolve.ts');
  await loadPlainly(() => import('${library}'));`;

const ENGLISH = "Invalid input: expected string, received number\n[ 'en.js' ]\n";

it('loads zod in no language but English, and leaves other packages as they are', () => {
  expect(said(languages(''), true)).toBe(ENGLISH);
});

it('leaves a library as it is that is loaded plainly, and no other', () => {
  expect(said(languages(plainly('zod')), true)).toContain("'fr.js'");
  expect(said(languages(plainly('pino')), true)).toBe(ENGLISH);
});
