/** What an account is worth by the truth of a simulated world, and which part of it Rotor manages. */

import { type Ticker, valueOf } from '#core/domain/units.ts';
import type { Config } from '#src/config/types.ts';
import type { Exchange } from './exchange.ts';
import type { Market } from './market.ts';
import type { VirtualTime } from './virtual-time.ts';

interface WorldParts {
  readonly exchange: Exchange;
  readonly market: Market;
  readonly time: VirtualTime;
  readonly settings: Pick<Config, 'limits'>;
}

/** In cents, with each share at what it trades at. */
export interface Worth {
  /** The part that is managed, and what of it is cash. */
  readonly equity: number;
  readonly cash: number;
  /** What targets and limits are shares of. */
  readonly sized: number;
  /** All of the account. */
  readonly account: number;
  /** The same with shares that are due, and the part of it that is managed. */
  readonly whole: number;
  readonly managed: number;
}

/** Cash and shares of the truth: less the reserve, and at most what may be managed. */
export function worthOf({ exchange, market, time, settings: { limits } }: WorldParts): Worth {
  const { cash, shares } = exchange.holdings();
  const due = (ticker: Ticker): number => exchange.due.get(ticker) ?? 1;
  const price = (ticker: Ticker): number => market.price(ticker, time.now()).price;
  const values = [...shares].map(([ticker, qty]) => [ticker, valueOf(qty, price(ticker))] as const);
  const held = values.reduce((sum, [, value]) => sum + value, 0);
  const heldWhole = values.reduce((sum, [ticker, value]) => sum + value * due(ticker), 0);
  const sized = (all: number): number => managedOf(all, limits);
  // What is held beyond it is managed until it is sold.
  const isPart = limits.reserve > 0 || limits.maxManaged !== undefined;
  const part = (all: number, own: number): number =>
    isPart ? Math.max(sized(all), Math.min(own, all)) : all;
  const [account, whole] = [cash + held, cash + heldWhole];
  const equity = part(account, held);
  return {
    ...{ equity, account, whole, cash: equity - held },
    ...{ sized: sized(account), managed: part(whole, heldWhole) },
  };
}

/** The part of an account that is managed, in cents: less the reserve, and at most what may be. */
export function managedOf(all: number, { reserve, maxManaged }: Config['limits']): number {
  return Math.max(0, Math.min(all - reserve, maxManaged ?? Number.POSITIVE_INFINITY));
}
