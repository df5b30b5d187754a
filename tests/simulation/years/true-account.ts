/** Cash and shares by the arithmetic of a simulated world alone: it shares none with the books of the desk. */
import type { Activity } from '#core/domain/activity.ts';
import type { Fill } from '#core/domain/order.ts';
import { type Cents, cents, type Qty, qty, type Ticker } from '#core/domain/units.ts';

/** What an account holds. */
export interface Holdings {
  readonly cash: Cents;
  /** Tickers without a share are left out. */
  readonly shares: ReadonlyMap<Ticker, Qty>;
}

/** An account that is told of what happens to it. */
export interface TrueAccount {
  filled(fill: Pick<Fill, 'ticker' | 'side' | 'qty' | 'price'>): void;
  moved(activity: Pick<Activity, 'ticker' | 'qty' | 'cash'>): void;
  now(): Holdings;
}

/** Holds nothing but cash. */
export function createTrueAccount(start: Cents): TrueAccount {
  let cash: number = start;
  const shares = new Map<Ticker, Qty>();
  function add(ticker: Ticker, change: number): void {
    const held = (shares.get(ticker) ?? 0) + change;
    if (held === 0) shares.delete(ticker);
    else shares.set(ticker, qty(held));
  }
  return {
    filled({ ticker, side, qty: size, price }) {
      const sign = side === 'buy' ? 1 : -1;
      cash -= sign * Math.round((size / 1_000_000_000) * price * 100);
      add(ticker, sign * size);
    },
    moved(activity) {
      cash += activity.cash;
      if (activity.ticker !== undefined) add(activity.ticker, activity.qty);
    },
    now: () => ({ cash: cents(cash), shares }),
  };
}
