/**
 * A socket that stays open but stopped delivering looks healthy: pings are answered. It is detected by an
 * order that fills by REST but is never reported by the stream.
 */
import type { Order } from '../domain/order.ts';
import { type Qty, qtyFromDecimal } from '../domain/units.ts';
import type { Timers } from './timers.ts';

/** Compares fills reported by REST with those reported by the stream. */
export interface SilenceWatch {
  /** The stream reported this order, with that total quantity filled. */
  heard(clientOrderId: string, filled: string | undefined): void;
  /** REST reported this order. */
  observed(order: Order): void;
  /** The stream was replaced: it cannot have reported earlier events. */
  forget(): void;
}

/** How far the stream may lag behind REST. */
const GRACE_MS = 20_000;

/** Calls `onSilence` when REST reported a fill that the stream has not reported within the grace period. */
export function createSilenceWatch(timers: Timers, onSilence: () => void): SilenceWatch {
  const told = new Map<string, number>();
  const seen = new Map<string, Qty>();
  let cancel = (): void => undefined;
  let waitingFor: Order | undefined;

  const isReported = ({ clientOrderId, filledQty }: Order): boolean =>
    (told.get(clientOrderId) ?? 0) >= filledQty;

  const settle = (): void => {
    if (!waitingFor || !isReported(waitingFor)) return;
    waitingFor = undefined;
    cancel();
  };

  return {
    heard(clientOrderId, filled) {
      told.set(clientOrderId, Math.max(told.get(clientOrderId) ?? 0, quantityOf(filled)));
      settle();
    },
    observed(order) {
      const before = seen.get(order.clientOrderId);
      seen.set(order.clientOrderId, order.filledQty);
      // The first observation of an order does not say when it filled.
      const filledSince = before !== undefined && order.filledQty > before;
      if (!filledSince || isReported(order) || waitingFor) return;
      waitingFor = order;
      cancel = timers.after(GRACE_MS, onSilence);
    },
    forget() {
      cancel();
      waitingFor = undefined;
      told.clear();
      seen.clear();
    },
  };
}

function quantityOf(text: string | undefined): number {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? qtyFromDecimal(text) : 0;
}
