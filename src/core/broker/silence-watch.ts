/**
 * A socket that stays open and stopped delivering looks healthy: pings are answered. What gives it
 * away is an order that fills by REST and of which the stream never speaks.
 */
import type { Order } from '../domain/order.ts';
import { type Qty, qtyFromDecimal } from '../domain/units.ts';
import type { Timers } from './timers.ts';

/** Compares fills that REST reports with those that the stream reported. */
export interface SilenceWatch {
  /** The stream told of this order, with so much filled in all. */
  heard(clientOrderId: string, filled: string | undefined): void;
  /** REST told of this order. */
  observed(order: Order): void;
  /** The stream is another one now: it cannot have told what was before. */
  forget(): void;
}

/** The stream may be that much slower than REST. */
const GRACE_MS = 20_000;

/**
 * Calls `onSilence` when REST saw a fill that the stream has not reported within the time of grace.
 */
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
      // The first look at an order says nothing of when it filled.
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
