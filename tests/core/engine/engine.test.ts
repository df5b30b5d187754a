import { describe, expect, it } from 'vitest';
import { createEngine } from '#core/engine/engine.ts';
import { TradingError } from '#core/errors.ts';
import type { HighWater } from '#core/store/high-water.ts';
import { intent } from '#tests/support/decision.ts';
import { account } from '#tests/support/desk.ts';
import { running, started, world } from '#tests/support/world.ts';

/** More was committed once than the journal holds. */
const LOST_ENTRIES: HighWater = {
  read: () => ({ seq: 99, hash: 'gone' }),
  write: () => undefined,
  fault: () => undefined,
};
const ROTATION = { cashUsd: 1_000, held: { XLF: 100 }, target: ['XLK'] };

describe('an engine with a damaged journal', () => {
  it('starts in HALT, says why and sends nothing', async () => {
    const desk = await started({ ...ROTATION, highWater: LOST_ENTRIES });
    await desk.minutes(3);
    expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
    expect(desk.book().state.reason).toMatch(/entries are lost/);
    expect(desk.posted()).toEqual([]);
  });

  it('meets no account: its books may have known another', async () => {
    const desk = await started({ ...ROTATION, highWater: LOST_ENTRIES });
    expect(desk.book().baseline).toBeUndefined();
  });

  it('cannot be resumed', async () => {
    const desk = await started({ ...ROTATION, highWater: LOST_ENTRIES });
    expect(desk.engine.setState('RUN', 'ann', 'looks fine')).toMatchObject({ kind: 'closed' });
    expect(desk.book().state.state).toBe('HALT');
  });
});

describe('an engine whose records are in question', () => {
  it('buys nothing while our records differ from the broker’s, but still sells', async () => {
    const desk = await started(ROTATION);
    desk.broker.give('XLP', 1);
    await desk.minutes(3);
    expect(desk.posted()).toContain('sell XLF 100');
    expect(desk.posted().filter((post) => post.startsWith('buy'))).toEqual([]);
  });

  it('buys again once an operator has accepted the difference', async () => {
    const desk = await started(ROTATION);
    desk.broker.give('XLU', 1);
    await desk.minutes(3);
    await desk.engine.adopt('ann');
    await desk.minutes(10);
    expect(desk.posted().filter((post) => post.startsWith('buy'))).toHaveLength(1);
  });

  it('compares the books before it decides, not only after', async () => {
    const desk = await running(ROTATION);
    desk.broker.give('XLP', 1);
    desk.goTo('2024-08-01', '09:36');
    await desk.minutes(1);
    const kinds = desk.parts.journal
      .since(0, 10_000)
      .map(({ entry }) => (entry.kind === 'alert' ? entry.alert.subject.about : entry.kind));
    expect(kinds.lastIndexOf('decision')).toBeGreaterThan(kinds.indexOf('finished'));
    expect(kinds.indexOf('reconciliation')).toBeGreaterThan(0);
    expect(kinds.indexOf('reconciliation')).toBeLessThan(kinds.lastIndexOf('decision'));
  });

  it('halts when the broker knows an order of ours that the journal does not', async () => {
    const desk = await running(ROTATION);
    desk.broker.tradeByHand(intent('monthly-2024-07', 'buy', 'XLK', 1));
    await desk.minutes(30);
    expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
    expect(desk.book().state.reason).toMatch(/not recorded here/);
  });

  it('trades nothing while the calendars disagree', async () => {
    const desk = world(ROTATION);
    desk.answers.calendar = async () => [];
    await desk.engine.start();
    await desk.minutes(3);
    expect(desk.posted()).toEqual([]);
    desk.answers.calendar = undefined;
    await desk.minutes(10);
    expect(desk.posted()).toHaveLength(2);
  });
});

describe('a deep drawdown', () => {
  it('goes to REDUCE at MAX_DRAWDOWN below the peak, and an operator re-arms it', async () => {
    const desk = await running({ target: ['XLK', 'XLE'] });
    desk.broker.setPrice('XLK', 70);
    await desk.engine.look();
    expect(desk.book().state.state).toBe('RUN');
    desk.broker.setPrice('XLK', 55);
    await desk.engine.look();
    expect(desk.book().state).toMatchObject({ state: 'REDUCE', by: 'rotor' });
    desk.engine.setState('RUN', 'ann', 'seen');
    await desk.engine.look();
    expect(desk.book().state).toMatchObject({ state: 'RUN', by: 'ann' });
  });
});

describe('the start of an engine', () => {
  it('is recorded first, and each of its steps is timed', async () => {
    const desk = world();
    const steps: string[] = [];
    const { parts } = desk;
    const engine = createEngine({ ...parts, mark: (step) => steps.push(step) });
    await engine.start();
    expect(steps).toEqual(['broker', 'bars', 'account', 'reconcile']);
    expect(parts.journal.since(0, 1)[0]?.entry).toMatchObject({ kind: 'started', version: 'test' });
    expect(desk.book().baseline).toBeDefined();
    expect(engine.comparedAt()).toBe(desk.clock.now());
  });

  it('compares no books before there are any, in an account without money', async () => {
    const desk = await started({ cashUsd: 0 });
    expect(desk.book().baseline).toBeUndefined();
    expect(desk.engine.comparedAt()).toBeUndefined();
  });

  it('is observed once more after the books were compared', async () => {
    const desk = world();
    const heard: string[] = [];
    desk.engine.listen((event) =>
      heard.push(event.kind === 'recorded' ? event.recorded.entry.kind : event.kind),
    );
    await desk.engine.start();
    expect(heard.lastIndexOf('observed')).toBeGreaterThan(heard.indexOf('baseline'));
  });

  it('ends where the account is not that of the journal', async () => {
    const { database } = await running();
    const desk = world({ database });
    desk.answers.account = async () => ({ ...account(), id: 'another' });
    await expect(desk.engine.start()).rejects.toThrow(TradingError);
  });

  it('asks the broker for nothing in safe mode, and halts', async () => {
    const desk = world();
    desk.broker.fail(new Error('nobody may ask'));
    const safety = { reason: () => 'it crashed three times', leave: () => undefined };
    const engine = createEngine({ ...desk.parts, safety });
    await engine.start();
    await engine.wake();
    expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
  });
});

describe('the end of an engine', () => {
  it('is recorded after the step that was under way, and nothing is sent after it', async () => {
    const desk = await started(ROTATION);
    let answer = (): void => undefined;
    const wait = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const asked = new Promise<void>((resolve) => {
      desk.answers.submit = async (...given) => {
        resolve();
        await wait;
        return desk.broker.submit(...given);
      };
    });
    const woken = desk.engine.wake();
    await asked;
    const stopped = desk.engine.stop('a deploy');
    answer();
    await stopped;
    const kinds = desk.parts.journal.since(0, 10_000).map(({ entry }) => entry.kind);
    expect(kinds).toContain('order');
    expect(kinds.at(-1)).toBe('stopped');
    expect(desk.entries('stopped')).toEqual([{ kind: 'stopped', reason: 'a deploy' }]);
    await woken;
    expect(desk.posted()).toEqual(['sell XLF 100']);
  });
});

describe('what an engine tells', () => {
  it('is each entry and each observation, until the listener leaves', async () => {
    const desk = await started();
    const heard: string[] = [];
    const leave = desk.engine.listen((event) => heard.push(event.kind));
    desk.engine.pause('ann', 'wait');
    expect(heard).toEqual(['recorded']);
    await desk.minutes(2);
    expect(heard).toContain('observed');
    leave();
    const before = heard.length;
    desk.engine.setState('RUN', 'ann', 'go');
    expect(heard).toHaveLength(before);
  });

  it('is one preview for all who ask at the same time, and a fresh one later', async () => {
    const desk = await started();
    let asked = 0;
    desk.answers.account = () => {
      asked += 1;
      return desk.broker.account();
    };
    const [one, other] = await Promise.all([desk.engine.preview(), desk.engine.preview()]);
    expect([asked, one === other]).toEqual([1, true]);
    await desk.engine.preview();
    expect(asked).toBe(2);
  });
});
