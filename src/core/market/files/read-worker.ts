/** The thread that parses parquet: see reader.ts for why. */
import { parentPort } from 'node:worker_threads';
import { parseTable } from './parquet-table.ts';
import type { ToParse } from './reader.ts';

parentPort?.on('message', async ({ bytes, ticker }: ToParse) => {
  const parsed = await parseTable(bytes, ticker);
  // Columns are handed over, not copied.
  const columns = parsed.kind === 'table' ? Object.values(parsed.table) : [];
  parentPort?.postMessage(
    parsed,
    columns.map(({ buffer }) => buffer as ArrayBuffer),
  );
});
parentPort?.postMessage('ready');
