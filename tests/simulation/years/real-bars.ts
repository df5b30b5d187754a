/** The days that simulated markets are drawn from. */
import type { Bars } from '#core/domain/bar.ts';
import { sessionDate } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { readFolder } from '#core/market/files/folder.ts';

const LATEST = sessionDate('2045-12-29');

/** The bars of a folder, the sample unless given. */
export async function realBars(folder = 'data/sample'): Promise<Bars> {
  const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
  return (await readFolder({ folders: [folder], tickers, latest: LATEST })).bars;
}
