import { describe, expect, it } from 'vitest';
import { epochMs, sessionDate } from '#core/domain/units.ts';
import { createEngine } from '#core/engine/engine.ts';
import { TradingError } from '#core/errors.ts';
import { at, barsThrough, running, started, type World, world } from '#tests/support/world.ts';

const MINUTE_MS = 60_000;

/** Counts what the desk asks the broker about its account from now on. */
function counting(desk: World): { count: number } {
  const asked = { count: 0 };
  desk.answers.account = () => {
    asked.count += 1;
    return desk.broker.account();
  };
  return asked;
}

const later = ({ clock }: World, ms: number): void => clock.set(epochMs(clock.now() + ms));

describe('the books', () => {
  /** How often the books are compared at wakes that many minutes after the start. */
  const comparedAt = async (...minutes: readonly number[]) => {
    const desk = await running({ target: [] });
    desk.goTo('2024-07-01', '12:00');
    await desk.engine.look();
    await desk.engine.wake();
    const start = desk.clock.now();
    const times: boolean[] = [];
    for (const each of minutes) {
      desk.clock.set(epochMs(start + each * MINUTE_MS));
      await desk.engine.look();
      await desk.engine.wake();
      times.push(desk.engine.comparedAt() === desk.clock.now());
    }
    return times;
  };

  it('are compared every five minutes', async () => {
    expect(await comparedAt(1, 4.99, 5, 6, 9.99, 10)).toEqual([
      ...[false, false, true, false, false, true],
    ]);
  });

  it('are compared after the clock was set back: nobody knows how long it has been', async () => {
    expect(await comparedAt(1, -1, -0.5)).toEqual([false, true, false]);
  });

  it('are compared once at one instant, however often the engine is woken', async () => {
    const desk = await running({ target: [] });
    later(desk, 5 * MINUTE_MS);
    let asked = 0;
    desk.answers.fills = (from) => {
      asked += 1;
      return desk.broker.fills(from);
    };
    await desk.engine.look();
    await desk.engine.wake();
    const once = asked;
    expect(once).toBeGreaterThan(0);
    await desk.engine.look();
    await desk.engine.wake();
    expect(asked).toBe(once);
  });

  it('are compared at once when cash has moved', async () => {
    const desk = await running({ target: [] });
    desk.goTo('2024-07-01', '12:00');
    await desk.engine.look();
    await desk.engine.wake();
    later(desk, MINUTE_MS);
    desk.broker.happen({
      ...{ id: 'd1', kind: 'deposit', ticker: undefined, qty: 0 as never },
      ...{ cash: 500_000 as never, at: desk.clock.now() },
    });
    await desk.engine.look();
    expect(desk.book().ledger.cash).toBe(desk.broker.ledger().cash);
  });

  it('that end before a damage are neither compared nor traded on', async () => {
    const desk = world({ highWater: { ...LOST, fault: () => undefined } });
    await desk.engine.start();
    await desk.minutes(10);
    expect([desk.engine.comparedAt(), desk.posted()]).toEqual([undefined, []]);
  });
});

const LOST = { read: () => ({ seq: 99, hash: 'gone' }), write: () => undefined };

describe('a wake', () => {
  it('during another one waits for the same work', async () => {
    const desk = await started();
    const [one, other] = [desk.engine.wake(), desk.engine.wake()];
    expect(other).toBe(one);
    await one;
    expect(desk.posted()).toHaveLength(2);
  });

  it('does nothing in safe mode, not even after the time of a rebalance', async () => {
    const desk = world();
    const safety = { reason: () => 'it crashed three times', leave: () => undefined };
    const engine = createEngine({ ...desk.parts, safety });
    await engine.start();
    const asked = counting(desk);
    await engine.wake();
    expect([asked.count, desk.posted()]).toEqual([0, []]);
    // The views still follow the broker; nothing is booked by it.
    later(desk, MINUTE_MS);
    const before = desk.book().seq;
    await engine.look();
    expect([asked.count, desk.book().seq]).toEqual([1, before]);
  });

  it('books nothing in safe mode, though the account has changed', async () => {
    const { database } = await running();
    const desk = world({ database, cashUsd: 50_000 });
    const safety = { reason: () => 'it crashed three times', leave: () => undefined };
    const engine = createEngine({ ...desk.parts, safety });
    await engine.start();
    await engine.look();
    later(desk, MINUTE_MS);
    const asked: number[] = [];
    desk.answers.activities = async (from) => {
      asked.push(from);
      return [];
    };
    await engine.look();
    expect(asked).toEqual([]);
  });

  it('asks orders to go under the HALT of a person, and looks whether the account is ours', async () => {
    const desk = await started();
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.engine.wake();
    desk.parts.journal.append({ kind: 'state', state: 'HALT', by: 'ann', reason: 'x' });
    const cancels: string[] = [];
    desk.answers.cancel = async (order) => void cancels.push(order);
    await desk.engine.wake();
    expect(cancels).toHaveLength(2);
    desk.answers.account = async () => ({ ...(await desk.broker.account()), id: 'another' });
    later(desk, 5 * MINUTE_MS);
    await desk.engine.look();
    await desk.engine.wake();
    expect(desk.alerts().at(-1)?.text).toContain('this journal belongs to');
  });

  it('rebalances by the time of the broker where our own clock runs ahead', async () => {
    const desk = world({ start: at('2024-07-01', '09:35') });
    desk.answers.clock = async () => {
      const market = await desk.broker.clock();
      return { ...market, at: epochMs(market.at - 2_000) };
    };
    await desk.engine.start();
    await desk.engine.wake();
    expect(desk.posted()).toEqual([]);
    later(desk, 2_000);
    await desk.engine.wake();
    expect(desk.posted()).toHaveLength(2);
  });

  it('does not try a decision again at once where none could be made', async () => {
    const desk = await started();
    desk.goTo('2024-07-02', '10:00');
    desk.bars = () => barsThrough(sessionDate('2024-06-20'));
    await desk.engine.wake();
    expect(desk.entries('no-decision').length).toBeGreaterThan(0);
    const asked = counting(desk);
    await desk.engine.wake();
    expect(asked.count).toBe(0);
  });

  it('closes plans that nobody answered in time', async () => {
    const desk = await running();
    const plan = await desk.engine.propose({ id: 'u1', name: 'ann' });
    if ('reason' in plan) throw new Error(plan.reason);
    desk.clock.set(plan.expiresAt);
    await desk.engine.wake();
    expect(desk.book().proposals.get(plan.id)?.answer).toBe('expired');
  });

  it('waits after an error, then continues', async () => {
    const desk = await started();
    desk.answers.submit = () => Promise.reject(new TradingError('no answer', 'retry'));
    await desk.engine.wake();
    desk.answers.submit = undefined;
    await desk.minutes(10);
    expect(desk.broker.ledger().lots.size).toBe(2);
  });

  it('observes once more after a task, so that the views show what it did', async () => {
    const desk = await started({ held: { XLF: 10 } });
    await desk.engine.wake();
    const { positions } = desk.engine.observation();
    expect(positions.map(({ ticker }) => ticker).toSorted()).toEqual(['XLE', 'XLK']);
  });
});

describe('a look for the views', () => {
  it('asks the broker no more just after a task, which asked by itself', async () => {
    const desk = await started();
    await desk.engine.wake();
    const asked = counting(desk);
    later(desk, 11_000);
    await desk.engine.look();
    expect(asked.count).toBe(0);
    later(desk, 1_000);
    await desk.engine.look();
    expect(asked.count).toBe(1);
  });
});
