import { describe, expect, it } from 'vitest';
import { epochMs, sessionDate, ticker } from '#core/domain/units.ts';
import { createEngine } from '#core/engine/engine.ts';
import { TradingError } from '#core/errors.ts';
import { at, barsThrough, running, started, type World, world } from '#tests/support/world.ts';

const MINUTE_MS = 60_000;

/** Counts what the desk asks the broker about its account from now on. */
function counting(desk: World, asked = { count: 0 }): { count: number } {
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

  it('that end before a damage are not compared because of a deposit either', async () => {
    const { database } = await running();
    const desk = world({
      ...{ database, cashUsd: 50_000 },
      highWater: { ...LOST, fault: () => undefined },
    });
    await desk.engine.start();
    await desk.engine.look();
    expect([desk.parts.journal.doubt(), desk.engine.comparedAt()]).toEqual([
      expect.any(String),
      undefined,
    ]);
  });

  it('are compared before shares that were moved to another account are taken for a loss', async () => {
    const desk = await running();
    later(desk, MINUTE_MS);
    const held = desk.broker.ledger().lots.get(ticker('XLK'));
    desk.broker.happen({
      ...{ id: 's1', kind: 'transfer', ticker: ticker('XLK') },
      ...{ qty: -(held?.qty ?? 0) as never, cash: 0 as never, at: desk.clock.now() },
    });
    await desk.engine.look();
    expect(desk.book().ledger.lots.has(ticker('XLK'))).toBe(false);
    expect(desk.entries('state')).toEqual([]);
  });

  it('are compared again at the next wake while the broker shows our own orders only in part', async () => {
    const desk = await started();
    desk.answers.positions = async () => [];
    await desk.engine.wake();
    desk.answers.positions = undefined;
    const times: boolean[] = [];
    for (let minute = 0; minute < 2; minute++) {
      later(desk, MINUTE_MS);
      await desk.engine.look();
      await desk.engine.wake();
      times.push(desk.engine.comparedAt() === desk.clock.now());
    }
    expect(times).toEqual([true, false]);
  });

  it('are compared at the first wake after safe mode, though nothing trades', async () => {
    const desk = world({ start: at('2024-06-29', '12:00') });
    let reason: string | undefined = 'it crashed three times';
    const safety = { reason: () => reason, leave: () => undefined };
    const engine = createEngine({ ...desk.parts, safety });
    await engine.start();
    await engine.look();
    reason = undefined;
    await engine.wake();
    expect(engine.comparedAt()).toBe(desk.clock.now());
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
    const asked: number[] = [];
    desk.answers.activities = async (from) => {
      asked.push(from);
      return [];
    };
    await engine.start();
    await engine.look();
    later(desk, MINUTE_MS);
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

describe('the tasks of a wake', () => {
  it('do not begin once Rotor stops, though an earlier one still ends', async () => {
    const desk = await running();
    desk.goTo('2024-07-03', '17:30');
    await desk.engine.look();
    let stopped: Promise<void> | undefined;
    desk.answers.positions = () => {
      stopped ??= desk.engine.stop('SIGTERM');
      return desk.broker.positions();
    };
    await desk.engine.wake();
    await stopped;
    expect(desk.book().equity.at(-1)?.session).not.toBe('2024-07-03');
  });

  it('record the closes that were missed though no decision could be made', async () => {
    const desk = await running({ target: [] });
    desk.goTo('2024-08-01', '10:00');
    desk.target = ['XLV'];
    desk.answers.latestPrices = async () => new Map();
    await desk.engine.wake();
    expect(desk.entries('no-decision').length).toBeGreaterThan(0);
    expect(desk.book().equity.at(-1)?.session).toBe('2024-07-31');
  });

  it('ask nothing more of the broker for a question to a person', async () => {
    const desk = await running();
    desk.goTo('2024-08-15', '12:00');
    await desk.minutes(2);
    expect(desk.alerts().map(({ subject }) => subject.about)).toContain('owed-rebalance');
    const asked = counting(desk);
    await desk.engine.wake();
    expect(asked.count).toBe(0);
  });

  it('go by our own clock while the broker has not told its time', async () => {
    const desk = await running();
    desk.answers.clock = () => Promise.reject(new TradingError('no answer', 'retry'));
    await desk.restart();
    await desk.engine.wake();
    expect(desk.alerts().map(({ subject }) => subject.about)).toEqual(['broker']);
  });
});

describe('a wake that finds no rebalance due', () => {
  it('meets the account of somebody who paid in after the start', async () => {
    const desk = await started({ cashUsd: 0 });
    desk.goTo('2024-06-29', '12:00');
    desk.broker.happen({
      ...{ id: 'd1', kind: 'deposit', ticker: undefined, qty: 0 as never },
      ...{ cash: 500_000 as never, at: desk.clock.now() },
    });
    await desk.minutes(1);
    expect(desk.book().baseline?.cash).toBe(500_000);
  });

  it('puts the official close in the place of one that was recorded without bars', async () => {
    const desk = await running();
    desk.bars = () => barsThrough(sessionDate('2024-06-28'));
    desk.goTo('2024-07-01', '17:00');
    await desk.minutes(2);
    expect(desk.book().equity.at(-1)?.provisional).toBe(true);
    desk.bars = undefined;
    await desk.minutes(8);
    expect(desk.book().equity.at(-1)?.provisional).toBeUndefined();
  });

  it('sells what a cancelled buy bought after everything was sold', async () => {
    const desk = await started({ held: { XLF: 10 } });
    desk.answers.cancel = async () => undefined;
    desk.broker.behave(({ side }) => ({ kind: side === 'buy' ? 'open' : 'whole' }));
    await desk.engine.wake();
    await desk.engine.cancel('all', 'ann');
    const [open] = desk.broker.accepted.filter(({ side }) => side === 'buy');
    await desk.engine.flatten('ann', 'fire');
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(2);
    desk.broker.progress(open?.clientOrderId ?? '', { fill: 30 });
    desk.broker.progress(open?.clientOrderId ?? '', { status: 'canceled' });
    await desk.minutes(10);
    expect([...desk.broker.ledger().lots.keys()]).toEqual([]);
  });
});

describe('an announcement', () => {
  const announce = { auto: 'announce', first: 'now', evening: 20 * 60, morning: 9 * 60 } as const;

  it('is not made once Rotor stops', async () => {
    const desk = await running({ announce });
    desk.goTo('2024-07-31', '20:01');
    let stopped: Promise<void> | undefined;
    desk.answers.activities = (since) => {
      stopped ??= desk.engine.stop('SIGTERM');
      return desk.broker.activities(since);
    };
    await desk.minutes(1);
    await stopped;
    expect(desk.entries('announced')).toEqual([]);
  });
});

describe('a look for the views', () => {
  /** How often a look asks about the account, so long after a refresh and while the broker is asked that. */
  const lookedDuring = async (desk: World, name: 'orders' | 'activities', ms: number) => {
    const asked = counting(desk);
    let count: number | undefined;
    const during = async () => {
      if (count !== undefined || (name === 'orders' && desk.managedOrders().length === 0)) return;
      count = 0;
      later(desk, ms);
      asked.count = 0;
      await desk.engine.look();
      count = asked.count;
    };
    desk.answers[name] = async (since: never) => {
      await during();
      return desk.broker[name](since) as never;
    };
    await desk.engine.wake();
    return count;
  };

  it('asks at most every half minute while a rebalance is being carried out', async () => {
    const open = async () => {
      const desk = await started();
      desk.broker.behave(() => ({ kind: 'open' }));
      return desk;
    };
    expect(await lookedDuring(await open(), 'orders', 1_000)).toBe(0);
    expect(await lookedDuring(await open(), 'orders', 30_000)).toBe(1);
  });

  it('asks as often as it likes while the books are compared, and between two tries of a rebalance', async () => {
    const desk = await running();
    later(desk, 5 * MINUTE_MS);
    await desk.engine.look();
    expect(await lookedDuring(desk, 'activities', 1_000)).toBe(1);
    const waiting = await started();
    waiting.answers.cancel = async () => undefined;
    waiting.broker.behave(() => ({ kind: 'open' }));
    await waiting.engine.wake();
    const asked = counting(waiting);
    later(waiting, 12_000);
    await waiting.engine.look();
    expect(asked.count).toBe(1);
  });

  it('is told to everybody who listens', async () => {
    const desk = await started();
    const kinds: string[] = [];
    desk.engine.listen(({ kind }) => void kinds.push(kind));
    later(desk, MINUTE_MS);
    await desk.engine.look();
    expect(kinds).toContain('observed');
  });

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
