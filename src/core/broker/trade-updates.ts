/**
 * The order-update stream, kept alive. It only gives hints: it has no replay and may repeat, reorder and
 * lose, so nothing here is booked. The SDK's stream can hang forever (an upgrade or a login that is never
 * answered) and ends permanently after one failed login; so each connection is used once, under a watchdog,
 * and replaced.
 */
import type { streaming } from '@alpacahq/alpaca-trade-api';
import type { Order } from '../domain/order.ts';
import type { Log, OrderHint } from '../ports.ts';
import { createSilenceWatch } from './silence-watch.ts';
import type { Timers } from './timers.ts';

/** The broker's stream of order updates. It only gives hints: the facts come from REST. */
export interface TradeUpdates {
  onOrderUpdate(listener: (hint: OrderHint) => void): () => void;
  /** Whether it is authenticated, and the broker has confirmed the subscription. */
  listening(): boolean;
  /** Takes an order as reported by REST: a stream that is silent while orders fill is replaced. */
  observed(order: Order): void;
  close(): void;
}

/** Dependencies of createTradeUpdates. */
export interface TradeUpdateParts {
  /** A new stream without automatic reconnection. */
  readonly open: () => streaming.TradingStream;
  readonly timers: Timers;
  readonly log: Log;
}

/** Timeout for the broker's confirmation of the subscription. */
const READY_WITHIN_MS = 20_000;
const FIRST_BACK_OFF_MS = 1_000;
const LAST_BACK_OFF_MS = 64_000;

/** Connects at once and reconnects after every loss, after 1 s at first and 64 s at most, until `close`. */
export function createTradeUpdates({ open, timers, log }: TradeUpdateParts): TradeUpdates {
  const hints = createUpdateListeners(log);
  let stream: streaming.TradingStream | undefined;
  let ready = false;
  let backOffMs = FIRST_BACK_OFF_MS;
  let cancelTimer = (): void => undefined;
  const silence = createSilenceWatch(timers, () => replace('it is silent while orders fill'));

  const becomeReady = (): void => {
    if (ready) return;
    cancelTimer();
    ready = true;
    backOffMs = FIRST_BACK_OFF_MS;
    log.info('Alpaca: order updates are streaming');
    // Events during the outage are not repeated: poll.
    hints.tell({ clientOrderId: '', event: 'listening' });
  };
  const connect = (): void => {
    const own = open();
    stream = own;
    const isCurrent = (): boolean => stream === own;
    const onUpdate = (order: streaming.TradeUpdate['order'], event: string): void => {
      const { clientOrderId = '', filledQty } = order;
      silence.heard(clientOrderId, filledQty);
      hints.tell({ clientOrderId, event });
    };
    follow(own, { isCurrent, onReady: becomeReady, onUpdate, onLost: replace });
    cancelTimer = timers.after(READY_WITHIN_MS, () => {
      if (isCurrent()) replace('it does not get ready');
    });
    own.connect();
  };
  const drop = (): void => {
    cancelTimer();
    silence.forget();
    const old = stream;
    stream = undefined;
    ready = false;
    old?.disconnect();
  };
  const replace = (reason: string): void => {
    drop();
    log.warn(`Alpaca: the order-update stream is replaced in ${backOffMs / 1000} s: ${reason}`);
    cancelTimer = timers.after(backOffMs, connect);
    backOffMs = Math.min(backOffMs * 2, LAST_BACK_OFF_MS);
  };

  connect();
  return {
    onOrderUpdate: hints.listen,
    listening: () => ready,
    observed: (order) => {
      if (ready) silence.observed(order);
    },
    close: drop,
  };
}

interface Follower {
  /** False once the stream was replaced: later events from it are ignored. */
  readonly isCurrent: () => boolean;
  readonly onReady: () => void;
  readonly onUpdate: (order: streaming.TradeUpdate['order'], event: string) => void;
  readonly onLost: (reason: string) => void;
}

function follow(stream: streaming.TradingStream, to: Follower): void {
  stream.on('subscription', (names: readonly string[]) => {
    if (to.isCurrent() && names.includes('trade_updates')) to.onReady();
  });
  stream.onTradeUpdate(({ order, event }) => {
    if (to.isCurrent()) to.onUpdate(order, event);
  });
  stream.onDisconnect(() => {
    if (to.isCurrent()) to.onLost('it was disconnected');
  });
  stream.subscribeTradeUpdates();
}

/** Listeners for order changes. */
function createUpdateListeners(log: Log): {
  readonly listen: TradeUpdates['onOrderUpdate'];
  tell(hint: OrderHint): void;
} {
  const listeners = new Set<(hint: OrderHint) => void>();
  const failed = (error: unknown): void =>
    log.error('an order-update listener failed', { error: String(error) });
  return {
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** A listener that throws would otherwise vanish in the SDK, or end the process if it is async. */
    tell: (hint) => {
      for (const listener of [...listeners]) {
        try {
          const result: unknown = listener(hint);
          if (result instanceof Promise) result.catch(failed);
        } catch (error) {
          failed(error);
        }
      }
    },
  };
}
