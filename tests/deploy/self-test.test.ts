import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const COPIED = ['package.json', 'src', 'scripts/self-test.ts', 'scripts/self-test.json'];

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-self-'));
  for (const path of COPIED) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
  for (const path of ['node_modules', 'data']) symlinkSync(join(ROOT, path), join(folder, path));
});
afterEach(() => rmSync(folder, { recursive: true }));

function change(file: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(folder, file), 'utf8');
  const changed = text.replace(from, to);
  expect(changed).not.toBe(text);
  writeFileSync(join(folder, file), changed);
}

function selfTest() {
  const args = ['scripts/self-test.ts', join(folder, 'report.json')];
  return spawnSync(process.execPath, args, { cwd: folder, env: {}, encoding: 'utf8' });
}

describe('the self-test of the image', () => {
  it('reports three models when its files decide as the record says', () => {
    expect(selfTest().status).toBe(0);
    const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'));
    expect(report.models).toHaveLength(3);
  });

  it.each([
    ['one model less', 'src/models/list.ts', /^ {2}sectorRotationBearV1,\n/m, ''],
    ['another lookback', 'src/models/sector-rotation-v1.ts', 'lookback: 126', 'lookback: 125'],
    ['an order more in the record', 'scripts/self-test.json', /"qty": "\d/, '"qty": "9'],
    ['no font', 'src/bot/charts/render.ts', '-ttf/ttf/', '-ttf/none/'],
    ['a module that is not there', 'src/main.ts', "'#ops/lifecycle.ts'", "'#ops/lives.ts'"],
  ] as const)('is red with %s, and reports nothing', (_, file, from, to) => {
    change(file, from, to);
    expect(selfTest().status).not.toBe(0);
    expect(() => readFileSync(join(folder, 'report.json'))).toThrow('ENOENT');
  });
});
