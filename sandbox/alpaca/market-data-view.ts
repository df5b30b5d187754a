/** The market as the data API tells of it: adjusted, or wrong in the ways that were asked for. */
import type { Bar } from '#core/domain/bar.ts';
import { sessionOn } from '#core/domain/calendar.ts';
import { newYorkDate } from '#core/domain/new-york.ts';
import { cents, type EpochMs, epochMs, type SessionDate, type Ticker } from '#core/domain/units.ts';
import type { DataFaults } from './data-faults.ts';
import type { Market } from './market.ts';

/** Prices as the data API gives them out. */
export interface MarketDataView extends Pick<Market, 'bars' | 'quote'> {
  /** The bar of its session as far as it has come, as that feed tells of it; sip unless given. */
  barSoFar(ticker: Ticker, index: number, now: EpochMs, feed?: 'sip' | 'iex'): Bar | undefined;
}

/** The market through its data faults. */
export function createMarketDataView(market: Market, faults: DataFaults): MarketDataView {
  /** What a price of that day is multiplied with, as it is told now. */
  function factor(ticker: Ticker, date: SessionDate, now: EpochMs): number {
    const today = newYorkDate(now);
    const isRaw = faults.see('raw') !== undefined;
    return faults
      .adjustments()
      .filter((each) => each.ticker === ticker && each.ex <= today && (!isRaw || date >= each.ex))
      .reduce((product, each) => product * each.factor, 1);
  }

  function halfOf(ticker: Ticker, index: number): Bar | undefined {
    const date = market.bars().get(ticker)?.dates[index];
    const session = date && sessionOn(date);
    const half = session && epochMs((session.open + session.close) / 2);
    return half && market.barSoFar(ticker, index, half);
  }

  return {
    bars: market.bars,
    barSoFar(ticker, index, now, feed = 'sip') {
      const bar = market.barSoFar(ticker, index, now);
      if (!bar) return undefined;
      const isHalf = faults
        .all('unfinished')
        .some((fault) => fault.date === bar.date && (feed === 'sip' || fault.everywhere));
      const told = isHalf ? halfOf(ticker, index) : bar;
      return told && scaled(told, factor(ticker, bar.date, now));
    },
    quote(ticker, now) {
      const quote = market.quote(ticker, now);
      const by = quote && factor(ticker, newYorkDate(now), now);
      if (!quote || by === 1) return quote;
      const times = (price: number): ReturnType<typeof cents> =>
        cents(Math.max(1, Math.round(price * (by ?? 1))));
      return { ...quote, last: times(quote.last), bid: times(quote.bid), ask: times(quote.ask) };
    },
  };
}

function scaled(bar: Bar, by: number): Bar {
  if (by === 1) return bar;
  const { open, high, low, close } = bar;
  return { ...bar, open: open * by, high: high * by, low: low * by, close: close * by };
}
