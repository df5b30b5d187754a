import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { imageLimits } from '../scripts/image/limits.ts';

const SRC = join(import.meta.dirname, '../src');
const { flags: START } = imageLimits();
const cache = mkdtempSync(join(tmpdir(), 'rotor-warm-up-'));

/** Prints whether Node loaded its type stripper by the end of the process. */
const REPORTER = `data:text/javascript,process.on('exit', () => console.log(
  'stripped', process.moduleLoadList.some((name) => name.includes('amaro'))))`;

function run(program: string, env: Record<string, string> = {}, ...flags: readonly string[]) {
  return spawnSync(process.execPath, [...flags, join(SRC, program)], {
    env: { NODE_COMPILE_CACHE: cache, ...env },
    encoding: 'utf8',
  });
}

beforeAll(() => {
  const { status, stderr } = run('warm-up.ts', {}, ...START);
  expect(stderr).toBe('');
  expect(status).toBe(0);
});

afterAll(() => rmSync(cache, { recursive: true }));

it.each([
  ['main.ts', { DISCORD_TOKEN: 'none' }, START],
  ['ops/healthcheck.ts', { HEALTH_PORT: '1' }, []],
] as const)('leaves nothing to strip to %s', (program, env, flags) => {
  expect(run(program, env, ...flags, '--import', REPORTER).stdout).toMatch(/stripped false\n$/);
});

it('is run by a deploy with the flags of the start, as compiled code is kept for these alone', () => {
  const script = readFileSync(join(SRC, '../scripts/deploy/remote.sh'), 'utf8');
  const [, words = ''] = /^WARM_UP=\((.*?)\)/ms.exec(script) ?? [];
  expect(words.split(/\s+/)).toEqual([...START, 'src/warm-up.ts']);
});

it('loads every module that the desk loads later, and the threads', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(
    (path) => path.endsWith('.ts') && !path.startsWith('cli') && path !== 'warm-up.ts',
  );
  const later = files.flatMap((path) => {
    const text = readFileSync(join(SRC, path), 'utf8');
    return [...text.matchAll(/import\('([^']*\.ts)'\)/g)].map(([, named = '']) => basename(named));
  });
  const threads = files.filter((path) => path.endsWith('-worker.ts')).map((path) => basename(path));
  const text = readFileSync(join(SRC, 'warm-up.ts'), 'utf8');
  const missing = [...later, ...threads].filter((name) => !text.includes(`/${name}'`));
  // main.ts runs on to both.
  expect(missing).toEqual(['crash-loop.ts', 'app.ts']);
});
