/**
 * Orders that the broker reports open well after their session: they are no longer waited for, and an alert
 * is raised.
 */
import {
  type AccountState,
  type ManagedOrder,
  openAlert,
  restOf,
} from '#core/domain/account-state.ts';
import type { Alert, AlertSubject } from '#core/domain/alert.ts';
import type { Entry } from '#core/domain/entry.ts';
import { type EpochMs, qtyToDecimal } from '#core/domain/units.ts';
import { resolvedEntries } from '../alerts.ts';
import type { EngineParts } from '../parts.ts';
import { isOrderFinal, isOverdue, isSessionOver, orderEntries } from './managed-orders.ts';

/**
 * Looks up orders of unknown outcome by their id once their session is over. One that the broker does not
 * know is written off: it could no longer fill. Until then they count as open.
 */
export async function settleUnknown(
  { broker, journal }: Pick<EngineParts, 'broker' | 'journal'>,
  now: EpochMs,
): Promise<void> {
  const unknown = [...journal.book().managedOrders.values()].filter(
    (managed) => managed.state === 'sending' && isSessionOver(managed, now),
  );
  for (const { intent } of unknown) {
    const { clientOrderId } = intent;
    const order = await broker.orderByClientId(clientOrderId);
    if (journal.book().managedOrders.get(clientOrderId)?.state !== 'sending') continue;
    const reason = 'it never arrived at the broker';
    journal.append(
      ...(order
        ? orderEntries(journal.book(), [order])
        : [{ kind: 'refused', clientOrderId, reason, mayPass: true } as const]),
    );
  }
}

/** At the broker and not final; an order still open after its session is not waited for. */
export function isLive({ clocks }: Pick<EngineParts, 'clocks'>, managed: ManagedOrder): boolean {
  if (managed.state !== 'placed' || managed.setAsideBy !== undefined) return false;
  return !isOrderFinal(managed) && !isOverdue(managed, clocks.market.now());
}

/** Our orders still open after their session that no one has set aside. */
export function stuckOrders(book: AccountState, now: EpochMs): readonly ManagedOrder[] {
  return [...book.managedOrders.values()].filter(
    (managed) => managed.setAsideBy === undefined && isOverdue(managed, now),
  );
}

/** Subject of the alert about an order still open after its session. */
export function stuckSubject(clientOrderId: string): AlertSubject {
  return { about: 'stuck-order', clientOrderId };
}

/** One critical alert per stuck order, resolved when the order ends. */
export function stuckEntries(book: AccountState, now: EpochMs): readonly Entry[] {
  const stuck = stuckOrders(book, now);
  const ids = new Set(stuck.map(({ intent }) => intent.clientOrderId));
  return [
    ...stuck
      .filter(({ intent }) => !openAlert(book, stuckSubject(intent.clientOrderId)))
      .map((managed): Entry => ({ kind: 'alert', alert: stuckAlert(managed) })),
    ...resolvedEntries(
      book,
      (subject) => subject.about === 'stuck-order' && !ids.has(subject.clientOrderId),
      'The order is final.',
    ),
  ];
}

function stuckAlert(managed: ManagedOrder): Alert {
  const { intent, order } = managed;
  const { side, ticker, clientOrderId } = intent;
  const left = qtyToDecimal(restOf(managed));
  return {
    subject: stuckSubject(clientOrderId),
    severity: 'critical',
    title: 'An order is stuck',
    text:
      `The broker still calls the ${side} of ${ticker} ${order?.brokerStatus ?? 'open'}, although its ` +
      `session is over. It may still ${side} ${left} shares.`,
    remedy:
      `${ticker} is not traded meanwhile; everything else continues. Set the order aside to continue with ` +
      `${ticker} too: if it fills after all, the fill is recorded and posted.`,
  };
}
