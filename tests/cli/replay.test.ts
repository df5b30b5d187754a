/** `rotor replay` on the journal of a desk, beside what its decisions read. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '#core/store/database.ts';
import { fileHighWater } from '#core/store/high-water.ts';
import { createInputStore, inputFolder } from '#core/store/input-store.ts';
import { journalFiles } from '#core/store/journal-files.ts';
import { MODELS } from '#models/list.ts';
import { decidingDigest } from '#ops/build-info.ts';
import { rotor } from '#tests/support/cli.ts';
import { running } from '#tests/support/world.ts';

describe('rotor replay', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rotor-replay-'));

  beforeAll(async () => {
    const files = journalFiles(folder);
    const database = openDatabase(files.database);
    const inputs = { store: createInputStore(inputFolder(folder)), code: decidingDigest() };
    await running({ models: MODELS, database, highWater: fileHighWater(files.mark), inputs });
    database.close();
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reproduces the decisions, and accepts dates', async () => {
    const all = await rotor(['replay', '--state', folder]);
    expect([all.exit, all.out]).toEqual([0, '1 of 1 decisions repeat exactly']);
    const later = await rotor(['replay', '--state', folder, '--from', '2024-08-01', '--json']);
    expect(JSON.parse(later.out)).toMatchObject({ of: 0, equal: 0, decisions: [] });
  });

  it('exits with 1 and names the input when it is gone', async () => {
    for (const file of readdirSync(inputFolder(folder))) rmSync(join(inputFolder(folder), file));
    const { exit, out } = await rotor(['replay', '--state', folder]);
    expect(exit).toBe(1);
    expect(out).toMatch(/^initial-\S+ \(2024-06-28\): bars: what was kept as \w+ is gone/);
    expect(out).toContain('0 of 1 decisions repeat exactly');
  });

  it('finds nothing if there is no journal', async () => {
    const { exit, out } = await rotor(['replay', '--state', join(folder, 'none')]);
    expect([exit, out]).toEqual([0, '0 of 0 decisions repeat exactly']);
  });
});
