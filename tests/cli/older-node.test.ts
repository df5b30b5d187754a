import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROTOR = join(import.meta.dirname, '../../bin/rotor.mjs');

/** Runs a command on a Node that, like an older one, reads no TypeScript. */
function onOlderNode(...args: readonly string[]): SpawnSyncReturns<string> {
  const command = ['--no-experimental-strip-types', ROTOR, ...args];
  return spawnSync(process.execPath, command, { encoding: 'utf8' });
}

describe('bin/rotor.mjs on an older Node', () => {
  it('runs on the Node that npm installed, with the same output and exit code', () => {
    const help = onOlderNode('--help');
    expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('npm run -s rotor')]);
    const wrong = onOlderNode('decide', '--nonsense');
    expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining("'--nonsense'")]);
  });
});
