/** The thread in which parquet is parsed: see reader.ts for why. */
import { parentPort } from 'node:worker_threads';
import { tableToIPC } from 'apache-arrow';
import { tableOf } from './parquet-table.ts';
import type { Parsed, ToParse } from './reader.ts';

/** Whatever a broken file makes the libraries throw is one kind of trouble, hence a value. */
async function parse({ bytes, ticker }: ToParse): Promise<Parsed> {
  try {
    const { table, notes } = await tableOf(bytes, ticker);
    return { kind: 'table', ipc: tableToIPC(table), notes };
  } catch (error) {
    if (error instanceof RangeError) return { kind: 'refused', reason: error.message };
    const why = error instanceof Error ? error.message : String(error);
    return { kind: 'refused', reason: `is not readable as parquet (${why})` };
  }
}

parentPort?.on('message', async (toParse: ToParse) => {
  const parsed = await parse(toParse);
  parentPort?.postMessage(
    parsed,
    parsed.kind === 'table' ? [parsed.ipc.buffer as ArrayBuffer] : [],
  );
});
parentPort?.postMessage('ready');
