import { describe, expect, it } from 'vitest';
import { peopleTime } from '#tests/support/people-time.ts';
import { sameBooks, started, type World } from '#tests/support/world.ts';

const SOLD = ['XLK', 'XLF', 'XLE', 'XLV', 'XLI', 'XLP'];
const BOUGHT = ['XLU', 'XLY', 'XLC', 'XLB', 'XLRE', 'TLT'];

/** Fills a fifth of each open order every few seconds, each order at a pace of its own. */
function fillInFifths({ broker }: World): (now: number) => void {
  broker.behave(() => ({ kind: 'open' }));
  const due = new Map<string, number>();
  return (now) => {
    for (const [index, order] of broker.accepted.entries()) {
      const { clientOrderId, filledQty, qty, status, submittedAt } = order;
      if (status !== 'open' || now < (due.get(clientOrderId) ?? submittedAt + 300)) continue;
      due.set(clientOrderId, now + 700 + index * 130);
      const part = Math.ceil(qty / 5e9);
      broker.progress(clientOrderId, { fill: Math.min(part, (qty - filledQty) / 1e9) });
    }
  };
}

describe('a rebalance of six sells and six buys, each filled in five parts', () => {
  it('asks the trading host at most 60 times in any rolling minute', async () => {
    const desk = await started({
      cashUsd: 1_000,
      held: Object.fromEntries(SOLD.map((symbol) => [symbol, 100])),
      target: BOUGHT,
    });
    const time = peopleTime(desk);
    await time.pass(3 * 60_000, fillInFifths(desk));
    const [rebalance] = desk.book().rebalances.values();
    expect(rebalance?.result).toEqual({ kind: 'complete', left: [] });
    expect(desk.posted()).toHaveLength(12);
    expect(sameBooks(desk)).toBe(true);
    expect(time.busiestMinute()).toBeGreaterThan(12);
    expect(time.busiestMinute()).toBeLessThanOrEqual(60);
  });
});
