/** The broker's JSON, whole and plausible, for tests to bend. */
import type { OrderIntent } from '#core/domain/order.ts';
import { qtyToDecimal } from '#core/domain/units.ts';

type Json = Readonly<Record<string, unknown>>;

export function accountJson(changes: Json = {}): Json {
  return {
    id: 'e6fe16f3-64a4-4921-8928-cadf02f92f98',
    account_number: 'PA3T3ST00001',
    status: 'ACTIVE',
    currency: 'USD',
    cash: '-1250.55',
    equity: '100023.456',
    last_equity: '99000',
    buying_power: '200000.01',
    account_blocked: false,
    trading_blocked: false,
    trade_suspended_by_user: false,
    ...changes,
  };
}

export function positionJson(symbol: string, changes: Json = {}): Json {
  return {
    asset_id: 'b0b6dd9d-8b9b-48a9-ba46-b9d54906e415',
    symbol,
    asset_class: 'us_equity',
    side: 'long',
    qty: '10.5',
    qty_available: '4',
    avg_entry_price: '101.255',
    current_price: '110.5',
    market_value: '1160.25',
    unrealized_pl: '-97.07',
    ...changes,
  };
}

export function orderJson(changes: Json = {}): Json {
  return {
    id: 'order-1',
    client_order_id: 'rotor-a1b2c3d40000-initial-XLK-b-1',
    created_at: '2026-11-10T14:40:00.123456789Z',
    updated_at: '2026-11-10T14:40:01.5Z',
    submitted_at: '2026-11-10T14:40:00.123456789Z',
    filled_at: null,
    symbol: 'XLK',
    asset_class: 'us_equity',
    notional: null,
    qty: '3',
    filled_qty: '0',
    filled_avg_price: null,
    order_class: '',
    type: 'market',
    side: 'buy',
    time_in_force: 'day',
    status: 'accepted',
    ...changes,
  };
}

/** How the broker answers to that order. */
export function acceptedJson(intent: OrderIntent, changes: Json = {}): Json {
  return orderJson({
    client_order_id: intent.clientOrderId,
    symbol: intent.ticker,
    side: intent.side,
    qty: qtyToDecimal(intent.qty),
    ...changes,
  });
}

export function fillJson(index: number, changes: Json = {}): Json {
  const time = new Date(Date.UTC(2026, 10, 10, 15, 0, 0, index)).toISOString();
  return {
    id: `20261110100000${String(index).padStart(3, '0')}::fill-${index}`,
    activity_type: 'FILL',
    transaction_time: time,
    type: 'fill',
    price: '101.25',
    qty: '1',
    side: 'buy',
    symbol: 'XLK',
    leaves_qty: '0',
    cum_qty: '1',
    order_id: 'order-1',
    order_status: 'filled',
    ...changes,
  };
}
