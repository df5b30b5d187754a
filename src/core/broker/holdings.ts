/** The account's holdings: stocks as positions, everything else by its worth. */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { z } from 'zod';
import type { Position, SetAsideRow, UnmanagedHolding } from '../domain/account.ts';
import { type Cents, qty } from '../domain/units.ts';
import { askJson } from './ask.ts';
import type { AssetClasses } from './asset-classes.ts';
import {
  cost,
  lenient,
  looseMoney,
  money,
  optional,
  optionalOr,
  price,
  shares,
  symbol,
  word,
} from './fields.ts';
import { type IsOurs, listOf, type Row, readRows } from './rows.ts';

const SOURCE = 'Alpaca positions';

/** One answer, by kind of holding. */
export interface Holdings {
  readonly positions: readonly Position[];
  readonly unmanaged: readonly UnmanagedHolding[];
  readonly setAside: readonly SetAsideRow[];
}

/** Dependencies of readHoldings. */
export interface HoldingsParts {
  readonly alpaca: Alpaca;
  readonly isOurs: IsOurs;
  readonly classes: Pick<AssetClasses, 'ofRow'>;
}

/** @throws TradingError `retry` without an answer, `UnreadableAnswer` for a row of Rotor's. */
export async function readHoldings({ alpaca, isOurs, classes }: HoldingsParts): Promise<Holdings> {
  const body = await askJson(SOURCE, () => alpaca.trading.positions.getAllOpenPositionsRaw());
  const rows = listOf(SOURCE, body);
  const isStock = (row: Row): boolean => classes.ofRow(row) === 'us_equity';
  const reading = { what: SOURCE, answer: 'positions', isOurs, worth: statedWorth };
  const stocks = readRows(rows.filter(isStock), { ...reading, shape: positionOf(isOurs) });
  const others = readRows(
    rows.filter((row) => !isStock(row)),
    { ...reading, shape: () => unmanaged },
  );
  return {
    positions: stocks.rows,
    unmanaged: others.rows,
    setAside: [...stocks.setAside, ...others.setAside],
  };
}

/**
 * Values that targets depend on must be readable for Rotor's tickers; a worthless external stock has no
 * price.
 */
function positionOf(isOurs: IsOurs) {
  const own = position(true);
  const others = position(false);
  return (row: Row) => (isOurs(row) ? own : others);
}

function position(strict: boolean) {
  return z
    .object({
      symbol,
      side: z.enum(['long', 'short']),
      qty: shares,
      qty_available: optional(shares),
      avg_entry_price: cost,
      current_price: optionalOr(strict, price),
      market_value: optionalOr(strict, money),
      unrealized_pl: lenient(money),
    })
    .transform(
      (wire): Position => ({
        ticker: wire.symbol,
        qty: signed(wire.qty, wire.side),
        available: signed(wire.qty_available ?? wire.qty, wire.side),
        averagePrice: wire.avg_entry_price,
        currentPrice: wire.current_price,
        marketValue: wire.market_value,
        unrealised: wire.unrealized_pl,
      }),
    );
}

const unmanaged = z
  .object({ symbol: word, asset_class: lenient(word), market_value: lenient(looseMoney) })
  .transform(
    (wire): UnmanagedHolding => ({
      name: wire.symbol,
      assetClass: wire.asset_class ?? 'unknown',
      value: wire.market_value,
    }),
  );

function statedWorth(row: Row): Cents | undefined {
  return looseMoney.safeParse(row['market_value']).data;
}

function signed(held: number, side: 'long' | 'short') {
  return qty(side === 'short' ? -Math.abs(held) : held);
}
