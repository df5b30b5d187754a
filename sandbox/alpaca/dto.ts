/** The JSON of accounts, positions, orders and assets, field by field as the broker sends it. */

import {
  type Cents,
  cents,
  centsToDecimal,
  type EpochMs,
  type Qty,
  qty,
  qtyToDecimal,
  type Ticker,
  utcDate,
} from '#core/domain/units.ts';
import { instruments, UNIVERSE } from '#core/domain/universe.ts';
import type { AccountMetrics, PositionMetrics } from './account-metrics.ts';
import { type LeverSettings, leverOf, reservedBy } from './levers.ts';
import type { Update } from './lifecycle.ts';
import { filledQty, type OrderRecord, type Settings } from './records.ts';
import type { SeededRandom } from './seeded-random.ts';
import { utcTimestamp } from './timestamps.ts';

type Json = Readonly<Record<string, unknown>>;

/** The account according to its settings, books and levers. */
export function accountJson(
  settings: Settings,
  metrics: AccountMetrics,
  asOf: EpochMs,
  levers: LeverSettings,
): Json {
  const money = centsToDecimal;
  const { liquidationOnly, accountBlocked, tradingBlocked } = levers.account;
  const foreign = foreignValue(levers);
  const equity = money(cents(metrics.equity + foreign.long + foreign.short));
  const long = money(cents(metrics.longValue + foreign.long));
  const margin =
    settings.multiplier > 1 ? cents(Math.round(metrics.longValue / 2)) : metrics.longValue;
  return {
    id: settings.accountId,
    account_number: settings.accountNumber,
    status: 'ACTIVE',
    crypto_status: 'INACTIVE',
    currency: 'USD',
    cash: money(metrics.cash),
    equity,
    last_equity: money(metrics.lastEquity),
    portfolio_value: equity,
    buying_power: money(metrics.buyingPower),
    regt_buying_power: money(metrics.buyingPower),
    non_marginable_buying_power: money(
      cents(Math.max(0, Math.min(metrics.cash, metrics.buyingPower))),
    ),
    options_buying_power: '0',
    long_market_value: long,
    short_market_value: money(foreign.short),
    position_market_value: long,
    initial_margin: money(margin),
    maintenance_margin: money(cents(Math.round(metrics.longValue * 0.3))),
    last_maintenance_margin: '0',
    multiplier: String(Math.min(settings.multiplier, settings.maxMarginMultiplier)),
    sma: '0',
    accrued_fees: '0',
    pending_reg_taf_fees: '0',
    pending_transfer_in: '0',
    pending_transfer_out: '0',
    intraday_adjustments: '0',
    balance_asof: utcDate(asOf),
    created_at: utcTimestamp(settings.createdAt),
    account_blocked: settings.blocked || accountBlocked,
    trading_blocked: settings.blocked || tradingBlocked,
    transfers_blocked: false,
    trade_suspended_by_user: settings.suspendTrade,
    shorting_enabled: settings.multiplier > 1 && !settings.noShorting,
    options_approved_level: 0,
    options_trading_level: 0,
    admin_configurations: {
      restrict_to_liquidation_reasons: { unspecified: liquidationOnly },
    },
  };
}

/** Value of foreign positions; an invalid value counts as 0. */
function foreignValue({ foreign }: LeverSettings): { readonly long: Cents; readonly short: Cents } {
  const worth = foreign.positions.map(
    (each) => Math.round(Number(each['market_value']) * 100) || 0,
  );
  const sum = (values: readonly number[]): Cents =>
    cents(values.reduce((all, each) => all + each, 0));
  return {
    long: sum(worth.filter((each) => each > 0)),
    short: sum(worth.filter((each) => each < 0)),
  };
}

/** The account's own settings. */
export function configurationJson(settings: Settings): Json {
  return {
    trade_confirm_email: 'none',
    suspend_trade: settings.suspendTrade,
    no_shorting: settings.noShorting,
    fractional_trading: settings.fractionalTrading,
    max_margin_multiplier: String(settings.maxMarginMultiplier),
    max_options_trading_level: 0,
    ptp_no_exception_entry: false,
  };
}

/** A position; reserved shares are not available. */
export function positionJson(
  metrics: PositionMetrics,
  random: SeededRandom,
  levers: LeverSettings,
): Json {
  const { holding, price, lastDayPrice, value } = metrics;
  const before = value - metrics.today;
  return {
    asset_id: assetId(holding.ticker, random),
    symbol: holding.ticker,
    exchange: 'ARCA',
    asset_class: 'us_equity',
    asset_marginable: true,
    qty: qtyToDecimal(holding.qty),
    qty_available: qtyToDecimal(
      qty(Math.max(0, metrics.available - reservedBy(levers, metrics.holding.ticker))),
    ),
    avg_entry_price: averagePrice(holding.cost, holding.qty),
    side: 'long',
    market_value: centsToDecimal(value),
    cost_basis: centsToDecimal(holding.cost),
    unrealized_pl: centsToDecimal(metrics.unrealised),
    unrealized_plpc: ratio(metrics.unrealised, holding.cost),
    unrealized_intraday_pl: centsToDecimal(metrics.today),
    unrealized_intraday_plpc: ratio(metrics.today, before),
    current_price: centsToDecimal(price),
    lastday_price: centsToDecimal(lastDayPrice),
    change_today: ratio(price - lastDayPrice, lastDayPrice),
  };
}

/** An order with all of its fields. */
export function orderJson(order: OrderRecord, random: SeededRandom): Json {
  const ended = (status: OrderRecord['status']): string | null =>
    order.status === status && order.endedAt !== undefined ? utcTimestamp(order.endedAt) : null;
  const filled = filledQty(order);
  return {
    id: order.id,
    client_order_id: order.clientOrderId,
    created_at: utcTimestamp(order.submittedAt, order.seq),
    updated_at: utcTimestamp(order.updatedAt, order.seq),
    submitted_at: utcTimestamp(order.submittedAt, order.seq),
    filled_at: ended('filled'),
    expired_at: ended('expired'),
    expires_at: utcTimestamp(order.expiresAt),
    canceled_at: ended('canceled'),
    failed_at: ended('rejected'),
    replaced_at: ended('replaced'),
    replaced_by: order.replacedBy ?? null,
    replaces: order.replaces ?? null,
    asset_id: assetId(order.ticker, random),
    symbol: order.ticker,
    asset_class: 'us_equity',
    notional: order.notional === undefined ? null : centsToDecimal(order.notional),
    qty: order.notional !== undefined || order.qty === undefined ? null : qtyToDecimal(order.qty),
    filled_qty: qtyToDecimal(filled),
    filled_avg_price: filled === 0 ? null : filledAverage(order),
    order_class: '',
    order_type: order.type,
    type: order.type,
    side: order.side,
    position_intent: order.side === 'buy' ? 'buy_to_open' : 'sell_to_close',
    time_in_force: order.timeInForce,
    limit_price: order.limit === undefined ? null : centsToDecimal(order.limit),
    stop_price: null,
    status: order.status,
    extended_hours: order.extendedHours,
    legs: null,
    trail_percent: null,
    trail_price: null,
    hwm: null,
    subtag: null,
    source: null,
  };
}

/** An order update of the stream. */
export function updateJson(update: Update, position: Qty, random: SeededRandom): Json {
  const { execution, order, at } = update;
  const done = execution && {
    price: centsToDecimal(execution.price),
    qty: qtyToDecimal(execution.qty),
    position_qty: qtyToDecimal(position),
  };
  return {
    event: update.event,
    event_id: random.uuid('event', order.id, update.event, order.executions.length),
    execution_id: update.executionId,
    at: utcTimestamp(at),
    timestamp: utcTimestamp(at),
    ...done,
    order: orderJson(order, random),
  };
}

/** An asset according to its levers. */
export function assetJson(ticker: Ticker, random: SeededRandom, levers: LeverSettings): Json {
  const { tradable = true, fractionable = true } = leverOf(levers.assets, ticker) ?? {};
  const known = instruments(UNIVERSE).find((instrument) => instrument.ticker === ticker);
  return {
    id: assetId(ticker, random),
    class: 'us_equity',
    exchange: 'ARCA',
    symbol: ticker,
    name: known ? `${known.sector} ETF (sandbox)` : `${ticker} (sandbox)`,
    status: 'active',
    tradable,
    marginable: true,
    shortable: false,
    easy_to_borrow: false,
    borrow_status: 'hard_to_borrow',
    fractionable,
    maintenance_margin_requirement: 30,
    margin_requirement_long: '30',
    margin_requirement_short: '100',
    attributes: ['fractional_eh_enabled'],
  };
}

function assetId(ticker: Ticker, random: SeededRandom): string {
  return random.uuid('asset', ticker);
}

/** Dollars per share, exact to a millionth. */
function averagePrice(cost: Cents, shares: Qty): string {
  if (shares === 0) return '0';
  return millionths(
    (BigInt(cost) * 10_000n * 1_000_000_000n * 2n + BigInt(shares)) / (BigInt(shares) * 2n),
  );
}

function filledAverage(order: OrderRecord): string {
  let weighted = 0n;
  let shares = 0n;
  for (const part of order.executions) {
    weighted += BigInt(part.qty) * BigInt(part.price);
    shares += BigInt(part.qty);
  }
  return millionths((weighted * 10_000n * 2n + shares) / (shares * 2n));
}

function millionths(value: bigint): string {
  const digits = value.toString().padStart(7, '0');
  const fraction = digits.slice(-6).replace(/0+$/, '');
  return fraction ? `${digits.slice(0, -6)}.${fraction}` : digits.slice(0, -6);
}

function ratio(part: number, whole: number): string {
  return whole === 0 ? '0' : (part / whole).toFixed(10).replace(/\.?0+$/, '');
}
