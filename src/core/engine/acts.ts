/** What people do to the running desk, besides approving plans. */
import type { Order } from '../domain/order.ts';
import type { Observer } from './observer.ts';
import type { EngineParts } from './parts.ts';
import type { AnswerOutcome } from './proposals.ts';

/** What became of one open order that was to be taken back. */
export interface Withdrawal {
  readonly order: Order;
  /** `asked`: the broker has not said yet that it is gone. */
  readonly kind: 'canceled' | 'filled' | 'asked' | 'failed';
  readonly text: string;
}

export interface Acts {
  /** HALT at once, then asks the broker to cancel every open order of ours; one line for each. */
  halt(by: string, reason: string): Promise<readonly Withdrawal[]>;
  /** While paused no rebalance begins by itself. Resumed with the trading state. */
  pause(by: string, reason: string): void;
  /** Cancels one open order of ours, or all; what is left of it is not sent again. */
  cancel(clientOrderId: string | 'all', by: string): Promise<readonly Withdrawal[]>;
  /**
   * Sells everything that Rotor may trade: REDUCE, then a decision of sells only, carried out as
   * every rebalance is. Closed when nothing is held or orders could not leave now.
   */
  flatten(by: string, reason: string): Promise<AnswerOutcome>;
  /** The open alert of that subject is not repeated any more. */
  acknowledge(subject: string, by: string): AnswerOutcome;
  /** Ends the card of a trade by another hand; `adopted`: its drift is meant. */
  judge(fillId: string, choice: 'adopted' | 'ignored', by: string): AnswerOutcome;
}

export function createActs({ journal, broker }: EngineParts, _observer: Observer): Acts {
  const accepted: AnswerOutcome = { kind: 'accepted' };
  const closed = (reason: string): AnswerOutcome => ({ kind: 'closed', reason });

  async function withdraw(orders: readonly Order[]): Promise<readonly Withdrawal[]> {
    await Promise.all(orders.map((order) => broker.cancel(order.id)));
    return orders.map((order) => ({ order, kind: 'asked', text: 'asked to cancel' }));
  }

  return {
    async halt(by, reason) {
      journal.append({ kind: 'state', state: 'HALT', by, reason });
      return withdraw(await broker.openOrders());
    },
    pause: (by, reason) => void journal.append({ kind: 'pause', paused: true, by, reason }),
    async cancel(clientOrderId, by) {
      const open = await broker.openOrders();
      const meant = open.filter(
        (order) => clientOrderId === 'all' || order.clientOrderId === clientOrderId,
      );
      journal.append(
        ...meant.map((order) => ({
          kind: 'withdrawn' as const,
          clientOrderId: order.clientOrderId,
          by,
        })),
      );
      return withdraw(meant);
    },
    flatten: async () => closed('not yet'),
    acknowledge(subject, by) {
      const open = journal.book().alerts.get(subject);
      if (!open) return closed('This is over already.');
      if (open.acknowledged) return closed(`Already seen by ${open.acknowledged.by}.`);
      journal.append({ kind: 'acknowledged', subject, by });
      return accepted;
    },
    judge: () => closed('not yet'),
  };
}
