import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../src/isolated-thread.ts');
const cache = mkdtempSync(join(tmpdir(), 'rotor-thread-'));

afterAll(() => rmSync(cache, { recursive: true }));

it('gives a thread the compile cache of its process, and nothing else of its environment', () => {
  const program = `import { isolatedThread } from ${JSON.stringify(MODULE)};
    console.log(JSON.stringify(isolatedThread({ stackSizeMb: 1 })));`;
  const options = execFileSync(process.execPath, ['--input-type=module', '--eval', program], {
    env: { NODE_COMPILE_CACHE: cache, DISCORD_TOKEN: 'canary' },
    encoding: 'utf8',
  });
  expect(JSON.parse(options)).toEqual({
    env: { NODE_COMPILE_CACHE: cache },
    execArgv: [],
    resourceLimits: { stackSizeMb: 1 },
  });
});
