/** Creates data/sample: `npm run sample`. Takes another folder for comparison. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBars } from '#core/market/files/parquet.ts';
import { sampleHistories } from './sample/histories.ts';

const folder = process.argv[2] ?? join(import.meta.dirname, '..', 'data', 'sample');
await mkdir(folder, { recursive: true });
for (const history of sampleHistories()) {
  await writeBars(join(folder, `${history.ticker}_1D.parquet`), history);
  process.stdout.write(`${history.ticker}: ${history.dates.length} bars\n`);
}
