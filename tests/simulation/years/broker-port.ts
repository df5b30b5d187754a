/** The broker as one process knows it: the exchange behind a way on which anything may be lost. */
import type { OrderIntent, Submission } from '#core/domain/order.ts';
import { TradingError } from '#core/errors.ts';
import type { Broker, OrderHint } from '#core/ports.ts';
import { chanceOf } from './chance.ts';
import type { Fuse } from './fuse.ts';
import type { FaultKind } from './kinds.ts';
import { createReads, createTravel, type ReadParts } from './reads.ts';

/** What a broker's port is made of. */
export interface PortParts extends ReadParts {
  readonly fuse: Fuse;
  /** Told right before an order leaves: what is pressed while it travels cannot hold it back. */
  readonly onPost: (intent: OrderIntent) => void;
  /** Told of each request as it leaves. */
  readonly onRequest: () => void;
  /** Told right before an order is taken back. */
  readonly onCancel: (orderId: string) => void;
}

/** The port of one process; it dies and freezes with it. */
export function createBrokerPort(parts: PortParts): Broker {
  const { fuse, faults, exchange, time } = parts;
  const travel = createTravel(parts);
  const reads = createReads(parts, travel);
  const alive =
    <A extends unknown[], T>(ask: (...given: A) => Promise<T>) =>
    (...given: A): Promise<T> => {
      parts.onRequest();
      return fuse.later(() => ask(...given));
    };
  const met = (kind: FaultKind): boolean => {
    const fault = faults.on(kind);
    if (fault) faults.met(fault);
    return fault !== undefined;
  };

  async function submit(intent: OrderIntent): Promise<Submission> {
    if (met('held-back')) throw new TradingError('the order could not leave within 2 s', 'retry');
    parts.onPost(intent);
    await time.sleep(20 + 130 * chanceOf(parts.seed, 'post', intent.clientOrderId));
    if (met('never-arrives')) return { kind: 'unknown', reason: 'the connection was reset' };
    if (met('refused-for-now')) return { kind: 'refused', reason: 'insufficient buying power' };
    if (met('refused-for-good')) return { kind: 'refused', reason: 'cost basis must be >= 1' };
    const outcome = await exchange.submit(intent);
    await time.sleep(20);
    const isLost = met('answer-lost') || met('order-unseen');
    return isLost ? { kind: 'unknown', reason: 'no answer within 10 s' } : outcome;
  }

  async function cancel(orderId: string): Promise<void> {
    await travel('cancel');
    if (met('cancel-fails')) throw new TradingError('the broker did not answer', 'retry');
    parts.onCancel(orderId);
    exchange.cancel(orderId);
  }

  function onOrderUpdate(listener: (hint: OrderHint) => void): () => void {
    const told = (hint: OrderHint): void => {
      if (!fuse.isDead()) listener(hint);
    };
    return exchange.onUpdate((hint) => {
      if (met('stream-down') || met('updates-lost')) return;
      if (met('updates-late')) return void time.at(time.now() + 30_000, () => told(hint));
      told(hint);
      if (!met('updates-repeated')) return;
      told(hint);
      time.at(time.now() + 4_000, () => told(hint));
    });
  }

  return {
    account: alive(reads.account),
    positions: alive(reads.positions),
    clock: alive(reads.clock),
    calendar: alive(reads.calendar),
    assets: alive(reads.assets),
    latestPrices: alive(reads.latestPrices),
    openOrders: alive(reads.openOrders),
    orders: alive(reads.orders),
    orderByClientId: alive(reads.orderByClientId),
    fills: alive(reads.fills),
    activities: alive(reads.activities),
    submit: alive(submit),
    cancel: alive(cancel),
    unmanagedHoldings: async () => [],
    unmanagedOrders: async () => [],
    onOrderUpdate,
    streaming: () => faults.on('stream-down') === undefined,
    setAside: () => [],
    close: async () => undefined,
  };
}
