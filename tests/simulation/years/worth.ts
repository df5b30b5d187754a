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

/** Cash and shares of the truth, at what each share trades at, in cents. */
export function worthOf({ exchange, market, time }: WorldParts): {
  readonly equity: number;
  readonly cash: Cents;
} {
  const { cash, lots } = exchange.fake.ledger();
  const price = (ticker: Ticker): number => market.price(ticker, time.now()).price;
  const held = [...lots].reduce((sum, [ticker, { qty }]) => sum + valueOf(qty, price(ticker)), 0);
  return { cash, equity: cash + held };
}
