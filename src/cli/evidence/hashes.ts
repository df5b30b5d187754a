/** Short hashes of everything that a result depends on: results with equal hashes are equal to the byte. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bars } from '#core/domain/bar.ts';

const LENGTH = 12;

/** Folders whose code decides and measures. */
const ROOMS = [
  'core/domain',
  'core/rules',
  'core/decide',
  'core/backtest',
  'core/evidence',
  'models',
];

/** Hash of every number in the bars. */
export function hashOfBars(bars: Bars): string {
  const hash = createHash('sha256');
  for (const [ticker, history] of [...bars].sort(([left], [right]) => (left < right ? -1 : 1))) {
    hash.update(`${ticker} ${history.dates.join()}`);
    for (const column of ['open', 'high', 'low', 'close', 'volume'] as const) {
      hash.update(new Uint8Array(history[column].slice().buffer));
    }
  }
  return hash.digest('hex').slice(0, LENGTH);
}

/** Hash of the code that decides and measures. */
export function hashOfCode(): string {
  const source = join(import.meta.dirname, '../..');
  const hash = createHash('sha256');
  for (const room of ROOMS) {
    const files = readdirSync(join(source, room), { recursive: true, encoding: 'utf8' });
    for (const file of files.filter((name) => name.endsWith('.ts')).sort()) {
      hash.update(`${room}/${file}\n`).update(readFileSync(join(source, room, file)));
    }
  }
  return hash.digest('hex').slice(0, LENGTH);
}

/** Hash of settings. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, LENGTH);
}
