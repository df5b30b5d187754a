/** A rebalance in its thread: what happens to people's threads, and to processes. */
import { describe, expect, it } from 'vitest';
import { createMessageStore } from '#bot/messages/message-store.ts';
import type { Entry } from '#core/domain/entry.ts';
import { wholeShares } from '#core/domain/units.ts';
import { rebalanceView } from '#core/views/rebalance.ts';
import { handChannel } from '#tests/support/channel.ts';
import { leapingClock } from '#tests/support/clock.ts';
import { decided } from '#tests/support/deciding.ts';
import { carriedOut, handEngine, memoryPosts, NOW } from '#tests/support/desk.ts';
import { memoryJournal } from '#tests/support/journal.ts';
import { silentLog } from '#tests/support/log.ts';
import { outboxOver } from '#tests/support/outbox.ts';

const decision = decided();
const [made, ...rest] = carriedOut(decision, 101);
const ORDERS = decision.plan.orders;
const STEPS = ['Decision', 'Orders'];

function house() {
  const channel = handChannel();
  const posts = memoryPosts();
  const clock = leapingClock(NOW);
  const journal = memoryJournal(clock);
  const engine = handEngine(journal, clock);
  const warnings: string[] = [];
  const log = { ...silentLog, warn: (text: string) => void warnings.push(text) };
  const draw = async (): Promise<Uint8Array> => Uint8Array.of(1);
  const reopen = () => {
    const messageStore = createMessageStore({
      channel,
      posts,
      draw,
      log,
      journalCreatedAt: () => 'b',
    });
    return outboxOver({ engine, journal, posts, messageStore, wall: clock, alertRoleId: '9', log });
  };
  const titlesIn = (id: string): readonly string[] =>
    channel.in(id).map(({ embeds }) => embeds[0]?.title ?? '');
  const ordersIn = (id: string): readonly string[] =>
    (channel.in(id).at(-1)?.embeds[0]?.description ?? '')
      .split('\n')
      .flatMap((line) => /^\*\*(.*)\*\*$/.exec(line)?.[1] ?? []);
  const rowsIn = (id: string, sign: string): readonly string[] =>
    (channel.in(id).at(-1)?.embeds[0]?.description ?? '')
      .split('\n')
      .filter((line) => line.startsWith(sign));
  const record = (...entries: readonly (Entry | undefined)[]): void =>
    void journal.append(...entries.filter((entry) => entry !== undefined));
  return { channel, posts, journal, engine, warnings, reopen, titlesIn, ordersIn, rowsIn, record };
}

const reads = (titles: readonly string[]): void => {
  expect(titles).toHaveLength(STEPS.length);
  for (const [index, part] of STEPS.entries()) expect(titles[index]).toContain(part);
};

describe('the thread of a rebalance', () => {
  it('has a row for each order in one message, edited from waiting to filled, without a sound', async () => {
    const { channel, record, reopen, titlesIn, ordersIn, rowsIn } = house();
    const outbox = reopen();
    record(made);
    await outbox.tell();
    expect(titlesIn('t1')).toEqual(STEPS);
    expect(rowsIn('t1', '○')).toHaveLength(ORDERS.length);
    for (const entry of rest) {
      record(entry);
      await outbox.tell();
    }
    reads(titlesIn('t1'));
    expect([rowsIn('t1', '✓').length, ordersIn('t1')]).toEqual([ORDERS.length, []]);
    expect(channel.in('t1').every(({ silent }) => silent)).toBe(true);
    expect(channel.in('c1').map(({ silent }) => silent)).toEqual([false]);
  });

  it('shows sent, partly filled and rejected orders with the broker’s reason', async () => {
    const { record, reopen, channel, ordersIn } = house();
    const [first, second] = decision.plan.orders;
    if (!first || !second) throw new Error('the builder plans orders');
    const order = {
      id: 'o1',
      clientOrderId: first.clientOrderId,
      ticker: first.ticker,
      side: first.side,
      qty: first.qty,
      submittedAt: NOW,
      updatedAt: NOW,
      status: 'open',
    } as const;
    const outbox = reopen();
    record(made, { kind: 'intent', intent: first }, { kind: 'intent', intent: second });
    record({ kind: 'sending', clientOrderId: first.clientOrderId, try: 1 });
    await outbox.tell();
    expect(ordersIn('t1')[0]).toContain('· sent');
    const partly = {
      filledQty: wholeShares(3),
      averagePrice: 101,
      brokerStatus: 'partially_filled',
    };
    record({ kind: 'order', order: { ...order, ...partly } });
    record({
      kind: 'refused',
      clientOrderId: second.clientOrderId,
      reason: 'insufficient buying power',
    });
    await outbox.tell();
    expect(ordersIn('t1')[0]).toContain('· partly filled');
    expect(ordersIn('t1')[1]).toContain('· refused');
    expect(JSON.stringify(channel.in('t1').at(-1))).toContain('insufficient buying power');
  });

  it('delivers each step once and in order, wherever Discord failed and a new process continued', async () => {
    const complete = house();
    complete.record(made, ...rest);
    await complete.reopen().tell();
    const calls = complete.channel.calls.length;
    for (let failing = 1; failing <= calls; failing++) {
      const { channel, record, reopen, titlesIn } = house();
      record(made, ...rest);
      channel.failures.push(...Array(failing - 1).fill(undefined), new Error('socket hang up'));
      await expect(reopen().tell()).rejects.toThrow('socket');
      await reopen().tell();
      reads(titlesIn('t1'));
      expect(titlesIn('c1')).toHaveLength(1);
    }
  });

  it('is started again with every step when somebody deleted it', async () => {
    const { channel, record, reopen, titlesIn } = house();
    const outbox = reopen();
    record(made);
    await outbox.tell();
    for (const [id, place] of channel.places) if (place === 't1') channel.messages.delete(id);
    channel.closed.add('t1');
    record(...rest);
    await outbox.tell();
    reads(titlesIn('t1'));
    expect(titlesIn('c1')).toHaveLength(1);
  });

  it('is left out if none may be started: its steps go to the channel', async () => {
    const { channel, record, reopen, titlesIn, warnings } = house();
    channel.threads = false;
    record(made, ...rest);
    await reopen().tell();
    const [summary, ...steps] = titlesIn('c1');
    expect(summary).toContain('Rebalanced');
    reads(steps);
    expect(warnings).toEqual([expect.stringContaining('Missing Permissions')]);
  });

  it('ends in sums that equal the fills of the broker', async () => {
    const { channel, journal, record, reopen } = house();
    record(made, ...rest);
    await reopen().tell();
    const view = rebalanceView(journal.book(), decision.id, 'SANDBOX');
    const fills = rest.flatMap((entry) => (entry.kind === 'fill' ? [entry.fill] : []));
    const cents = fills.reduce((sum, { qty, price }) => sum + Math.round((qty * price) / 1e7), 0);
    expect(view?.totals).toMatchObject({ fills: fills.length, bought: cents, sold: 0 });
    const lost = fills.reduce(
      (sum, { qty, price }, index) =>
        sum +
        Math.round((qty * price) / 1e7) -
        Math.round((qty * (decision.plan.orders[index]?.priceAtDecision ?? 0)) / 1e7),
      0,
    );
    expect(view?.totals.slippage).toBe(lost);
    expect(JSON.stringify(channel.in('t1').at(-1))).toContain('BPS');
  });
});
