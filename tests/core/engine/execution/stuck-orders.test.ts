import { describe, expect, it } from 'vitest';
import type { ManagedOrder, OpenAlert } from '#core/domain/account-state.ts';
import { newYorkInstant } from '#core/domain/new-york.ts';
import type { Order } from '#core/domain/order.ts';
import { type EpochMs, epochMs, sessionDate } from '#core/domain/units.ts';
import {
  isLive,
  settleUnknown,
  stuckEntries,
  stuckOrders,
} from '#core/engine/execution/stuck-orders.ts';
import { intent } from '#tests/support/decision.ts';
import { alert, book } from '#tests/support/desk.ts';

const BUY = intent('monthly-2026-11', 'buy', 'XLK', 30);
const ID = BUY.clientOrderId;
const at = (day: string, hour: number, minute = 0): EpochMs =>
  newYorkInstant(sessionDate(day), hour * 60 + minute);
const SENT = at('2026-11-10', 10);
/** Half an hour after the close. */
const LAST = at('2026-11-10', 16, 30);

function order(changes: Partial<Order> = {}): Order {
  const { ticker, side, qty } = BUY;
  return {
    ...{ id: 'o1', clientOrderId: ID, ticker, side, qty, filledQty: 0 as never },
    ...{ averagePrice: undefined, status: 'open', brokerStatus: 'new' },
    ...{ submittedAt: SENT, updatedAt: SENT, ...changes },
  };
}

function managed(changes: Partial<ManagedOrder> = {}): ManagedOrder {
  return {
    ...{ intent: BUY, at: SENT, tries: 1, sentAt: SENT, state: 'placed', refusal: undefined },
    ...{ order: order(), fills: [], cancelRequestedBy: undefined, ...changes },
  };
}

const withOrder = (changes: Partial<ManagedOrder> = {}) => ({
  ...book(),
  managedOrders: new Map([[ID, managed(changes)]]),
});

/** Whether somebody is to be called for the order. */
const isOverdue = (of: ManagedOrder, now: EpochMs): boolean =>
  stuckOrders({ ...book(), managedOrders: new Map([[ID, of]]) }, now).length === 1;

describe('an order that is open after its session', () => {
  it('is overdue more than half an hour after the close, and not before', () => {
    expect(isOverdue(managed(), LAST)).toBe(false);
    expect(isOverdue(managed(), epochMs(LAST + 1))).toBe(true);
    expect(isOverdue(managed({ order: order({ status: 'canceled' }) }), at('2026-11-12', 10))).toBe(
      false,
    );
    expect(isOverdue(managed({ order: undefined }), at('2026-11-12', 10))).toBe(false);
  });

  it('is overdue after a half day by its early close', () => {
    const early = managed({ sentAt: at('2026-11-27', 10) });
    expect(isOverdue(early, at('2026-11-27', 13, 30))).toBe(false);
    expect(isOverdue(early, at('2026-11-27', 13, 31))).toBe(true);
  });

  it('belongs to the session that it was sent in, or the next one, else to the one it was planned in', () => {
    const resent = managed({ at: at('2026-11-09', 10) });
    expect(isOverdue(resent, LAST)).toBe(false);
    const atNight = managed({ sentAt: at('2026-11-10', 20) });
    expect(isOverdue(atNight, at('2026-11-11', 16, 30))).toBe(false);
    expect(isOverdue(atNight, at('2026-11-11', 16, 31))).toBe(true);
    expect(isOverdue(managed({ sentAt: undefined }), epochMs(LAST + 1))).toBe(true);
  });

  it('is not waited for, nor is one that a person set aside', () => {
    const live = (now: EpochMs, changes: Partial<ManagedOrder> = {}) =>
      isLive({ clocks: { market: { now: () => now } } } as never, managed(changes));
    expect([live(SENT), live(LAST), live(epochMs(LAST + 1))]).toEqual([true, true, false]);
    expect(live(SENT, { setAsideBy: 'ann' })).toBe(false);
    expect(live(SENT, { state: 'sending' })).toBe(false);
    expect(live(SENT, { order: order({ status: 'filled' }) })).toBe(false);
  });

  it('calls somebody once, and the call ends when the order does', () => {
    const now = epochMs(LAST + 1);
    const [called] = stuckEntries(withOrder(), now);
    expect(called).toMatchObject({ kind: 'alert', alert: { severity: 'critical' } });
    const pending = withOrder({ order: order({ brokerStatus: 'pending_cancel' }) });
    expect(stuckEntries(pending, now)).toMatchObject([
      { alert: { text: expect.stringContaining('still calls the buy of XLK pending_cancel, ') } },
    ]);
    const subject = { about: 'stuck-order', clientOrderId: ID } as const;
    const open = {
      alert: { ...alert(), subject },
      ...{ count: 1, firstAt: now, lastAt: now, acknowledged: undefined },
    };
    const other = { ...open, alert: { ...alert(), subject: { about: 'reconciliation' } as const } };
    const told = (changes: Partial<ManagedOrder>) => {
      const alerts = new Map<string, OpenAlert>([
        [`stuck ${ID}`, open],
        ['reconciliation', other],
      ]);
      const state = { ...withOrder(changes), alerts };
      return stuckEntries(state, now).map(({ kind }) => kind);
    };
    expect(told({})).toEqual([]);
    expect(told({ order: order({ status: 'canceled' }) })).toEqual(['resolved']);
    expect(stuckOrders(withOrder({ setAsideBy: 'ann' }), now)).toEqual([]);
    expect(stuckEntries(withOrder(), LAST)).toEqual([]);
  });
});

describe('an order of unknown outcome', () => {
  async function settled(
    now: EpochMs,
    answer?: Order,
    changes: Partial<ManagedOrder> = {},
    meanwhile: Partial<ManagedOrder> = {},
  ) {
    const written: unknown[] = [];
    const sent = { state: 'sending', order: undefined, ...changes } as const;
    let state = withOrder(sent);
    const journal = {
      book: () => state,
      append: (...entries: unknown[]) => void written.push(...entries),
    };
    const asked: string[] = [];
    const broker = {
      orderByClientId: async (id: string) => {
        asked.push(id);
        state = withOrder({ ...sent, ...meanwhile });
        return answer;
      },
    };
    await settleUnknown({ broker, journal } as never, now);
    return { written, asked };
  }

  it('is looked up by its id once its session is over, and not before', async () => {
    expect((await settled(LAST)).asked).toEqual([]);
    expect((await settled(epochMs(LAST + 1))).asked).toEqual([ID]);
    expect((await settled(epochMs(LAST + 1), undefined, { state: 'placed' })).asked).toEqual([]);
  });

  it('is written off where the broker does not know it, and is what the broker says where it does', async () => {
    const later = epochMs(LAST + 1);
    expect((await settled(later)).written).toEqual([
      ...[{ kind: 'refused', clientOrderId: ID, reason: expect.any(String), mayPass: true }],
    ]);
    const known = order({ status: 'filled', filledQty: BUY.qty });
    expect((await settled(later, known)).written).toEqual([{ kind: 'order', order: known }]);
  });

  it('is left alone where its outcome became known while it was looked up', async () => {
    const { asked, written } = await settled(epochMs(LAST + 1), undefined, {}, { state: 'placed' });
    expect([asked, written]).toEqual([[ID], []]);
  });
});
