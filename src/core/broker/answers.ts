/** The broker's single answers as domain types. Parsed once here, trusted everywhere else. */
import { z } from 'zod';
import type { Account, Asset, MarketClock } from '../domain/account.ts';
import { newYorkInstant } from '../domain/new-york.ts';
import { sessionDate } from '../domain/units.ts';
import type { BrokerSession } from '../ports.ts';
import { instant, lenient, money, optional, symbol, word } from './fields.ts';

/** Accounts with these statuses may trade; the others are being opened, changed or closed. */
const MAY_TRADE: ReadonlySet<string> = new Set(['ACTIVE', 'PAPER_ONLY']);

/** The flags that each restrict an account to closing positions. */
const restrictions = z.looseObject({
  restrict_to_liquidation_reasons: z.record(z.string(), z.unknown()),
});

/** Amounts of another currency must not be taken for dollars; some servers name none. */
const dollarsOnly = optional(z.literal('USD', 'expected USD'));

/** The account, its money to the cent. */
export const account = z
  .object({
    id: word,
    account_number: word,
    status: word,
    currency: dollarsOnly,
    equity: money,
    cash: money,
    buying_power: money,
    account_blocked: z.boolean(),
    trading_blocked: z.boolean(),
    trade_suspended_by_user: z.boolean(),
    admin_configurations: lenient(restrictions),
  })
  .transform(
    (wire): Account => ({
      id: wire.id,
      number: wire.account_number,
      status: wire.status,
      equity: wire.equity,
      cash: wire.cash,
      buyingPower: wire.buying_power,
      blocked:
        wire.account_blocked ||
        wire.trading_blocked ||
        wire.trade_suspended_by_user ||
        !MAY_TRADE.has(wire.status),
      ...(isRestricted(wire.admin_configurations) && { liquidationOnly: true }),
    }),
  );

/** The broker's clock. */
export const marketClock = z
  .object({ timestamp: instant, is_open: z.boolean(), next_open: instant, next_close: instant })
  .transform(
    (wire): MarketClock => ({
      at: wire.timestamp,
      open: wire.is_open,
      nextOpen: wire.next_open,
      nextClose: wire.next_close,
    }),
  );

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'expected HH:MM');

/** Sessions with their New York opening hours as instants. */
export const calendar = z.array(
  z
    .object({ date: z.iso.date('expected YYYY-MM-DD'), open: wallTime, close: wallTime })
    .transform((wire): BrokerSession => {
      const date = sessionDate(wire.date);
      return {
        date,
        open: newYorkInstant(date, minutesOf(wire.open)),
        close: newYorkInstant(date, minutesOf(wire.close)),
      };
    }),
);

/** One instrument; a delisted one is not tradable. */
export const asset = z
  .object({ symbol, status: word, tradable: z.boolean(), fractionable: z.boolean() })
  .transform(
    (wire): Asset => ({
      ticker: wire.symbol,
      tradable: wire.tradable && wire.status === 'active',
      fractionable: wire.fractionable,
    }),
  );

function isRestricted(found: z.output<typeof restrictions> | undefined): boolean {
  return Object.values(found?.restrict_to_liquidation_reasons ?? {}).includes(true);
}

function minutesOf(wall: string): number {
  const [hours = 0, minutes = 0] = wall.split(':').map(Number);
  return hours * 60 + minutes;
}
