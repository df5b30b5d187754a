/**
 * The order-update stream, kept alive. It only hints: it has no replay and may repeat, reorder and
 * lose, so nothing here is booked. The SDK's stream can hang for ever (an upgrade or a login that is
 * never answered) and ends for ever on one bad login; so each connection is used once, under a
 * watchdog, and replaced.
 */
import type { streaming } from '@alpacahq/alpaca-trade-api';
import type { Order } from '../domain/order.ts';
import type { Log, OrderHint } from '../ports.ts';
import { createSilenceWatch } from './silence-watch.ts';
import type { Timers } from './timers.ts';

/** The broker's stream of order updates. It carries hints only: REST is asked for the facts. */
export interface TradeUpdates {
  onOrderUpdate(listener: (hint: OrderHint) => void): () => void;
  /** Authenticated, and the broker confirmed that it sends order updates. */
  listening(): boolean;
  /** Takes an order as REST reports it: a stream that is silent while orders fill is replaced. */
  observed(order: Order): void;
  close(): void;
}

/** The parts of the stream of order updates. */
export interface TradeUpdateParts {
  /** A new stream that does not reconnect by itself. */
  readonly open: () => streaming.TradingStream;
  readonly timers: Timers;
  readonly log: Log;
}

/** Until the broker has confirmed the subscription. */
const READY_WITHIN_MS = 20_000;
const FIRST_BACK_OFF_MS = 1_000;
const LAST_BACK_OFF_MS = 64_000;

/**
 * Connects at once and again after every loss, after 1 s at first and 64 s at most, until `close`.
 */
export function createTradeUpdates({ open, timers, log }: TradeUpdateParts): TradeUpdates {
  const listeners = new Set<(hint: OrderHint) => void>();
  let stream: streaming.TradingStream | undefined;
  let ready = false;
  let backOffMs = FIRST_BACK_OFF_MS;
  let cancelTimer = (): void => undefined;
  const silence = createSilenceWatch(timers, () => replace('it is silent while orders fill'));

  /** A listener that throws would otherwise vanish in the SDK, or end the process if it is async. */
  const tell = (hint: OrderHint): void => {
    for (const listener of [...listeners]) {
      const failed = (error: unknown): void =>
        log.error('an order-update listener failed', { error: String(error) });
      try {
        const result: unknown = listener(hint);
        if (result instanceof Promise) result.catch(failed);
      } catch (error) {
        failed(error);
      }
    }
  };

  const becomeReady = (): void => {
    cancelTimer();
    ready = true;
    backOffMs = FIRST_BACK_OFF_MS;
    log.info('Alpaca: order updates are streaming');
    // Whatever happened while nobody listened is not told again: look.
    tell({ clientOrderId: '', event: 'listening' });
  };

  const connect = (): void => {
    const own = open();
    stream = own;
    const current = (act: () => void) => (): void => {
      if (stream === own) act();
    };
    own.on('subscription', (names: readonly string[]) => {
      if (stream === own && !ready && names.includes('trade_updates')) becomeReady();
    });
    own.onTradeUpdate((update) => {
      if (stream !== own) return;
      const { clientOrderId = '', filledQty } = update.order;
      silence.heard(clientOrderId, filledQty);
      tell({ clientOrderId, event: update.event });
    });
    own.onDisconnect(current(() => replace('it was disconnected')));
    own.subscribeTradeUpdates();
    cancelTimer = timers.after(
      READY_WITHIN_MS,
      current(() => replace('it does not get ready')),
    );
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
    onOrderUpdate(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listening: () => ready,
    observed: (order) => {
      if (ready) silence.observed(order);
    },
    close: drop,
  };
}
