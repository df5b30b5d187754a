import { statSync } from 'node:fs';
import { TradingError } from '../errors.ts';

/**
 * Watches that the file at a path stays the same one. An open database continues to be written after its
 * file was removed or replaced, and that data is lost at the end.
 * @returns a check. @throws TradingError `halt` from the check when there is another file, or none.
 */
export function watchFile(file: string): () => void {
  const opened = identityOf(file);
  return () => {
    const found = identityOf(file);
    if (found === opened) return;
    const what = found === undefined ? 'it was removed' : 'another one was put in its place';
    throw new TradingError(
      `journal: ${file} is not the file any more that this Rotor writes: ${what}`,
      'halt',
    );
  };
}

function identityOf(file: string): string | undefined {
  const stats = statSync(file, { throwIfNoEntry: false, bigint: true });
  return stats && `${stats.dev} ${stats.ino}`;
}
