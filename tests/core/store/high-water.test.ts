import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fileHighWater } from '#core/store/high-water.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** An empty folder. */
function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-mark-'));
  folders.push(folder);
  return folder;
}

const markIn = (folder: string) => fileHighWater(join(folder, 'journal.head'));

describe('the mark of the last entry', () => {
  it('is what was written last, in one file', () => {
    const folder = freshFolder();
    const mark = markIn(folder);
    mark.write({ seq: 3, hash: 'abc' });
    mark.write({ seq: 4, hash: 'abd' });
    expect(markIn(folder).read()).toEqual({ seq: 4, hash: 'abd' });
    expect(mark.fault(4)).toBeUndefined();
    expect(statSync(join(folder, 'journal.head')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['journal.head']);
  });

  it('may be missing only before the first entry', () => {
    const mark = markIn(freshFolder());
    expect([mark.read(), mark.fault(0)]).toEqual([undefined, undefined]);
    expect(mark.fault(3)).toMatch(/is missing, so nobody can tell whether the 3 entries/);
  });

  it('that holds something else is a fault, also of an empty journal', () => {
    const folder = freshFolder();
    for (const text of ['', '{"seq":-1,"hash":"a"}', '[3]']) {
      writeFileSync(join(folder, 'journal.head'), text);
      expect([markIn(folder).read(), markIn(folder).fault(0)]).toEqual([
        undefined,
        expect.stringContaining('holds something else'),
      ]);
    }
  });

  it('that cannot be read is a fault with the code of the system', () => {
    const folder = freshFolder();
    mkdirSync(join(folder, 'journal.head'));
    expect(markIn(folder).fault(0)).toContain('cannot be read (EISDIR)');
  });
});
