/** The market as the data API shows it: adjusted or raw, with any faults. */
import type { Bar } from '#core/domain/bar.ts';
import { sessionOn } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { type EpochMs, epochMs, type Ticker } from '#core/domain/units.ts';
import type { DataFaults } from './data-faults.ts';
import { type Market, scaled, scaleOf } from './market.ts';

/** Options of a bar request. */
export interface BarTerms {
  /** sip by default. */
  readonly feed?: 'sip' | 'iex';
  /** As traded; adjusted up to now by default. */
  readonly isRaw?: boolean;
}

/** Prices as returned by the data API. */
export interface MarketDataView extends Pick<Market, 'bars' | 'quote'> {
  /** The bar of its session so far. */
  barSoFar(ticker: Ticker, index: number, now: EpochMs, terms?: BarTerms): Bar | undefined;
}

/** The market with its data faults applied. */
export function createMarketDataView(market: Market, faults: DataFaults): MarketDataView {
  function halfOf(ticker: Ticker, index: number): Bar | undefined {
    const date = market.bars().get(ticker)?.dates[index];
    const session = date && sessionOn(date);
    const half = session && epochMs((session.open + session.close) / 2);
    return half && market.barSoFar(ticker, index, half);
  }

  return {
    bars: market.bars,
    quote: market.quote,
    barSoFar(ticker, index, now, { feed = 'sip', isRaw = false } = {}) {
      const bar = market.barSoFar(ticker, index, now);
      if (!bar) return undefined;
      const isHalf = faults
        .all('unfinished')
        .some((fault) => fault.date === bar.date && (feed === 'sip' || fault.everywhere));
      const told = isHalf ? halfOf(ticker, index) : bar;
      if (isRaw || faults.peek('raw')) return told;
      const today = newYorkDate(now);
      const isSince = (ex: string): boolean => ex > bar.date && ex <= today;
      return told && scaled(told, scaleOf(faults.adjustments(), ticker, isSince));
    },
  };
}
