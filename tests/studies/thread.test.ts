import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { COMPILE_CACHE } from '#tests/support/process.ts';

const THREAD = join(import.meta.dirname, '../../src/studies/study-worker.ts');

/** Prints the packages that a program loads. */
const REPORTER = `data:text/javascript,import { registerHooks } from 'node:module';
  const seen = new Set();
  registerHooks({ load(url, context, next) {
    seen.add(/.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1]);
    return next(url, context);
  } });
  process.on('exit', () => console.log([...seen].filter(Boolean).join()));`;

it('The thread of studies loads no library that only the journal needs, as each takes memory', () => {
  const { stdout } = spawnSync(process.execPath, ['--import', REPORTER, THREAD], {
    env: { ...process.env, ...COMPILE_CACHE },
    encoding: 'utf8',
  });
  expect(stdout).toBe('jstat\n');
});
