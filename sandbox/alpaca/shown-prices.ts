/** Latest trades and quotes as changed by the levers: outdated, one-sided, crossed or missing. */
import { type Cents, cents, type EpochMs, epochMs, type Ticker } from '#core/domain/units.ts';
import { type LeverSettings, leverOf } from './levers.ts';
import type { Quote } from './market.ts';
import type { MarketDataView } from './market-data-view.ts';

const MINUTE_MS = 60_000;

/** The trade of that many minutes ago, at its price then; undefined for none. */
export function shownTrade(
  ticker: Ticker,
  quote: Quote,
  market: MarketDataView,
  { trades }: LeverSettings,
  now: EpochMs,
): Quote | undefined {
  const lever = leverOf(trades, ticker);
  if (lever?.none) return undefined;
  return aged(ticker, quote, market, lever?.ageMinutes, now);
}

/** A missing side is 0. */
export function shownQuote(
  ticker: Ticker,
  quote: Quote,
  market: MarketDataView,
  { quotes }: LeverSettings,
  now: EpochMs,
): Quote | undefined {
  const lever = leverOf(quotes, ticker);
  if (!lever) return quote;
  const old = lever.none ? undefined : aged(ticker, quote, market, lever.ageMinutes, now);
  if (!old) return undefined;
  const half =
    lever.spreadBps === undefined ? (old.ask - old.bid) / 2 : (old.last * lever.spreadBps) / 20_000;
  const away = lever.crossed ? -Math.max(1, half) : half;
  const side = (name: 'bid' | 'ask', price: number): Cents =>
    cents(lever.only === undefined || lever.only === name ? Math.max(1, Math.round(price)) : 0);
  return { ...old, bid: side('bid', old.last - away), ask: side('ask', old.last + away) };
}

function aged(
  ticker: Ticker,
  quote: Quote,
  market: MarketDataView,
  ageMinutes: number | undefined,
  now: EpochMs,
): Quote | undefined {
  if (ageMinutes === undefined) return quote;
  return market.quote(ticker, epochMs(now - ageMinutes * MINUTE_MS));
}
