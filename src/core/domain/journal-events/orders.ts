/** Events of orders: from the intent to the last fill, and external trades. */
import type { AccountState, ManagedOrder } from '#core/domain/account-state.ts';
import { withLateFill } from '#core/domain/late-flows.ts';
import { applyFill } from '#core/domain/ledger.ts';
import {
  advances,
  type Fill,
  type Order,
  type OrderIntent,
  type SentTerms,
} from '#core/domain/order.ts';
import { lotName, withEvent } from '#core/domain/tax/lot-event.ts';
import { type EpochMs, qtyToDecimal, type Ticker } from '#core/domain/units.ts';
import {
  type JournalEvents,
  type MessageChange,
  money,
  noChange,
  noLine,
  put,
  withItem,
} from './journal-event.ts';

/** Entries about orders and trades. */
export type OrderEntry =
  | { readonly kind: 'intent'; readonly intent: OrderIntent }
  | {
      readonly kind: 'sending';
      readonly clientOrderId: string;
      readonly try: number;
      /** Undefined in entries of versions that always sent the intent's terms, at market. */
      readonly sent?: SentTerms | undefined;
    }
  | {
      readonly kind: 'refused';
      readonly clientOrderId: string;
      readonly reason: string;
      /** The reason may pass: the remainder is retried under the next attempt number. */
      readonly mayPass?: true;
    }
  /** This order is no longer waited for, though the broker still reports it open. */
  | { readonly kind: 'set-aside'; readonly clientOrderId: string; readonly by: string }
  | {
      readonly kind: 'unknown';
      readonly clientOrderId: string;
      readonly try: number;
      readonly reason: string;
    }
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'fill'; readonly clientOrderId: string; readonly fill: Fill }
  /** A person asked to cancel it: the remainder is not sent again. */
  | { readonly kind: 'cancel-requested'; readonly clientOrderId: string; readonly by: string }
  /** An order with our prefix that the journal had lost; an operator has now accepted it. */
  | { readonly kind: 'recovered-order'; readonly clientOrderId: string; readonly by: string }
  /** Executed at the broker without an order of Rotor's: someone traded manually. */
  | { readonly kind: 'external-fill'; readonly fill: Fill }
  /** An external trade that a person calls intentional: drift of its ticker is not monitored. */
  | {
      readonly kind: 'intentional-trade';
      readonly fillId: string;
      readonly ticker: Ticker;
      readonly by: string;
    };

/** The rows of orders and trades. */
export const ORDER_EVENTS = {
  intent: {
    key: ({ intent }) => intent.clientOrderId,
    exact: true,
    reduce: ({ managedOrders }, { intent }, at) => ({
      managedOrders: put(managedOrders, intent.clientOrderId, {
        intent,
        at,
        tries: 0,
        sentAt: undefined,
        state: 'planned',
        refusal: undefined,
        order: undefined,
        fills: [],
        cancelRequestedBy: undefined,
      }),
    }),
    log: noLine,
    message: ({ intent }) => stepOf(intent),
    exports: ['orders'],
  },
  sending: {
    key: (entry) => `${entry.clientOrderId} ${entry.try}`,
    reduce: (state, entry, at) =>
      changeOrder(state, entry.clientOrderId, (managed) => ({
        ...managed,
        sentAt: at,
        firstSentAt: managed.firstSentAt ?? at,
        sent: managed.sent ?? entry.sent,
        tries: Math.max(managed.tries, entry.try),
        state: managed.state === 'planned' ? 'sending' : managed.state,
      })),
    log: noLine,
    message: (entry) => stepOf(entry),
    exports: ['orders'],
  },
  refused: {
    key: ({ clientOrderId }) => clientOrderId,
    reduce: (state, { clientOrderId, reason, mayPass = false }) =>
      changeOrder(state, clientOrderId, (managed) =>
        managed.order
          ? managed
          : { ...managed, state: 'refused', refusal: reason, refusalMayPass: mayPass },
      ),
    log: ({ clientOrderId, reason }) => `refused: ${clientOrderId}: ${reason}`,
    message: (entry) => stepOf(entry),
    exports: ['orders'],
  },
  unknown: {
    key: (entry) => `${entry.clientOrderId} ${entry.try}`,
    reduce: noChange,
    log: ({ clientOrderId, reason }) =>
      `outcome unknown, looking it up: ${clientOrderId}: ${reason}`,
    message: (entry) => stepOf(entry),
    exports: [],
  },
  order: {
    key: ({ order }) => `${order.clientOrderId} ${order.brokerStatus} ${order.filledQty}`,
    reduce: (state, { order }) =>
      changeOrder(state, order.clientOrderId, (managed) =>
        advances(managed.order, order) ? { ...managed, state: 'placed', order } : managed,
      ),
    log: noLine,
    message: ({ order }) => stepOf(order),
    exports: ['orders'],
  },
  fill: {
    key: ({ fill }) => fill.id,
    exact: true,
    reduce: (state, { clientOrderId, fill }, at) => ({
      ...execute(state, fill, at),
      externalFills: withoutFill(state.externalFills, fill),
      ...changeOrder(state, clientOrderId, (managed) => ({
        ...managed,
        fills: [...managed.fills, fill],
      })),
    }),
    log: ({ fill: { side, qty, ticker, price } }) =>
      `${side === 'buy' ? 'bought' : 'sold'} ${qtyToDecimal(qty)} ${ticker} at ${money(price)}`,
    message: (entry) => stepOf(entry),
    exports: ['fills'],
  },
  'cancel-requested': {
    key: ({ clientOrderId }) => clientOrderId,
    reduce: (state, { clientOrderId, by }) =>
      changeOrder(state, clientOrderId, (managed) => ({ ...managed, cancelRequestedBy: by })),
    log: ({ clientOrderId, by }) => `${clientOrderId} cancelled by ${by}`,
    message: (entry) => stepOf(entry),
    exports: ['orders'],
  },
  'set-aside': {
    key: ({ clientOrderId }) => clientOrderId,
    reduce: (state, { clientOrderId, by }) =>
      changeOrder(state, clientOrderId, (managed) => ({ ...managed, setAsideBy: by })),
    log: ({ clientOrderId, by }) => `order ${clientOrderId} set aside by ${by}`,
    message: (entry) => stepOf(entry),
    exports: [],
  },
  'recovered-order': {
    key: ({ clientOrderId }) => clientOrderId,
    reduce: ({ recoveredOrders }, { clientOrderId }) => ({
      recoveredOrders: withItem(recoveredOrders, clientOrderId),
    }),
    log: ({ clientOrderId, by }) => `order ${clientOrderId} recovered by ${by}`,
    message: 'line',
    exports: [],
  },
  'external-fill': {
    key: ({ fill }) => fill.id,
    exact: true,
    reduce: (state, { fill }, at) => ({
      ...execute(state, fill, at),
      externalFills: [...state.externalFills, fill],
    }),
    log: ({ fill: { side, qty, ticker, price } }) =>
      `traded by hand: ${side} ${qtyToDecimal(qty)} ${ticker} at ${money(price)}`,
    // It is accompanied by an alert that says the same.
    message: 'none',
    exports: ['fills'],
  },
  'intentional-trade': {
    key: ({ fillId }) => fillId,
    reduce: ({ intentionalTrades }, { ticker }) => ({
      intentionalTrades: withItem(intentionalTrades, ticker),
    }),
    log: noLine,
    message: 'line',
    exports: [],
  },
} as const satisfies JournalEvents<OrderEntry>;

function stepOf({ clientOrderId }: { readonly clientOrderId: string }): readonly MessageChange[] {
  return [{ message: 'order', clientOrderId }];
}

/** An execution changes the ledger once, whether it arrives as ours, as external, or as both. */
function execute(state: AccountState, fill: Fill, recordedAt: EpochMs): Partial<AccountState> {
  const { ledger, booked, lots, seq } = state;
  if (booked.has(fill.id)) return {};
  return {
    ...withLateFill(state, fill),
    ledger: applyFill(ledger, fill),
    lots: withEvent(lots, {
      kind: 'trade',
      lot: lotName(fill.ticker, seq + 1),
      fill,
      at: fill.at,
      recordedAt,
    }),
    booked: withItem(booked, fill.id),
  };
}

/** An execution booked as external before its order was known counts once. */
function withoutFill(fills: readonly Fill[], { id }: Fill): readonly Fill[] {
  return fills.some((each) => each.id === id) ? fills.filter((each) => each.id !== id) : fills;
}

function changeOrder(
  { managedOrders }: AccountState,
  id: string,
  next: (managed: ManagedOrder) => ManagedOrder,
): Partial<AccountState> {
  const managed = managedOrders.get(id);
  return managed ? { managedOrders: put(managedOrders, id, next(managed)) } : {};
}
