/**
 * Which kind of thing a row of the broker's is about. Never told from how a name is written: a coin is
 * `BTC/USD` in one answer and `BTCUSD` in the next, and an option's name looks like a ticker's.
 */
import type { Alpaca } from '@alpacahq/alpaca-trade-api';
import { z } from 'zod';
import type { EpochMs } from '../domain/units.ts';
import { type Call, find } from './ask.ts';
import { lenient, word } from './fields.ts';
import type { IsOurs, Row } from './rows.ts';

/** The broker's word, such as `us_equity`, `crypto`, `us_option`; `unknown` where nobody says it. */
export type AssetClass = string;

const STOCK: AssetClass = 'us_equity';
const UNKNOWN: AssetClass = 'unknown';

/** Tells rows apart by what the broker says of them, else by what Rotor may trade. */
export interface AssetClasses {
  /** Of a row that may state it: a position, an order. */
  ofRow(row: Row): AssetClass;
  /** Of executions since then: what their orders are for. Asks the broker for orders it has not shown. */
  ofFills(rows: readonly Row[], since: EpochMs): Promise<ReadonlyMap<Row, AssetClass>>;
  /** Of a movement that names a thing and no order. Asks the broker once for each thing. */
  ofSymbol(row: Row): Promise<AssetClass>;
}

/** What telling asset classes apart needs. */
export interface AssetClassParts {
  readonly alpaca: Alpaca;
  readonly isOurs: IsOurs;
  /** Reads the orders since then, each of which is told to `ofRow`: one request for many orders. */
  readonly listOrders: (since: EpochMs) => Promise<unknown>;
}

/** So many orders are asked for one by one; for more the list is read first. */
const MAX_SINGLE_LOOKUPS = 3;

const answer = z.object({ asset_class: lenient(word), class: lenient(word) });
const nothingSaid = { asset_class: undefined, class: undefined };

/** What was learned of an order or a thing is kept for good. */
export function createAssetClasses(parts: AssetClassParts): AssetClasses {
  const { alpaca, isOurs, listOrders } = parts;
  const { orders, assets } = alpaca.trading;
  /** By the id of an order, and by the name of a thing. */
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

  /** The orders behind the rows that nobody has told the class of yet. */
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
