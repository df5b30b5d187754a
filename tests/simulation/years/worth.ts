/** What an account is worth by the truth of a simulated world. */
import { type Cents, type Ticker, valueOf } from '#core/domain/units.ts';
import type { Exchange } from './exchange.ts';
import type { Market } from './market.ts';
import type { VirtualTime } from './virtual-time.ts';

interface WorldParts {
  readonly exchange: Exchange;
  readonly market: Market;
  readonly time: VirtualTime;
}

/** Cash and shares of the truth, at what each share trades at, in cents; `whole` with shares that are due. */
export function worthOf({ exchange, market, time }: WorldParts): {
  readonly equity: number;
  readonly whole: number;
  readonly cash: Cents;
} {
  const { cash, shares } = exchange.holdings();
  const due = (ticker: Ticker): number => exchange.due.get(ticker) ?? 1;
  const price = (ticker: Ticker): number => market.price(ticker, time.now()).price;
  const values = [...shares].map(([ticker, qty]) => [ticker, valueOf(qty, price(ticker))] as const);
  const held = values.reduce((sum, [, value]) => sum + value, 0);
  const whole = values.reduce((sum, [ticker, value]) => sum + value * due(ticker), 0);
  return { cash, equity: cash + held, whole: cash + whole };
}
