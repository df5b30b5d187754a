import { describe, expect, it } from 'vitest';
import { barHistory } from '#core/domain/bar.ts';
import type { Model } from '#core/domain/model.ts';
import { epochMs, ticker } from '#core/domain/units.ts';
import { sectorRotationV1 } from '#models/sector-rotation-v1.ts';
import { changed } from '#tests/support/bars.ts';
import { person } from '#tests/support/person.ts';
import { at, barsThrough, running, started, type World, world } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;

const ids = (desk: World) => [...desk.book().rebalances.keys()];

async function nextMonth(desk: World): Promise<void> {
  desk.target = ['XLU', 'XLY'];
  desk.goTo('2024-08-01', '09:36');
}

describe('a rebalance', () => {
  it('missed while Rotor was stopped is done once, in the next trading window', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-08-03', '12:00');
    await desk.restart();
    await desk.minutes(5);
    expect(desk.posted()).toHaveLength(3);
    desk.goTo('2024-08-05', '09:34');
    await desk.minutes(1);
    expect(desk.posted()).toHaveLength(3);
    await desk.minutes(60);
    await desk.restart();
    await desk.minutes(60);
    expect(ids(desk)).toEqual(['initial-2024-07-01', 'monthly-2024-08']);
    expect(desk.posted()).toHaveLength(7);
  });

  it('is overdue after a day without a decision, and says why', async () => {
    const desk = await running(ROTATION);
    await nextMonth(desk);
    desk.bars = (through) =>
      changed(barsThrough(through), 'XLV', (history) =>
        barHistory(
          ticker('XLV'),
          history.dates.slice(0, -1).map((date) => ({
            date,
            open: 100,
            high: 101,
            low: 99,
            close: 100,
            volume: 1,
          })),
        ),
      );
    await desk.restart();
    await desk.minutes(120);
    expect(ids(desk)).toEqual(['initial-2024-07-01']);
    expect(desk.book().alerts.get('data late')?.alert.text).toMatch(
      /XLV: expected 2024-07-31, found 2024-07-30/,
    );
    expect(desk.entries('no-decision')).toHaveLength(1);
    desk.bars = undefined;
    desk.goTo('2024-08-02', '09:36');
    await desk.minutes(10);
    expect(ids(desk)).toEqual(['initial-2024-07-01', 'monthly-2024-08']);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('older than five sessions asks once, and is done when an operator says so', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-08-12', '10:00');
    await desk.restart();
    await desk.minutes(60);
    expect(ids(desk)).toEqual(['initial-2024-07-01']);
    expect(desk.entries('alert').map(({ alert }) => alert.subject)).toEqual([
      { about: 'owed-rebalance', decisionId: 'monthly-2024-08' },
    ]);
    expect(desk.entries('resolved')).toEqual([]);
    const plan = await desk.engine.propose(person('ann'));
    if ('kind' in plan) throw new Error(plan.reason);
    expect(await desk.engine.answer(plan.id, 'approved', person('ann'))).toEqual({
      kind: 'accepted',
    });
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(7);
    expect(desk.book().alerts.size).toBe(0);
    desk.goTo('2024-08-20', '10:00');
    await desk.minutes(30);
    expect(desk.book().rebalances.size).toBe(2);
  });

  it('never runs twice in a month automatically, whatever restarts there are', async () => {
    const desk = await running(ROTATION);
    await nextMonth(desk);
    await desk.minutes(5);
    for (let day = 1; day <= 30; day++) {
      desk.goTo(`2024-08-${String(day).padStart(2, '0')}`, '11:00');
      desk.target = day % 2 === 0 ? ['XLP'] : ['XLB'];
      await desk.restart();
      await desk.minutes(2);
    }
    expect(ids(desk)).toEqual(['initial-2024-07-01', 'monthly-2024-08']);
  });

  it('does not run again, whichever minute of a day Rotor is restarted in', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    const posts = desk.posted().length;
    for (let minute = 0; minute < 1_440; minute += 1) {
      desk.clock.set(epochMs(at('2024-07-02', '00:00') + minute * 60_000));
      await desk.restart();
      await desk.engine.wake();
    }
    expect(desk.posted()).toHaveLength(posts);
    expect(desk.book().rebalances.size).toBe(1);
  });

  it('runs once, whichever minute of its own day Rotor is restarted in', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    for (let minute = 0; minute < 1_440; minute += 7) {
      desk.clock.set(epochMs(at('2024-08-01', '00:00') + minute * 60_000));
      await desk.restart();
      await desk.engine.wake();
    }
    expect(ids(desk)).toEqual(['initial-2024-07-01', 'monthly-2024-08']);
    expect(desk.posted()).toHaveLength(7);
  });

  it('of a first start in the evening trades the next morning', async () => {
    const desk = world({ ...ROTATION, start: at('2024-07-01', '20:00') });
    await desk.engine.start();
    await desk.minutes(10);
    expect(desk.posted()).toEqual([]);
    desk.goTo('2024-07-02', '09:34');
    await desk.minutes(1);
    expect(desk.posted()).toEqual([]);
    await desk.minutes(5);
    expect(ids(desk)).toEqual(['initial-2024-07-02']);
    expect(desk.posted()).toHaveLength(3);
  });

  it('interrupted for longer than five sessions is not continued', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'careful');
    await desk.minutes(5);
    desk.goTo('2024-07-09', '10:00');
    await desk.minutes(3);
    expect([...desk.book().rebalances.values()][0]?.result).toBeUndefined();
    desk.goTo('2024-07-10', '10:00');
    desk.engine.setState('RUN', 'ann', 'six sessions on');
    await desk.minutes(3);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    expect([...desk.book().rebalances.values()][0]?.result).toMatchObject({
      kind: 'partial',
      left: expect.arrayContaining([expect.stringMatching(/MAX_CATCHUP_SESSIONS went by/)]),
    });
  });

  it('interrupted with an order on its way is followed to its end, however old', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    await desk.minutes(3);
    desk.goTo('2024-07-15', '10:00');
    await desk.minutes(15);
    expect(desk.book().alerts.get(`stuck ${desk.broker.accepted[0]?.clientOrderId}`)).toBeDefined();
    desk.broker.progress(desk.broker.accepted[0]?.clientOrderId ?? '', { fill: 100 });
    await desk.minutes(15);
    expect([...desk.book().rebalances.values()][0]?.result).toBeDefined();
    expect(desk.book().ledger.cash).toBe(desk.broker.ledger().cash);
  });

  it('does not change by ticks while it is running', async () => {
    const desk = await started(ROTATION);
    await Promise.all([desk.engine.wake(), desk.engine.wake(), desk.engine.wake()]);
    await desk.engine.wake();
    expect(desk.posted()).toHaveLength(3);
  });

  it('whose target the risk limits reject is an error, not a trade', async () => {
    const short: Model = { ...sectorRotationV1, weigh: (_, weights) => void weights.fill(-0.1) };
    const desk = await started({ ...ROTATION, models: [short] });
    await desk.minutes(3);
    expect(desk.posted()).toEqual([]);
    expect(desk.alerts()[0]?.text).toMatch(/risk refused the target: XLK: expected a weight/);
  });
});

describe('the daily close', () => {
  it('is recorded once per session, and retried if the benchmark had no price', async () => {
    const desk = await running(ROTATION);
    desk.goTo('2024-07-01', '16:01');
    desk.answers.latestPrices = async (tickers) => {
      const prices = new Map(await desk.broker.latestPrices(tickers));
      prices.delete(ticker('SPY'));
      return prices;
    };
    await desk.minutes(3);
    expect(desk.book().equity).toEqual([]);
    desk.answers.latestPrices = undefined;
    await desk.minutes(30);
    await desk.restart();
    await desk.minutes(30);
    expect(desk.book().equity.map(({ session }) => session)).toEqual(['2024-07-01']);
  });

  it('does not wait for a paused rebalance', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => ({ kind: 'open' }));
    await desk.minutes(5);
    desk.goTo('2024-07-01', '16:01');
    await desk.minutes(2);
    expect(desk.book().equity).toHaveLength(1);
  });
});

describe('after a HALT by Rotor itself', () => {
  async function halted(by: string): Promise<World> {
    const desk = await running(ROTATION);
    desk.parts.journal.append({ kind: 'state', state: 'HALT', by, reason: 'something is wrong' });
    await nextMonth(desk);
    await desk.minutes(2);
    desk.engine.setState('RUN', 'ines', 'looked into it');
    return desk;
  }

  it('the scheduled rebalance of the day waits for a person, and is theirs to start', async () => {
    const desk = await halted('rotor');
    await desk.minutes(30);
    expect(ids(desk)).toEqual(['initial-2024-07-01']);
    expect(desk.book().alerts.get('owed monthly-2024-08')?.alert.text).toContain('halted');
    const plan = await desk.engine.propose(person('olga'));
    if ('kind' in plan) throw new Error(plan.reason);
    await desk.engine.answer(plan.id, 'approved', person('ines'));
    await desk.minutes(60);
    expect(ids(desk)).toEqual(['initial-2024-07-01', plan.id]);
    expect(desk.book().resumedFromHalt).toBeUndefined();
    expect(desk.book().alerts.size).toBe(0);
  });

  it('by a person, only their /resume is needed', async () => {
    const desk = await halted('ines');
    await desk.minutes(30);
    expect(ids(desk)).toEqual(['initial-2024-07-01', 'monthly-2024-08']);
  });
});
