import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type BarHistory, truncateTo } from '#core/domain/bar.ts';
import { type Ticker, ticker } from '#core/domain/units.ts';
import { instruments, peers, UNIVERSE } from '#core/domain/universe.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { verifyFolder } from '#core/market/files/verify.ts';
import { day } from './histories.ts';

const BARS = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'bars');
const LATEST = day('2025-11-24');
const present = existsSync(BARS);

function read(folder: string, tickers: readonly Ticker[]) {
  return readFolder({ folders: [folder], tickers, latest: LATEST });
}

function row(history: BarHistory | undefined, date: string) {
  const at = history?.dates.indexOf(day(date)) ?? -1;
  return at < 0 ? undefined : history?.close[at];
}

describe('real bars', () => {
  it.skipIf(!present)('are loaded for the whole universe (needs ../shared)', async () => {
    const tickers = instruments(UNIVERSE).map((known) => known.ticker);
    const { bars, refused, repaired } = await read(BARS, tickers);
    expect([...bars.keys()]).toEqual(tickers);
    expect([refused.size, repaired.size]).toEqual([0, 0]);
    expect(bars.get(ticker('SPY'))?.dates.at(-1)).toBe('2025-11-21');
    expect(row(bars.get(ticker('SPY')), '2015-01-02')).toBeCloseTo(171.09, 2);
  });

  it.skipIf(!present)(
    'are all valid, and their anomalies are named (needs ../shared)',
    async () => {
      const { files } = await verifyFolder([join(BARS, 'equities')], LATEST, {
        peers: peers(UNIVERSE),
      });
      expect(files.map(({ verdict }) => verdict)).toEqual(files.map(() => 'ok'));
      const odd = files.filter(({ problems }) => problems.length > 0);
      expect(odd.map(({ ticker: symbol, problems }) => [symbol, ...problems])).toEqual([
        ['SPY', 'ends 2025-11-21, 1 session before the newest (2025-11-24)'],
        ['XLRE', '5 rows with a volume of 0: 2015-10-14, 2015-11-25, 2015-11-27 and 2 more'],
      ]);
    },
  );

  it.skipIf(!present).each(['equities', 'capitalised'])(
    'hold no doubt that refuses a decision, in eleven years of %s (needs ../shared)',
    async (folder) => {
      const { files } = await verifyFolder([join(BARS, folder)], LATEST, {
        peers: peers(UNIVERSE),
      });
      const refusing = files.flatMap(({ findings }) =>
        findings.filter(({ severity }) => severity === 'refuses'),
      );
      expect([files.length > 0, refusing]).toEqual([true, []]);
    },
  );

  it.skipIf(!present)('equal the capitalised files on common days (needs ../shared)', async () => {
    const tickers = ['SPY', 'XLK', 'XLU'].map(ticker);
    const lower = (await read(join(BARS, 'equities'), tickers)).bars;
    const upper = (await read(join(BARS, 'capitalised'), tickers)).bars;
    for (const symbol of tickers) {
      const [a, b] = [lower.get(symbol), upper.get(symbol)].map(
        (history) => history && truncateTo(history, day('2025-11-17')),
      );
      const dates = a?.dates.filter((date) => b?.dates.includes(date)) ?? [];
      expect(dates).toEqual(b?.dates);
      const start = a?.dates.indexOf(dates[0] ?? LATEST);
      for (const column of ['open', 'high', 'low', 'close'] as const) {
        const [left, right] = [a?.[column].subarray(start), b?.[column]];
        const worst = left?.reduce((most, value, at) => {
          return Math.max(most, Math.abs(value / (right?.[at] ?? Number.NaN) - 1));
        }, 0);
        expect(worst).toBeLessThan(1e-6);
      }
    }
  });
});
