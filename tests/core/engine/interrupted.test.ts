import { describe, expect, it } from 'vitest';
import type { OrderIntent } from '#core/domain/order.ts';
import { started } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 }, target: ['XLK', 'XLE'] } as const;

/** The sells stay open; everything else fills. */
const sellsStayOpen = ({ side }: OrderIntent) =>
  side === 'sell' ? ({ kind: 'open' } as const) : ({ kind: 'whole' } as const);

describe('orders that stay open', () => {
  it('are shown with the broker’s own word, once, and nothing is bought meanwhile', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(sellsStayOpen);
    await desk.minutes(45);
    expect(desk.alerts().map(({ text }) => text)).toEqual([
      'sell orders still open at the broker: XLF (new)',
    ]);
    expect(desk.entries('alert')).toHaveLength(1);
    expect(desk.posted()).toEqual(['sell XLF 100']);
  });

  it('are looked at again within a minute when they fill, and the alert ends', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(sellsStayOpen);
    await desk.minutes(20);
    const [open] = desk.broker.accepted;
    desk.broker.progress(open?.clientOrderId ?? '', { fill: 100 });
    await desk.minutes(1);
    expect(desk.posted()).toHaveLength(3);
    await desk.minutes(2);
    expect(desk.book().alerts.size).toBe(0);
    expect(desk.book().ledger.cash).toBe(desk.broker.ledger().cash);
  });
});

describe('a rebalance that was interrupted', () => {
  it('for five sessions goes on', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'wait');
    await desk.minutes(2);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.goTo('2024-07-09', '09:36');
    desk.engine.setState('RUN', 'ann', 'go on');
    await desk.minutes(3);
    expect(desk.posted()).toHaveLength(3);
  });

  it('for longer is ended instead of traded on its old target, and says so', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'wait');
    await desk.minutes(2);
    desk.goTo('2024-07-10', '09:36');
    desk.engine.setState('RUN', 'ann', 'go on');
    await desk.minutes(3);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    const [rebalance] = [...desk.book().rebalances.values()];
    expect(rebalance?.result?.kind).toBe('partial');
    expect(rebalance?.result?.left[0]).toMatch(/interrupted too long ago/);
  });

  it('for longer is not ended while an order of it is open at the broker', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(sellsStayOpen);
    await desk.minutes(2);
    desk.goTo('2024-07-10', '09:36');
    await desk.minutes(3);
    expect([...desk.book().rebalances.values()][0]?.result).toBeUndefined();
  });
});
