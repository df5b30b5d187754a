/** The days that simulated markets are drawn from. */
import type { Bars } from '#core/domain/bar.ts';
import { sessionDate } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { readFolder } from '#core/market/files/folder.ts';

const LATEST = sessionDate('2045-12-29');
/** On a busy machine reading a file may exceed its deadline. */
const TRIES = 5;

/**
 * The bars of a folder, the sample unless given.
 * @throws Error without the bars of every ticker: the same seed would give another year.
 */
export async function realBars(folder = 'data/sample'): Promise<Bars> {
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  let reasons: readonly string[] = [];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const { bars, refused } = await readFolder({ folders: [folder], tickers, latest: LATEST });
    if (tickers.every((ticker) => bars.has(ticker))) return bars;
    reasons = [...refused.values()];
  }
  throw new Error(`${folder}: not every ticker could be read: ${reasons.join('; ')}`);
}
