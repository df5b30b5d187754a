/** The thread that parses parquet: see reader.ts for why. */
import { parentPort } from 'node:worker_threads';
import { tableToIPC } from 'apache-arrow';
import { tableOf } from './parquet-table.ts';
import type { Parsed, ToParse } from './reader.ts';

/** Anything that a broken file makes the libraries throw is one kind of failure, hence a value. */
async function parse({ bytes, ticker }: ToParse): Promise<Parsed> {
  try {
    const { table, notes } = await tableOf(bytes, ticker);
    return { kind: 'table', ipc: tableToIPC(table), notes };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'refused', reason: error.message };
    const why = actualFormat(bytes) ?? (error instanceof Error ? error.message : String(error));
    return { kind: 'refused', reason: `is not readable as parquet (${why})` };
  }
}

/** The actual format of bytes that are not parquet, and the remedy; undefined where it is unknown. */
function actualFormat(bytes: ArrayBuffer): string | undefined {
  const head = Buffer.from(bytes, 0, Math.min(64, bytes.byteLength));
  const text = head.toString('utf8').replace(/^\uFEFF/, '');
  if (head.length === 0) return 'it is empty';
  if (text.startsWith('ARROW1')) return 'it is Arrow: pandas.read_feather reads it';
  if (head[0] === 0x1f && head[1] === 0x8b) return 'it is packed by gzip: unpack it';
  return /^[\t\r\n\x20-\x7e]+$/.test(text) ? 'it is text: pandas.read_csv reads it' : undefined;
}

parentPort?.on('message', async (toParse: ToParse) => {
  const parsed = await parse(toParse);
  parentPort?.postMessage(
    parsed,
    parsed.kind === 'table' ? [parsed.ipc.buffer as ArrayBuffer] : [],
  );
});
parentPort?.postMessage('ready');
