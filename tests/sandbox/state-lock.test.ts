import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { lockState } from '#sandbox/state-lock.ts';

it('one sandbox locks a folder; the next can use it once it is released', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-lock-'));
  const first = lockState(folder);
  expect(() => lockState(folder)).toThrow(`the sandbox in ${folder} is in use`);
  first.release();
  const second = lockState(folder);
  expect(() => lockState(folder)).toThrow('is in use');
  second.release();
  rmSync(folder, { recursive: true });
});
