/**
 * Journal and bars as tables for external analysis. Nothing is rounded: quantities and prices are decimal
 * text next to a double for sums, money in whole cents. docs/export.md lists every column.
 */

import type {
  AccountState,
  EquityPoint,
  ManagedOrder,
  Rebalance,
} from '#core/domain/account-state.ts';
import { type Bar, type BarHistory, barAt } from '#core/domain/bar.ts';
import type { Decision } from '#core/domain/decision.ts';
import type { Entry, Recorded } from '#core/domain/entry.ts';
import type { Fill } from '#core/domain/order.ts';
import { always, type DataTable, maybe, tableOf } from '#core/domain/table.ts';
import type { Disposal, TaxLot } from '#core/domain/tax/open-lots.ts';
import { gainOf, taxLots } from '#core/domain/tax/tax-lots.ts';
import {
  type EpochMs,
  type Qty,
  qtyToDecimal,
  type Ticker,
  toShares,
  valueOf,
} from '#core/domain/units.ts';

/** Bars of one ticker and their origin. */
export interface SourcedBars {
  readonly history: BarHistory;
  readonly source: string;
}

interface TickerBar extends Bar {
  readonly ticker: Ticker;
  readonly source: string;
}

/** Every table derived from the journal, without bars. */
export function journalTables({
  book,
  entries,
}: {
  readonly book: AccountState;
  readonly entries: readonly Recorded[];
}): readonly DataTable[] {
  return [
    decisionTable(book, entries),
    orderTable(book),
    fillTable(book),
    equityTable(book),
    lotTable(book),
    gainTable(book),
  ];
}

/** One row for each bar, ticker by ticker, dates ascending. */
export function barTable(bars: readonly SourcedBars[]): DataTable {
  const rows = bars.flatMap(({ history, source }) =>
    history.dates.flatMap((_, row) => {
      const bar = barAt(history, row);
      return bar ? [{ ...bar, ticker: history.ticker, source }] : [];
    }),
  );
  return tableOf<TickerBar>('bars', BAR_COLUMNS, rows);
}

const BAR_COLUMNS = {
  ticker: always('text', ({ ticker }: TickerBar) => ticker),
  session: always('day', ({ date }: TickerBar) => date),
  open_usd: always('double', ({ open }: TickerBar) => open),
  high_usd: always('double', ({ high }: TickerBar) => high),
  low_usd: always('double', ({ low }: TickerBar) => low),
  close_usd: always('double', ({ close }: TickerBar) => close),
  volume_shares: always('double', ({ volume }: TickerBar) => volume),
  source: always('text', ({ source }: TickerBar) => source),
};

/** A decision, or the lack of one. */
interface DecisionRow {
  readonly at: EpochMs;
  readonly rebalance: Rebalance | undefined;
  readonly decision: Decision | undefined;
  readonly none: Extract<Entry, { kind: 'no-decision' }> | undefined;
}

/** Every decision and every failed one, in journal order. */
export function decisionTable(book: AccountState, entries: readonly Recorded[]): DataTable {
  const rows = entries.flatMap(({ at, entry }): readonly DecisionRow[] => {
    if (entry.kind === 'no-decision') return [{ at, ...NO_IDS, none: entry }];
    if (entry.kind !== 'decision') return [];
    const { decision } = entry;
    return [{ at, ...NO_IDS, decision, rebalance: book.rebalances.get(decision.id) }];
  });
  return tableOf<DecisionRow>('decisions', DECISION_COLUMNS, rows);
}

const NO_IDS = { rebalance: undefined, decision: undefined, none: undefined };

const DECISION_COLUMNS = {
  at: always('instant', ({ at }: DecisionRow) => at),
  kind: always('text', ({ decision }: DecisionRow) => (decision ? 'decided' : 'no-decision')),
  decision_id: maybe('text', ({ decision }: DecisionRow) => decision?.id),
  cause: always('text', ({ decision, none }: DecisionRow) => decision?.cause ?? none?.cause ?? ''),
  session: maybe(
    'day',
    ({ decision, none }: DecisionRow) => decision?.asOf ?? none?.outcome.expected,
  ),
  reason: maybe('text', ({ none }: DecisionRow) => none?.outcome.reason),
  regime: maybe('text', ({ decision }: DecisionRow) => decision?.regime.kind),
  benchmark_close_usd: maybe('double', ({ decision }: DecisionRow) => decision?.regime.close),
  benchmark_mean200_usd: maybe('double', ({ decision }: DecisionRow) => decision?.regime.mean200),
  benchmark_momentum126: maybe(
    'double',
    ({ decision }: DecisionRow) => decision?.regime.momentum126,
  ),
  verdict: maybe('text', ({ decision }: DecisionRow) => decision?.verdict.kind),
  target_json: maybe('text', ({ decision }: DecisionRow) => json(decision?.portfolio.target)),
  weights_json: maybe('text', ({ decision }: DecisionRow) => json(decision?.verdict.weights)),
  gross: maybe('double', ({ decision }: DecisionRow) => decision?.portfolio.grossAfter),
  turnover: maybe('double', ({ decision }: DecisionRow) => decision?.plan.turnover),
  orders: maybe('whole', ({ decision }: DecisionRow) => decision?.plan.orders.length),
  equity_cents: maybe('whole', ({ decision }: DecisionRow) => decision?.holdings.equity),
  cash_cents: maybe('whole', ({ decision }: DecisionRow) => decision?.holdings.cash),
  finished_at: maybe('instant', ({ rebalance }: DecisionRow) => rebalance?.finishedAt),
  result: maybe('text', ({ rebalance }: DecisionRow) => rebalance?.result?.kind),
  record_json: always('text', ({ decision, none }: DecisionRow) => json(decision ?? none) ?? ''),
};

/** One row for each recorded order, sent or not, oldest first. */
export function orderTable(book: AccountState): DataTable {
  return tableOf<ManagedOrder>('orders', ORDER_COLUMNS, [...book.managedOrders.values()]);
}

const ORDER_COLUMNS = {
  client_order_id: always('text', ({ intent }: ManagedOrder) => intent.clientOrderId),
  decision_id: always('text', ({ intent }: ManagedOrder) => intent.decisionId),
  ticker: always('text', ({ intent }: ManagedOrder) => intent.ticker),
  side: always('text', ({ intent }: ManagedOrder) => intent.side),
  qty: always('text', ({ intent }: ManagedOrder) => qtyToDecimal(intent.qty)),
  qty_shares: always('double', ({ intent }: ManagedOrder) => toShares(intent.qty)),
  attempt: always('whole', ({ intent }: ManagedOrder) => intent.attempt),
  decision_price: always('text', ({ intent }: ManagedOrder) => decimal(intent.priceAtDecision)),
  decision_price_usd: always('double', ({ intent }: ManagedOrder) => intent.priceAtDecision),
  estimated_cents: always('whole', ({ intent }: ManagedOrder) => intent.estimated),
  planned_at: always('instant', ({ at }: ManagedOrder) => at),
  sent_at: maybe('instant', ({ sentAt }: ManagedOrder) => sentAt),
  tries: always('whole', ({ tries }: ManagedOrder) => tries),
  state: always('text', ({ state }: ManagedOrder) => state),
  refusal: maybe('text', ({ refusal }: ManagedOrder) => refusal),
  withdrawn_by: maybe('text', ({ cancelRequestedBy }: ManagedOrder) => cancelRequestedBy),
  broker_order_id: maybe('text', ({ order }: ManagedOrder) => order?.id),
  status: maybe('text', ({ order }: ManagedOrder) => order?.status),
  broker_status: maybe('text', ({ order }: ManagedOrder) => order?.brokerStatus),
  filled_qty: maybe('text', ({ order }: ManagedOrder) => ifThere(order?.filledQty, qtyToDecimal)),
  filled_shares: maybe('double', ({ order }: ManagedOrder) => ifThere(order?.filledQty, toShares)),
  average_price: maybe('text', ({ order }: ManagedOrder) => ifThere(order?.averagePrice, decimal)),
  average_price_usd: maybe('double', ({ order }: ManagedOrder) => order?.averagePrice),
  submitted_at: maybe('instant', ({ order }: ManagedOrder) => order?.submittedAt),
  updated_at: maybe('instant', ({ order }: ManagedOrder) => order?.updatedAt),
};

interface FillRow extends Fill {
  readonly clientOrderId: string | undefined;
  readonly decisionId: string | undefined;
}

/** Executions of Rotor's orders and external ones, in time order. */
export function fillTable(book: AccountState): DataTable {
  const own = [...book.managedOrders.values()].flatMap(({ fills, intent }) => {
    const { clientOrderId, decisionId } = intent;
    return fills.map((fill) => ({ ...fill, clientOrderId, decisionId }));
  });
  const none = { clientOrderId: undefined, decisionId: undefined };
  const others = book.externalFills.map((fill) => ({ ...fill, ...none }));
  const rows: readonly FillRow[] = [...own, ...others].toSorted((a, b) => a.at - b.at);
  return tableOf<FillRow>('fills', FILL_COLUMNS, rows);
}

const FILL_COLUMNS = {
  at: always('instant', ({ at }: FillRow) => at),
  fill_id: always('text', ({ id }: FillRow) => id),
  broker_order_id: always('text', ({ orderId }: FillRow) => orderId),
  client_order_id: maybe('text', ({ clientOrderId }: FillRow) => clientOrderId),
  decision_id: maybe('text', ({ decisionId }: FillRow) => decisionId),
  ticker: always('text', ({ ticker }: FillRow) => ticker),
  side: always('text', ({ side }: FillRow) => side),
  qty: always('text', ({ qty }: FillRow) => qtyToDecimal(qty)),
  qty_shares: always('double', ({ qty }: FillRow) => toShares(qty)),
  price: always('text', ({ price }: FillRow) => decimal(price)),
  price_usd: always('double', ({ price }: FillRow) => price),
  value_cents: always('whole', ({ qty, price }: FillRow) => valueOf(qty, price)),
};

/** One row for each part of a lot held, by ticker, oldest first. FIFO. */
export function lotTable(book: AccountState): DataTable {
  return tableOf<TaxLot>('lots', LOT_COLUMNS, taxLots(book.lots).lots);
}

const LOT_COLUMNS = {
  lot: always('text', ({ id }: TaxLot) => id),
  ticker: always('text', ({ ticker }: TaxLot) => ticker),
  qty: always('text', ({ qty }: TaxLot) => qtyToDecimal(qty)),
  qty_shares: always('double', ({ qty }: TaxLot) => toShares(qty)),
  acquired: maybe('day', ({ acquired }: TaxLot) => acquired),
  held_since: always('day', ({ heldSince }: TaxLot) => heldSince),
  cost_cents: maybe('whole', ({ cost }: TaxLot) => cost),
  deferred_cents: always('whole', ({ deferred }: TaxLot) => deferred),
};

/** One row for each part of a lot sold, in order of sale. FIFO. */
export function gainTable(book: AccountState): DataTable {
  const sales = taxLots(book.lots).disposals.toSorted((a, b) => a.at - b.at);
  return tableOf<Disposal>('gains', GAIN_COLUMNS, sales);
}

const GAIN_COLUMNS = {
  lot: always('text', ({ lot }: Disposal) => lot),
  ticker: always('text', ({ ticker }: Disposal) => ticker),
  qty: always('text', ({ qty }: Disposal) => qtyToDecimal(qty)),
  qty_shares: always('double', ({ qty }: Disposal) => toShares(qty)),
  acquired: maybe('day', ({ acquired }: Disposal) => acquired),
  sold: always('day', ({ sold }: Disposal) => sold),
  broker_order_id: maybe('text', ({ orderId }: Disposal) => orderId),
  proceeds_cents: always('whole', ({ proceeds }: Disposal) => proceeds),
  basis_cents: maybe('whole', ({ cost }: Disposal) => cost),
  disallowed_cents: always('whole', ({ disallowed }: Disposal) => disallowed),
  gain_cents: maybe('whole', gainOf),
  term: maybe('text', ({ term }: Disposal) => term),
};

/** One row for each recorded close, oldest first. */
export function equityTable(book: AccountState): DataTable {
  return tableOf<EquityPoint>('equity', EQUITY_COLUMNS, book.equity);
}

const EQUITY_COLUMNS = {
  session: always('day', ({ session }: EquityPoint) => session),
  at: maybe('instant', ({ at }: EquityPoint) => at),
  equity_cents: always('whole', ({ equity }: EquityPoint) => equity),
  cash_cents: always('whole', ({ cash }: EquityPoint) => cash),
  benchmark: always('text', ({ benchmark }: EquityPoint) => decimal(benchmark)),
  benchmark_usd: always('double', ({ benchmark }: EquityPoint) => benchmark),
  holdings_json: maybe('text', ({ holdings }: EquityPoint) => holdingsJson(holdings)),
};

/** `{"XLK":{"qty":"12.5","value_cents":123456}}` */
function holdingsJson(holdings: EquityPoint['holdings']): string | undefined {
  if (!holdings) return undefined;
  const entries = [...holdings].map(
    ([ticker, held]: readonly [Ticker, { readonly qty: Qty; readonly value: number }]) =>
      [ticker, { qty: qtyToDecimal(held.qty), value_cents: held.value }] as const,
  );
  return JSON.stringify(Object.fromEntries(entries));
}

/** The shortest decimal that parses to the same number; never an exponent. */
function decimal(value: number): string {
  const text = String(value);
  return text.includes('e') ? value.toFixed(12).replace(/\.?0+$/, '') : text;
}

function ifThere<T, R>(value: T | undefined, to: (value: T) => R): R | undefined {
  return value === undefined ? undefined : to(value);
}

/** JSON in which a Map is an object. */
function json(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return JSON.stringify(value, (_, inner: unknown) =>
    inner instanceof Map ? Object.fromEntries(inner) : inner,
  );
}
