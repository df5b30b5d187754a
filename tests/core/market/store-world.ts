/** A store of bars over a source that a test fills, and what both said. */

import { join } from 'node:path';
import type { Bar } from '#core/domain/bar.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { peers, UNIVERSE } from '#core/domain/universe.ts';
import { TradingError } from '#core/errors.ts';
import { type BarStoreParts, createBarStore } from '#core/market/bar-store.ts';
import type { BarFetcher } from '#core/market/source/bar-fetcher.ts';
import type { Clock, Log } from '#core/ports.ts';
import { emptyFolder, XLK } from './histories.ts';
import { readBars } from './read-bars.ts';

/** A source that holds bars, and remembers what it was asked. */
export function createSource() {
  const held = new Map<Ticker, readonly Bar[]>();
  const asked: string[] = [];
  const source = {
    asked,
    outage: undefined as string | undefined,
    holds(symbol: Ticker, rows: readonly Bar[]) {
      held.set(symbol, rows);
    },
    fetcher: {
      async fetch(tickers: readonly Ticker[], from: SessionDate, through: SessionDate) {
        asked.push(`${tickers.join(' ')} ${from} ${through}`);
        if (source.outage) throw new TradingError(source.outage, 'retry');
        const inside = ({ date }: Bar): boolean => date >= from && date <= through;
        const found = tickers.map(
          (symbol) => [symbol, (held.get(symbol) ?? []).filter(inside)] as const,
        );
        return new Map(found.filter(([, rows]) => rows.length > 0));
      },
    } satisfies BarFetcher,
  };
  return source;
}

export async function createWorld(tickers: readonly Ticker[] = [XLK]) {
  const folder = join(await emptyFolder(), 'bars');
  const source = createSource();
  const lines: string[] = [];
  const say = (text: string): void => void lines.push(text);
  const log: Log = { info: say, warn: say, error: say };
  const start = (clock?: Clock, more: Partial<BarStoreParts> = {}) =>
    createBarStore({
      peers: peers(UNIVERSE),
      folder,
      fetcher: source.fetcher,
      tickers,
      name: 'test source',
      log,
      ...(clock && { clock }),
      ...more,
    });
  const stored = (symbol = XLK) => readBars(join(folder, `${symbol}_1D.parquet`), symbol);
  return { folder, source, lines, start, stored };
}
