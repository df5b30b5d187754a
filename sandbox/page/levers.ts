/** The most useful levers, as offered on the page: each with a name, some for one ticker. */

import { dollars, type Ticker } from '#core/domain/units.ts';
import type { AccountEvent } from '#sandbox/alpaca/account-events.ts';
import type { LeverSettings, Levers } from '#sandbox/alpaca/levers.ts';
import type { LeversDto } from './dto.ts';

/** The levers on the page. */
export interface PageLevers {
  shown(): LeversDto;
  /** @throws RangeError for an unknown lever or ticker */
  pull(name: string, ticker: string): void;
}

type Change = Partial<Record<keyof LeverSettings, unknown>>;
type Lever = (set: LeverSettings, ticker: string) => Change;

const LEVERS: Readonly<Record<string, Lever>> = {
  'Buying power arrives tomorrow': () => ({ buyingPowerLag: 'next-session' }),
  'Cash shows 20 minutes late': () => ({ cashLag: { minutes: 20 } }),
  'Latest trade is from yesterday': (set, ticker) => ({
    trades: { ...set.trades, [ticker]: { ageMinutes: 24 * 60 } },
    quotes: { ...set.quotes, [ticker]: { none: true } },
  }),
  'Quote is 2 % wide': (set, ticker) => ({
    quotes: { ...set.quotes, [ticker]: { spreadBps: 200 } },
  }),
  'Orders stay new': (set, ticker) => ({ stuck: { ...set.stuck, [ticker]: 'new' } }),
  'Cancels stay pending': (set, ticker) => ({
    stuck: { ...set.stuck, [ticker]: 'pending_cancel' },
  }),
  'One share is held back': (set, ticker) => ({ reserved: { ...set.reserved, [ticker]: '1' } }),
  'Not tradable': (set, ticker) => ({ assets: { ...set.assets, [ticker]: { tradable: false } } }),
  'Liquidation only': () => ({ account: { liquidationOnly: true } }),
};
/** Happen once; there is nothing to reset. */
const EVENTS: Readonly<Record<string, AccountEvent>> = {
  'Deposit $10,000': { kind: 'deposit', amount: dollars(10_000) },
  'Withdraw $10,000': { kind: 'withdraw', amount: dollars(10_000) },
};
const HALT = 'Trading halt';
const RESET = 'Reset all levers';

/** The levers of one account, for its tradable tickers. */
export function createPageLevers(
  levers: Levers,
  apply: (event: AccountEvent) => void,
  tickers: readonly Ticker[],
): PageLevers {
  const halted = new Set<Ticker>();
  return {
    shown: () => ({
      names: [...Object.keys(EVENTS), ...Object.keys(LEVERS), HALT, RESET],
      tickers,
      on: [...textsOf(levers.settings()), ...[...halted].map((each) => `halt: ${each}`)],
    }),
    pull: (name, symbol) => {
      const ticker = tickers.find((each) => each === symbol);
      const lever = LEVERS[name];
      if (!ticker) throw new RangeError(`lever: no ticker ${symbol}`);
      const event = EVENTS[name];
      if (event) apply(event);
      else if (lever) levers.set(lever(levers.settings(), ticker));
      else if (name === HALT) {
        apply({ kind: 'halt', ticker });
        halted.add(ticker);
      } else if (name === RESET) {
        for (const each of halted) apply({ kind: 'resume', ticker: each });
        halted.clear();
        levers.reset();
      } else throw new RangeError(`lever: there is no "${name}"`);
    },
  };
}

/** Levers that are not neutral, as text. */
function textsOf(set: LeverSettings): readonly string[] {
  const tables = (['trades', 'quotes', 'stuck', 'reserved', 'assets'] as const).flatMap((name) =>
    Object.entries(set[name]).map(
      ([ticker, value]) => `${name} ${ticker}: ${JSON.stringify(value)}`,
    ),
  );
  const single = (['cashLag', 'buyingPowerLag'] as const).flatMap((name) =>
    set[name] === undefined ? [] : [`${name}: ${JSON.stringify(set[name])}`],
  );
  const flags = Object.entries(set.account).flatMap(([name, isOn]) => (isOn ? [name] : []));
  return [...single, ...tables, ...flags].map((text) => text.replaceAll('"', ''));
}
