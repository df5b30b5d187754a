import { describe, expect, it } from 'vitest';
import type { HighWater } from '#core/store/high-water.ts';
import { intent } from '#tests/support/decision.ts';
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
