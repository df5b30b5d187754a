/** Books over time for the numbers of performance: entries with their instants, folded in order. */

import type { EquityPoint } from '#core/domain/account-state.ts';
import { type AccountState, EMPTY_ACCOUNT_STATE } from '#core/domain/account-state.ts';
import { sessionOn } from '#core/domain/calendar.ts';
import type { Entry } from '#core/domain/entry.ts';
import { applyEntry } from '#core/domain/journal-events/table.ts';
import type { Fill, Side } from '#core/domain/order.ts';
import {
  dollars,
  type EpochMs,
  epochMs,
  sessionDate,
  ticker,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';

export interface Dated {
  readonly at: EpochMs;
  readonly entry: Entry;
}

/** An instant in UTC: `2026-11-20T21:05:00Z`. */
export function at(text: string): EpochMs {
  return epochMs(Date.parse(text));
}

export function bookOf(...entries: readonly Dated[]): AccountState {
  return entries.reduce(
    (book, { at: instant, entry }, index) =>
      applyEntry(book, { seq: index + 1, at: instant, entry }),
    EMPTY_ACCOUNT_STATE,
  );
}

/** Where counting begins. */
export function began(instant: EpochMs, usd = 100_000, spy = 500): Dated {
  const [equity, cash] = [dollars(usd), dollars(usd)];
  const entry: Entry = {
    kind: 'baseline',
    cash,
    positions: new Map(),
    equity,
    benchmark: spy,
    known: [],
  };
  return { at: instant, entry };
}

/** Shares and their price by ticker. */
type Held = Readonly<Record<string, readonly [shares: number, price: number]>>;

/** The books of a session, read two minutes after its close; equity is cash and holdings. */
export function closed(day: string, usd: number, spy: number, held?: Held): Dated {
  const session = sessionDate(day);
  const close = sessionOn(session)?.close;
  if (close === undefined) throw new RangeError(`${day} is no session`);
  const holdings = held && holdingsOf(held);
  const value = holdings ? [...holdings.values()].reduce((sum, each) => sum + each.value, 0) : 0;
  const point: EquityPoint = {
    session,
    equity: dollars(usd),
    cash: dollars(usd - value / 100),
    benchmark: spy,
    holdings,
  };
  return { at: epochMs(close + 120_000), entry: { kind: 'equity', point } };
}

function holdingsOf(held: Held): NonNullable<EquityPoint['holdings']> {
  return new Map(
    Object.entries(held).map(([name, [shares, price]]) => {
      const qty = wholeShares(shares);
      return [ticker(name), { qty, value: valueOf(qty, price) }];
    }),
  );
}

/** Positive is brought, negative taken. */
export function moved(instant: EpochMs, usd: number, id = `a-${instant}`): Dated {
  const activity = {
    id,
    kind: usd > 0 ? ('deposit' as const) : ('withdrawal' as const),
    ticker: undefined,
    qty: wholeShares(0),
    cash: dollars(usd),
    at: instant,
  };
  return { at: instant, entry: { kind: 'activity', activity } };
}

export function filled(
  instant: EpochMs,
  side: Side,
  name: string,
  shares: number,
  price: number,
): Fill {
  const id = `f-${instant}-${side}-${name}`;
  return {
    id,
    orderId: `o-${id}`,
    ticker: ticker(name),
    side,
    qty: wholeShares(shares),
    price,
    at: instant,
  };
}
