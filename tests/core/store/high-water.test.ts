import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fileHighWater } from '#core/store/high-water.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rotor-mark-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const mark = () => fileHighWater(join(folder, 'journal.head'));

describe('the mark of the last entry', () => {
  it('is what was written last, in one file', () => {
    mark().write({ seq: 3, hash: 'abc' });
    mark().write({ seq: 4, hash: 'abd' });
    expect(mark().read()).toEqual({ seq: 4, hash: 'abd' });
    expect(mark().fault(4)).toBeUndefined();
    expect(readdirSync(folder)).toEqual(['journal.head']);
  });

  it('may be missing only before the first entry', () => {
    expect([mark().read(), mark().fault(0)]).toEqual([undefined, undefined]);
    expect(mark().fault(3)).toMatch(/is missing, so nobody can tell whether the 3 entries/);
  });

  it('that holds something else is a fault, also of an empty journal', () => {
    for (const text of ['', '{"seq":-1,"hash":"a"}', '[3]']) {
      writeFileSync(join(folder, 'journal.head'), text);
      expect([mark().read(), mark().fault(0)]).toEqual([
        undefined,
        expect.stringContaining('holds something else'),
      ]);
    }
  });

  it('that cannot be read is a fault with the code of the system', () => {
    mkdirSync(join(folder, 'journal.head'));
    expect(mark().fault(0)).toContain('cannot be read (EISDIR)');
  });
});
