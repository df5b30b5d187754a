import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { barAt } from '#core/domain/bar.ts';
import { sessionDate } from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import { readFolder } from '#core/market/files/folder.ts';
import { nyTime, openDesk, order } from './brokerage.ts';

const FOLDER = new URL('../../../../shared/bars/equities', import.meta.url).pathname;

describe('real bars', () => {
  it.skipIf(!existsSync(FOLDER))(
    'are traded and given back bit for bit (needs ../shared)',
    async () => {
      const tickers = instruments(UNIVERSE).map(({ ticker }) => ticker);
      const latest = sessionDate('2025-12-31');
      const { bars } = await readFolder({ folders: [FOLDER], tickers, latest });
      const desk = await openDesk({ bars, start: nyTime('2025-11-20', 10) });
      for (const symbol of tickers)
        await desk.raw('POST', '/v2/orders', order({ symbol, qty: '3' }));
      desk.time.advance(60_000);
      const { body: held } = await desk.raw('GET', '/v2/positions');
      expect(held.map((each: { symbol: string }) => each.symbol)).toEqual([...tickers].sort());
      const path = `/v2/stocks/bars?timeframe=1Day&symbols=${tickers.join(',')}&limit=10000`;
      const { body } = await desk.raw('GET', `${path}&start=2025-11-01&end=2025-11-19`);
      for (const [ticker, history] of bars) {
        const given = body.bars[ticker].map((each: { c: number }) => each.c);
        const first = history.dates.findIndex((date) => date >= '2025-11-01');
        expect(given).toEqual(
          given.map((_: number, n: number) => barAt(history, first + n)?.close),
        );
        expect(given).toHaveLength(13);
      }
      await desk.broker.close();
    },
  );
});
