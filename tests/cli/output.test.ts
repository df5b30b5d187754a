import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROTOR = join(import.meta.dirname, '../../bin/rotor.mjs');

describe('the output of a command', () => {
  it.skipIf(!existsSync('/dev/full'))('that a full disk does not take is a failure', () => {
    const full = openSync('/dev/full', 'w');
    const { status, stderr } = spawnSync(process.execPath, [ROTOR, '--help'], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect([status, stderr]).toEqual([1, 'rotor: the output could not be written (ENOSPC)\n']);
  });

  it('may lose its reader, who has read enough', async () => {
    const command = spawn(process.execPath, [ROTOR, '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    command.stdout.destroy();
    const said: string[] = [];
    command.stderr.on('data', (text) => said.push(String(text)));
    const [code] = await new Promise<[number | null]>((done) => {
      command.on('close', (...ended) => done([ended[0]]));
    });
    expect([code, said]).toEqual([0, []]);
  });
});
