import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

const FOLDER = resolve(import.meta.dirname, '../../.github/workflows');
const FILES = readdirSync(FOLDER);

describe('the workflows', () => {
  it.each(FILES)('%s pins each action by digest, or by its full version and says so', (file) => {
    const lines = readFileSync(join(FOLDER, file), 'utf8').split('\n');
    const loose = lines.filter((line, at) => {
      if (!line.includes('uses:')) return false;
      const isDigest = /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line);
      const saysSo = /@v\d+\.\d+\.\d+$/.test(line) && lines[at - 1]?.includes('Pinned by version');
      return !isDigest && !saysSo;
    });
    expect(loose).toEqual([]);
  });

  it.each(FILES)('%s may read the contents and nothing else, but where a job says more', (file) => {
    const { permissions } = parse(readFileSync(join(FOLDER, file), 'utf8'));
    expect(permissions).toEqual({ contents: 'read' });
  });
});
