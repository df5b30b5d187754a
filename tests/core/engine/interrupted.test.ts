import { describe, expect, it } from 'vitest';
import { started, type World } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 }, target: ['XLK', 'XLE'] } as const;

/** The sells stay open and are not cancelled when they are asked to; everything else fills. */
function sellsStayOpen(desk: World): void {
  desk.broker.behave(({ side }) => ({ kind: side === 'sell' ? 'open' : 'whole' }));
  desk.answers.cancel = async () => undefined;
}

/** Too little cash to buy before the sell is filled. */
const POOR = { ...ROTATION, cashUsd: 1_000 };

describe('orders that stay open', () => {
  it('are shown with the broker’s own status, once, and are not sent again', async () => {
    const desk = await started(POOR);
    sellsStayOpen(desk);
    await desk.minutes(45);
    expect(desk.alerts().map(({ text }) => text)).toEqual([
      'sell orders still open at the broker: XLF (new)',
      expect.stringContaining('Still to do: sell XLF, buy XLK, buy XLE.'),
    ]);
    expect(desk.entries('alert')).toHaveLength(2);
    expect(desk.posted()).toEqual(['sell XLF 100']);
  });

  it('are shown with those of the other side, in words that do not change with the side looked at', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(90);
    const texts = desk
      .entries('alert')
      .map(({ alert }) => alert)
      .filter(({ subject }) => subject.about === 'open-orders')
      .map(({ text }) => text);
    const sells = 'sell orders still open at the broker: XLF (new)';
    const buys = 'buy orders still open at the broker: XLK (new), XLE (new)';
    expect(texts).toEqual([sells, `${sells}; ${buys}`]);
  });

  it('are checked again within a minute when they fill, and the alert ends', async () => {
    const desk = await started(POOR);
    sellsStayOpen(desk);
    await desk.minutes(20);
    const [open] = desk.broker.accepted;
    desk.broker.progress(open?.clientOrderId ?? '', { fill: 100 });
    await desk.minutes(1);
    expect(desk.posted()).toHaveLength(3);
    await desk.minutes(2);
    expect(desk.book().alerts.size).toBe(0);
    expect(desk.book().ledger.cash).toBe(desk.broker.ledger().cash);
  });

  it('are asked to cancel after a minute and sent again at the current price, three times', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(({ side }) => {
      desk.broker.setPrice('XLF', 99);
      return { kind: side === 'sell' ? 'open' : 'whole' };
    });
    await desk.minutes(15);
    const sells = desk.broker.posts.filter(({ side }) => side === 'sell');
    expect(sells.map(({ limitPrice }) => limitPrice)).toEqual(['99.5', '98.51', '98.51', '98.51']);
    expect(new Set(sells.map(({ clientOrderId }) => clientOrderId)).size).toBe(4);
    expect(desk.broker.cancels).toHaveLength(4);
    const [rebalance] = desk.book().rebalances.values();
    expect(rebalance?.result?.left[0]).toBe('sell XLF: not filled: cancelled');
  });
});

describe('an interrupted rebalance', () => {
  it('of five sessions continues', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'wait');
    await desk.minutes(2);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.goTo('2024-07-09', '09:36');
    desk.engine.setState('RUN', 'ann', 'go on');
    await desk.minutes(3);
    expect(desk.posted()).toHaveLength(3);
  });

  it('of more sessions ends instead of trading on its old target, and says so', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'wait');
    await desk.minutes(2);
    desk.goTo('2024-07-10', '09:36');
    desk.engine.setState('RUN', 'ann', 'go on');
    await desk.minutes(3);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    const [rebalance] = [...desk.book().rebalances.values()];
    expect(rebalance?.result?.kind).toBe('partial');
    expect(rebalance?.result?.left[0]).toMatch(/^its time is over: MAX_CATCHUP_SESSIONS/);
  });

  it('of more sessions does not end while one of its orders is open at the broker', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'wait');
    await desk.minutes(2);
    desk.goTo('2024-07-09', '15:30');
    desk.target = ['XLF'];
    desk.engine.setState('RUN', 'ann', 'go on');
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(1);
    desk.goTo('2024-07-09', '16:10');
    await desk.minutes(3);
    expect([...desk.book().rebalances.values()][0]?.result).toBeUndefined();
  });
});
