import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { parquetBytes } from '#core/market/files/parquet.ts';
import { type BarReader, createBarReader, type TableReading } from '#core/market/files/reader.ts';
import { historyOf } from '#core/market/files/table-history.ts';
import { bars, emptyFolder, history, XLK } from '../histories.ts';

const SOUND = history(bars('2024-01-02', '2024-03-15'));

const made: BarReader[] = [];
afterEach(async () => {
  for (const reader of made.splice(0)) await reader.close();
});

function readerWith(parts: Parameters<typeof createBarReader>[0] = {}): BarReader {
  const reader = createBarReader(parts);
  made.push(reader);
  return reader;
}

/** A thread that hangs, dies or answers, as the first byte of a file tells it. */
async function oddThread(): Promise<string> {
  const script = join(await emptyFolder(), 'thread.mjs');
  await writeFile(
    script,
    `import { parentPort, threadId } from 'node:worker_threads';
     parentPort.on('message', ({ bytes }) => {
       const [wish] = new Uint8Array(bytes);
       if (wish === 1) for (;;) ;
       if (wish === 2) process.exit(3);
       if (wish === 3) throw new Error('broke');
       parentPort.postMessage({ kind: 'refused', reason: 'thread ' + threadId });
     });
     parentPort.postMessage('ready');`,
  );
  return script;
}

const reasonOf = (reading: TableReading): string =>
  reading.kind === 'table' ? 'a table' : `${reading.kind}: ${reading.reason}`;

describe('the parser thread', () => {
  it('returns the rows, and leaves the bytes as they were', async () => {
    const bytes = await parquetBytes(SOUND);
    const before = Uint8Array.from(bytes);
    const reading = await readerWith().parse(bytes);
    if (reading.kind !== 'table') throw new Error(reading.reason);
    expect(historyOf(reading.table, XLK)).toEqual(SOUND);
    expect(Uint8Array.from(bytes)).toEqual(before);
  });

  it('parses many files one after the other in one thread', async () => {
    const reader = readerWith({ script: await oddThread() });
    const files = [0, 0, 0].map((wish) => reader.parse(Uint8Array.of(wish)));
    const [first, ...others] = (await Promise.all(files)).map(reasonOf);
    expect(others).toEqual([first, first]);
  });

  it('is stopped when a file exceeds the deadline, and the next file gets another', async () => {
    const reader = readerWith({ script: await oddThread(), deadlineMs: 100 });
    const before = reasonOf(await reader.parse(Uint8Array.of(0)));
    const [hung, after] = await Promise.all([
      reader.parse(Uint8Array.of(1)),
      reader.parse(Uint8Array.of(0)),
    ]);
    expect(hung).toEqual({ kind: 'late', reason: 'was not parsed within 0.1 s' });
    expect(reasonOf(after)).toMatch(/^refused: thread \d+$/);
    expect(reasonOf(after)).not.toBe(before);
  });

  it.each([
    [2, 'refused: ended the parser (code 3)'],
    [3, 'refused: ended the parser (broke)'],
  ])('that dies on a file (%i) leads to the rejection of only that file', async (wish, reason) => {
    const reader = readerWith({ script: await oddThread() });
    expect(reasonOf(await reader.parse(Uint8Array.of(wish)))).toBe(reason);
    expect(reasonOf(await reader.parse(Uint8Array.of(0)))).toMatch(/^refused: thread \d+$/);
  });

  it('that cannot start is not blamed on the file, and is retried', async () => {
    const folder = await emptyFolder();
    const reader = readerWith({ script: join(folder, 'later.mjs') });
    expect((await reader.parse(Uint8Array.of(0))).kind).toBe('late');
    await writeFile(
      join(folder, 'later.mjs'),
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', () => parentPort.postMessage({ kind: 'refused', reason: 'no' }));
       parentPort.postMessage('ready');`,
    );
    expect(reasonOf(await reader.parse(Uint8Array.of(0)))).toBe('refused: no');
  });

  it('does not keep the process alive, nor lets it end before its answer', async () => {
    const folder = await emptyFolder();
    await writeFile(join(folder, 'XLK_1D.parquet'), await parquetBytes(SOUND));
    const main = `
      import { readFile } from 'node:fs/promises';
      import { createBarReader } from '#core/market/files/reader.ts';
      const bytes = await readFile(${JSON.stringify(join(folder, 'XLK_1D.parquet'))});
      const { table } = await createBarReader().parse(bytes, 'XLK');
      console.log(table.day.length);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', main], {
      cwd: join(import.meta.dirname, '../../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const said = child.stdout.setEncoding('utf8').toArray();
    const [code] = await once(child, 'close');
    expect([(await said).join('').trim(), code]).toEqual([String(SOUND.dates.length), 0]);
  });
});
