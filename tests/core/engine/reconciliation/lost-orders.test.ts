/** Orders with our ids that our own journal does not have. */
import { describe, expect, it } from 'vitest';
import type { Order } from '#core/domain/order.ts';
import { epochMs, wholeShares } from '#core/domain/units.ts';
import {
  acceptForeignOrders,
  assertNothingLost,
  lostOrders,
} from '#core/engine/reconciliation/lost-orders.ts';
import { TradingError } from '#core/errors.ts';
import { intent } from '#tests/support/decision.ts';
import { close } from '#tests/support/desk.ts';
import { reported } from '#tests/support/orders.ts';
import { at, START, started, type World } from '#tests/support/world.ts';

const BUY = intent('monthly-2024-07', 'buy', 'XLK', 30);
const DAY_MS = 86_400_000;

/** The broker also lists orders from before, while they are open. */
function listed(desk: World, ...orders: readonly Order[]): void {
  desk.answers.orders = async (since) =>
    orders.filter(({ submittedAt, id }) => submittedAt >= since || id === 'before');
}

const ids = (orders: readonly Order[]) => orders.map(({ id }) => id);
const sentAt = (id: string, submittedAt: number, changes: Partial<Order> = {}): Order =>
  reported(BUY, 0, { id, submittedAt: epochMs(submittedAt), ...changes });

describe('an order that the journal lost', () => {
  it('has our prefix, is of the time since the account is known, and is not recorded', async () => {
    const desk = await started({ cashUsd: 10_000 });
    const { clientOrderId } = intent('monthly-2024-07', 'buy', 'XLE', 1);
    listed(
      desk,
      sentAt('before', START - 1),
      sentAt('at once', START),
      sentAt('later', START + 1),
      sentAt('by hand', START + 1, { clientOrderId: 'by-hand' }),
      sentAt('recovered', START + 1, { clientOrderId }),
    );
    expect(ids(await lostOrders(desk.parts))).toEqual(['at once', 'later', 'recovered']);
    desk.parts.journal.append({ kind: 'recovered-order', clientOrderId, by: 'ann' });
    expect(ids(await lostOrders(desk.parts))).toEqual(['at once', 'later']);
    desk.parts.journal.append({ kind: 'intent', intent: BUY });
    expect(await lostOrders(desk.parts)).toEqual([]);
  });

  it('is looked for a week back from the last recorded close, not before the account was known', async () => {
    const desk = await started({ cashUsd: 10_000 });
    desk.parts.journal.append(close('2024-07-05', 10_000, 1));
    listed(desk, sentAt('first', START), sentAt('before', START - 1));
    expect(ids(await lostOrders(desk.parts))).toEqual(['first']);
    desk.parts.journal.append(close('2024-08-05', 10_000, 1));
    const from = Date.parse('2024-07-29T00:00:00Z');
    listed(desk, sentAt('older', from - 1), sentAt('a week back', from));
    expect(ids(await lostOrders(desk.parts))).toEqual(['a week back']);
  });

  it('is looked for without a limit before the account is known', async () => {
    const desk = await started({ cashUsd: 10_000 });
    const { journal, broker } = desk.parts;
    const unknown = { ...journal, book: () => ({ ...journal.book(), baseline: undefined }) };
    listed(desk, sentAt('old', 0));
    expect(ids(await lostOrders({ broker, journal: unknown }))).toEqual(['old']);
  });

  it('halts trading, with the number of them and the first', async () => {
    const desk = await started({ cashUsd: 10_000 });
    const { clientOrderId } = intent('monthly-2024-07', 'buy', 'XLE', 1);
    listed(desk, sentAt('one', START), sentAt('two', START, { clientOrderId }));
    await expect(assertNothingLost(desk.parts)).rejects.toThrow(
      new TradingError(
        'journal: the broker has 2 orders of ours that are not recorded here, the first ' +
          `${BUY.clientOrderId}: this journal is older than the account; restore a newer backup, or ` +
          'look at the positions and adopt them',
        'halt',
      ),
    );
    listed(desk);
    await expect(assertNothingLost(desk.parts)).resolves.toBeUndefined();
  });
});

describe('an order of another installation under one of our ids', () => {
  const theirs = (changes: Partial<Order> = {}) =>
    sentAt('theirs', START, { qty: wholeShares(31), ...changes });
  const accepted = async (desk: World) => acceptForeignOrders(desk.parts, 'ann');

  it('is taken as theirs, and ours is written off', async () => {
    const desk = await started({ cashUsd: 10_000 });
    const { clientOrderId } = BUY;
    desk.parts.journal.append({ kind: 'intent', intent: BUY });
    listed(desk, sentAt('another', START, { clientOrderId: 'by-hand' }), theirs());
    expect(await accepted(desk)).toEqual([
      {
        ...{ kind: 'refused', clientOrderId },
        reason: 'another Rotor sent its own order under this id; accepted by ann',
      },
      { kind: 'recovered-order', clientOrderId, by: 'ann' },
    ]);
  });

  it('is ours if it is the one that we recorded, and then nothing is accepted', async () => {
    const desk = await started({ cashUsd: 10_000 });
    desk.parts.journal.append({ kind: 'intent', intent: BUY });
    listed(desk, theirs({ qty: BUY.qty }));
    expect(await accepted(desk)).toEqual([]);
    listed(desk);
    expect(await accepted(desk)).toEqual([]);
  });

  it('is looked for a week back from the first of our orders that never arrived', async () => {
    const desk = await started({ cashUsd: 10_000 });
    const other = intent('monthly-2024-07', 'buy', 'XLE', 1);
    desk.parts.journal.append({ kind: 'intent', intent: other });
    desk.clock.set(at('2024-07-08', '10:00'));
    desk.parts.journal.append({ kind: 'intent', intent: BUY });
    listed(desk, theirs({ submittedAt: epochMs(START - 7 * DAY_MS) }));
    expect(await accepted(desk)).toHaveLength(2);
    listed(desk, theirs({ submittedAt: epochMs(START - 7 * DAY_MS - 1) }));
    expect(await accepted(desk)).toEqual([]);
  });

  it('is not looked for where each of our orders is refused or known to the broker', async () => {
    const desk = await started({ cashUsd: 10_000 });
    const { clientOrderId } = BUY;
    const other = intent('monthly-2024-07', 'buy', 'XLE', 1);
    desk.answers.orders = async () => {
      throw new Error('asked');
    };
    expect(await accepted(desk)).toEqual([]);
    desk.parts.journal.append(
      { kind: 'intent', intent: BUY },
      { kind: 'refused', clientOrderId, reason: 'no' },
      { kind: 'intent', intent: other },
      { kind: 'order', order: reported(other, 0) },
    );
    expect(await accepted(desk)).toEqual([]);
  });
});
