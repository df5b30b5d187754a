/**
 * The asset class of a row. Never inferred from the spelling of a name: a coin is `BTC/USD` in one answer
 * and `BTCUSD` in the next, and an option's name looks like a ticker.
 */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { z } from 'zod';
import type { EpochMs } from '../domain/units.ts';
import { type Call, find } from './ask.ts';
import { lenient, word } from './fields.ts';
import type { IsOurs, Row } from './rows.ts';

/** The broker's value, such as `us_equity`, `crypto`, `us_option`; `unknown` where none is given. */
export type AssetClass = string;

const STOCK: AssetClass = 'us_equity';
const UNKNOWN: AssetClass = 'unknown';

/** Classifies rows by the broker's data, else by the tickers that Rotor may trade. */
export interface AssetClasses {
  /** For a row that may state it: a position, an order. */
  ofRow(row: Row): AssetClass;
  /** For executions since then: the classes of their orders. Requests unknown orders from the broker. */
  ofFills(rows: readonly Row[], since: EpochMs): Promise<ReadonlyMap<Row, AssetClass>>;
  /** For a movement with an asset but no order. One request to the broker per asset. */
  ofSymbol(row: Row): Promise<AssetClass>;
}

/** Dependencies of createAssetClasses. */
export interface AssetClassParts {
  readonly alpaca: Alpaca;
  readonly isOurs: IsOurs;
  /** Reads the orders since then and passes each to `ofRow`: one request for many orders. */
  readonly listOrders: (since: EpochMs) => Promise<unknown>;
}

/** Up to this many orders are requested one by one; for more the list is read first. */
const MAX_SINGLE_LOOKUPS = 3;

const answer = z.object({ asset_class: lenient(word), class: lenient(word) });
const nothingSaid = { asset_class: undefined, class: undefined };

/** Classes of orders and assets are cached permanently. */
export function createAssetClasses(parts: AssetClassParts): AssetClasses {
  const { alpaca, isOurs, listOrders } = parts;
  const { orders, assets } = alpaca.trading;
  /** By order id, and by asset name. */
  const known = new Map<string, AssetClass>();

  function stated(row: Row): AssetClass | undefined {
    if (row['order_class'] === 'mleg') return 'us_option';
    const named = textOf(row, 'asset_class');
    return named ?? (isOurs(row) ? STOCK : undefined);
  }

  async function ask(key: string, what: string, call: Call): Promise<AssetClass> {
    const said = await find(`Alpaca ${what} ${key}`, call, answer.catch(nothingSaid));
    const found = said?.asset_class ?? said?.class ?? UNKNOWN;
    known.set(key, found);
    return found;
  }

  /** The orders of the rows whose class is still unknown. */
  function missing(rows: readonly Row[]): readonly string[] {
    const ids = rows
      .filter((row) => stated(row) === undefined)
      .map((row) => textOf(row, 'order_id'))
      .filter((id): id is string => id !== undefined && !known.has(id));
    return [...new Set(ids)];
  }

  return {
    ofRow(row) {
      const found = stated(row) ?? UNKNOWN;
      for (const key of [textOf(row, 'id'), textOf(row, 'symbol')]) {
        if (key !== undefined) known.set(key, found);
      }
      return found;
    },
    async ofFills(rows, since) {
      if (missing(rows).length > MAX_SINGLE_LOOKUPS) await listOrders(since);
      for (const orderId of missing(rows)) {
        await ask(orderId, 'order', () => orders.getOrderByOrderIDRaw({ orderId }));
      }
      return new Map(
        rows.map((row) => {
          const orderId = textOf(row, 'order_id') ?? '';
          return [row, stated(row) ?? known.get(orderId) ?? UNKNOWN];
        }),
      );
    },
    async ofSymbol(row) {
      const own = stated(row);
      const name = textOf(row, 'symbol');
      if (own !== undefined || name === undefined) return own ?? UNKNOWN;
      const call: Call = () => assets.getV2AssetsSymbolOrAssetIdRaw({ symbolOrAssetId: name });
      return known.get(name) ?? (await ask(name, 'asset', call));
    },
  };
}

function textOf(row: Row, field: string): string | undefined {
  const value = row[field];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
