import { describe, expect, it } from 'vitest';
import { unfinished } from '#core/domain/account-state.ts';
import { subjectKey } from '#core/domain/alert.ts';
import { barHistory } from '#core/domain/bar.ts';
import { dollars, epochMs, qty, ticker } from '#core/domain/units.ts';
import { MAX_SKEW_MS } from '#core/engine/execution/check-order.ts';
import { TradingError } from '#core/errors.ts';
import { changed } from '#tests/support/bars.ts';
import { intent } from '#tests/support/decision.ts';
import { at, barsThrough, running, started, type World, world } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;

const told = (desk: World, subject: string) =>
  desk.alerts().filter((alert) => subjectKey(alert.subject) === subject);
const open = (desk: World) => [...desk.book().alerts.keys()];

/** Looks, without waking, once a minute. */
async function looks(desk: World, count: number): Promise<void> {
  for (let look = 0; look < count; look++) {
    await desk.engine.look();
    desk.clock.set(epochMs(desk.clock.now() + 60_000));
  }
}

describe('drift', () => {
  it('beyond the limit is reported once per ticker, and closes only well below it', async () => {
    const desk = await running(ROTATION);
    desk.broker.setPrice('XLK', 120);
    await looks(desk, 5);
    expect(open(desk)).toEqual([]);
    desk.broker.setPrice('XLK', 130);
    await looks(desk, 5);
    // 99 of 130 and 99 of 100 and some cash: 56 and 43 per cent.
    expect(open(desk)).toEqual(['drift XLK', 'drift XLE']);
    expect(told(desk, 'drift XLK')).toHaveLength(1);
    expect(told(desk, 'drift XLK')[0]).toMatchObject({
      severity: 'warning',
      text: 'XLK is 56 % of equity, its target 50 %; MAX_DRIFT is 5 %.',
    });
    desk.broker.setPrice('XLK', 117);
    await looks(desk, 5);
    expect(open(desk)).toEqual(['drift XLK', 'drift XLE']);
    desk.broker.setPrice('XLK', 106);
    await looks(desk, 5);
    expect(open(desk)).toEqual([]);
    expect(desk.entries('resolved')).toHaveLength(2);
  });

  it('that no rebalance corrects, as it is below MIN_DRIFT, is not reported', async () => {
    const desk = await running({ rules: { minDrift: 0.2 } });
    desk.broker.setPrice('XLK', 130);
    await looks(desk, 5);
    expect(open(desk)).toEqual([]);
    desk.broker.setPrice('XLK', 280);
    await looks(desk, 5);
    expect(open(desk)).toEqual(['drift XLK', 'drift XLE']);
  });

  it('of a ticker that somebody holds short is not reported, as no rebalance buys it', async () => {
    const desk = await running(ROTATION);
    desk.broker.tradeByHand({ ...intent('x', 'sell', 'XLE', 120), clientOrderId: 'by-hand-1' });
    await looks(desk, 5);
    expect(open(desk).filter((subject) => subject.startsWith('drift'))).toEqual([]);
  });

  it('of an unwanted position is reported as well', async () => {
    const desk = await running(ROTATION);
    desk.broker.tradeByHand({ ...intent('x', 'sell', 'XLE', 90), clientOrderId: 'by-hand-1' });
    desk.broker.tradeByHand({ ...intent('x', 'buy', 'XLB', 80), clientOrderId: 'by-hand-2' });
    await looks(desk, 2);
    // The cash shows both trades at once, and each is booked and told.
    expect(open(desk)).toEqual(expect.arrayContaining(['drift XLE', 'drift XLB']));
  });

  it('is not reported while a rebalance runs', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-08-01', '09:36');
    desk.broker.behave(() => ({ kind: 'open' }));
    // Cancelled after a minute, its orders would end it.
    desk.answers.cancel = async () => undefined;
    await desk.minutes(1);
    desk.broker.setPrice('XLK', 130);
    await looks(desk, 3);
    expect(unfinished(desk.book())?.decision.id).toBe('monthly-2024-08');
    expect(open(desk).filter((subject) => subject.startsWith('drift'))).toEqual([]);
  });

  it('is not reported without a price, and not for another account', async () => {
    const desk = await running(ROTATION);
    desk.broker.setPrice('XLK', 140);
    desk.answers.latestPrices = async () => new Map();
    await looks(desk, 3);
    desk.answers.latestPrices = undefined;
    desk.answers.account = async () => ({ ...(await desk.broker.account()), id: 'another' });
    await looks(desk, 3);
    expect(open(desk)).toEqual([]);
  });

  it('of less than one share is not reported if only whole shares are traded', async () => {
    const desk = await running({ cashUsd: 1_060, target: ['XLK'], maxDrift: 0.01 });
    expect(desk.posted()).toEqual(['buy XLK 6']);
    await looks(desk, 3);
    expect(open(desk).filter((subject) => subject.startsWith('drift'))).toEqual([]);
  });

  it('that no rebalance corrects, as its order is below MIN_ORDER_USD, is not reported', async () => {
    const rules = { minOrder: dollars(1_000) };
    const desk = await running({ ...ROTATION, rules });
    desk.broker.setPrice('XLK', 120);
    await looks(desk, 5);
    desk.broker.setPrice('XLK', 118);
    await looks(desk, 5);
    expect(open(desk)).toEqual([]);
    desk.broker.setPrice('XLK', 130);
    await looks(desk, 5);
    expect(open(desk)).toEqual(['drift XLK', 'drift XLE']);
  });

  it('left by a rebalance is reported with its result, not again', async () => {
    const desk = world(ROTATION);
    desk.broker.behave((order) =>
      order.ticker === 'XLE' ? { kind: 'refused', reason: 'halted' } : { kind: 'whole' },
    );
    await desk.engine.start();
    await desk.minutes(5);
    expect(open(desk).map((subject) => subject.split(' ')[0])).toEqual(['refused']);
  });
});

describe('a broker that answers only now and then', () => {
  it('is one alert until it has answered every refresh for five minutes', async () => {
    const desk = await running(ROTATION);
    for (let minute = 0; minute < 30; minute++) {
      const fails = minute % 3 === 0;
      desk.broker.fail(fails ? new TradingError('Alpaca: no answer', 'retry') : undefined);
      await looks(desk, 1);
    }
    expect(open(desk)).toContain('broker');
    expect(told(desk, 'broker')).toHaveLength(1);
    desk.broker.fail(undefined);
    await looks(desk, 3);
    expect(open(desk)).toContain('broker');
    await looks(desk, 2);
    expect(open(desk)).not.toContain('broker');
  });
});

describe('the order stream', () => {
  it('interrupted for more than a minute is reported once, and once when it is back', async () => {
    const desk = await running(ROTATION);
    desk.answers.streaming = () => false;
    await desk.engine.look();
    desk.clock.set(epochMs(desk.clock.now() + 60_000));
    await desk.engine.look();
    expect(open(desk)).toEqual([]);
    desk.clock.set(epochMs(desk.clock.now() + 1_000));
    await looks(desk, 5);
    expect(open(desk)).toEqual(['stream']);
    expect(told(desk, 'stream')).toHaveLength(1);
    desk.answers.streaming = undefined;
    await looks(desk, 2);
    expect(open(desk)).toEqual([]);
  });

  it('that comes and goes within a minute is not reported', async () => {
    const desk = await running(ROTATION);
    for (let turn = 0; turn < 5; turn++) {
      desk.answers.streaming = () => false;
      await looks(desk, 1);
      desk.answers.streaming = undefined;
      await looks(desk, 1);
    }
    expect(told(desk, 'stream')).toEqual([]);
  });

  it('is not reported separately while the broker does not answer', async () => {
    const desk = await running(ROTATION);
    desk.answers.streaming = () => false;
    desk.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    await looks(desk, 5);
    expect(open(desk)).toEqual(['broker']);
  });
});

describe('bars', () => {
  const without = (desk: World, from: string) => {
    desk.bars = (through) =>
      changed(barsThrough(through), 'XLV', (history) =>
        barHistory(
          ticker('XLV'),
          history.dates
            .filter((date) => date < from)
            .map((date) => ({ date, open: 100, high: 101, low: 99, close: 100, volume: 1 })),
        ),
      );
  };

  it('of a session are reported once when they are late', async () => {
    const desk = await running(ROTATION);
    without(desk, '2024-07-02');
    desk.goTo('2024-07-02', '16:17');
    await desk.minutes(10);
    expect(open(desk)).toEqual([]);
    await desk.minutes(120);
    expect(open(desk)).toEqual(['data late']);
    expect(told(desk, 'data late')).toHaveLength(1);
    expect(told(desk, 'data late')[0]).toMatchObject({
      severity: 'warning',
      text: expect.stringMatching(/^No bar of 2024-07-02 for XLV\. XLV: expected 2024-07-02/),
    });
    desk.bars = undefined;
    await desk.minutes(10);
    expect(open(desk)).toEqual([]);
    expect(desk.entries('resolved').at(-1)?.text).toBe('The bars of 2024-07-02 have arrived.');
  });

  it('are not late on a weekend', async () => {
    const desk = await running(ROTATION);
    without(desk, '2024-07-05');
    desk.goTo('2024-07-06', '10:00');
    await desk.minutes(30);
    expect(open(desk)).toEqual([]);
    desk.goTo('2024-07-08', '08:00');
    await desk.minutes(5);
    expect(open(desk)).toEqual(['data late']);
  });
});

describe('a rebalance whose day has passed', () => {
  it('is reported once, with its reason, and ends when it is done', async () => {
    const desk = await running(ROTATION);
    desk.target = ['XLU', 'XLY'];
    desk.engine.pause('ann', 'holiday');
    desk.goTo('2024-08-01', '12:00');
    await desk.minutes(30);
    expect(open(desk)).toEqual([]);
    desk.goTo('2024-08-12', '08:00');
    await desk.minutes(30);
    expect(open(desk)).toEqual(['late']);
    expect(told(desk, 'late')).toHaveLength(1);
    expect(told(desk, 'late')[0]?.text).toMatch(
      /^The rebalance of 2024-08-01 is overdue and too old to run automatically\. Paused by ann since 2024-07-01 \d\d:\d\d: holiday$/,
    );
    desk.engine.setState('RUN', 'ann', 'back');
    desk.goTo('2024-08-12', '10:00');
    await desk.minutes(10);
    expect(open(desk)).toEqual(['owed monthly-2024-08']);
  });

  it('under HALT says who halted', async () => {
    const desk = await running(ROTATION);
    desk.engine.setState('HALT', 'ann', 'look');
    desk.goTo('2024-08-02', '10:00');
    await desk.minutes(5);
    expect(told(desk, 'late')[0]?.text).toMatch(/Halted by ann: look$/);
    desk.engine.setState('RUN', 'ann', 'fine');
    await desk.minutes(5);
    expect(open(desk)).toEqual([]);
  });
});

describe('trading halted by an error', () => {
  /** An order under our prefix that the journal does not know halts the desk. */
  async function halted(): Promise<World> {
    const desk = await running(ROTATION);
    desk.broker.openByHand({ ...intent('x', 'buy', 'XLP', 1), clientOrderId: 'rotor-lost-1' });
    await desk.minutes(30);
    expect(desk.book().state.state).toBe('HALT');
    return desk;
  }
  const critical = (desk: World) =>
    desk.alerts().filter(({ severity }) => severity === 'critical').length;

  it('is not reported again for as long as nothing changes', async () => {
    const desk = await halted();
    await desk.minutes(240);
    expect(critical(desk)).toBe(1);
    expect(desk.entries('state')).toHaveLength(1);
  });

  it('is counted again at most once in half an hour, after a person changed something', async () => {
    const desk = await halted();
    desk.engine.setState('REDUCE', 'ann', 'try');
    await desk.minutes(25);
    desk.engine.setState('REDUCE', 'ann', 'try');
    await desk.minutes(25);
    expect(desk.book().state.state).toBe('HALT');
    await desk.minutes(240);
    const instants = desk.parts.journal
      .since(0, 10_000)
      .flatMap(({ at, entry }) => (entry.kind === 'alert' ? [at] : []));
    expect(instants.length).toBeLessThanOrEqual(4);
    for (const [index, instant] of instants.entries()) {
      const before = instants[index - 1];
      if (before !== undefined) expect(instant - before).toBeGreaterThanOrEqual(30 * 60_000);
    }
  });

  it('is reported again after a person resumed trading', async () => {
    const desk = await halted();
    desk.engine.setState('RUN', 'ann', 'try');
    await desk.minutes(25);
    expect(critical(desk)).toBe(2);
    expect(desk.entries('resolved').map(({ text }) => text)).toContain('Resumed by ann: try');
  });
});

describe('the earlier of both clocks', () => {
  it('determines which bars are final: a host whose clock is ahead requests none too early', async () => {
    const desk = world({ ...ROTATION, start: at('2024-07-02', '12:00') });
    const asked: string[] = [];
    desk.bars = (through) => {
      asked.push(through);
      return barsThrough(through);
    };
    // Ours says that the session is long over; the broker says noon.
    desk.clock.set(at('2024-07-02', '20:00'));
    desk.answers.clock = async () => ({
      ...(await desk.broker.clock()),
      at: epochMs(desk.clock.now() - 8 * 3_600_000),
    });
    await desk.engine.start();
    await desk.minutes(5);
    expect(new Set(asked)).toEqual(new Set(['2024-07-01']));
    expect(desk.engine.observation().data.asOf).toBe('2024-07-01');
    const preview = await desk.engine.preview();
    expect(preview).toMatchObject({ kind: 'decided', asOf: '2024-07-01' });
    expect(open(desk)).toContain('clock');
  });

  it('is ours when the broker’s runs ahead', async () => {
    const desk = world({ ...ROTATION, start: at('2024-07-02', '12:00') });
    desk.answers.clock = async () => ({
      ...(await desk.broker.clock()),
      at: epochMs(desk.clock.now() + 8 * 3_600_000),
    });
    await desk.engine.start();
    expect(desk.engine.observation().data.asOf).toBe('2024-07-01');
  });

  it('is unknown before the broker has answered, and then no bar is requested', async () => {
    const desk = world(ROTATION);
    let loads = 0;
    desk.bars = (through) => {
      loads += 1;
      return barsThrough(through);
    };
    desk.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    await desk.engine.start();
    await desk.minutes(3);
    expect(loads).toBe(0);
    desk.broker.fail(undefined);
    await desk.minutes(10);
    expect(loads).toBeGreaterThan(0);
    expect(desk.posted()).toHaveLength(3);
  });

  it('is reported once if they differ by a minute, and once when they agree', async () => {
    const desk = await running(ROTATION);
    desk.answers.clock = async () => ({
      ...(await desk.broker.clock()),
      at: epochMs(desk.clock.now() - 60_000),
    });
    await looks(desk, 5);
    expect(told(desk, 'clock')).toHaveLength(1);
    desk.answers.clock = undefined;
    await looks(desk, 2);
    expect(open(desk)).toEqual([]);
  });

  it('is over only where orders may leave again, however often the difference crosses a minute', async () => {
    const desk = await running(ROTATION);
    const behind = async (ms: number): Promise<readonly string[]> => {
      desk.answers.clock = async () => ({
        ...(await desk.broker.clock()),
        at: epochMs(desk.clock.now() - ms),
      });
      await looks(desk, 1);
      return open(desk);
    };
    for (const ms of [60_000, 59_000, 61_000, 30_000, 60_000, MAX_SKEW_MS])
      expect(await behind(ms)).toEqual(['clock']);
    expect(told(desk, 'clock')).toHaveLength(1);
    expect(await behind(MAX_SKEW_MS - 1)).toEqual([]);
  });
});

describe('the daily close', () => {
  it('records the positions with their value', async () => {
    const desk = await running(ROTATION);
    desk.broker.setPrice('XLK', 101);
    desk.answers.positions = async () =>
      (await desk.broker.positions()).map((position) =>
        position.ticker === 'XLE' ? { ...position, marketValue: undefined } : position,
      );
    desk.goTo('2024-07-01', '16:05');
    await desk.minutes(2);
    expect(desk.book().equity.at(-1)?.holdings).toEqual(
      new Map([
        ['XLK', { qty: qty(99e9), value: 999_900 }],
        ['XLE', { qty: qty(99e9), value: 990_000 }],
      ]),
    );
  });
});

describe('the remainder of a rebalance', () => {
  it('is reported once, as text, and ends with the next plan', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave((order) =>
      order.ticker === 'XLE'
        ? { kind: 'fills', parts: [order.attempt === 1 ? 90 : 1] }
        : { kind: 'whole' },
    );
    await desk.minutes(5);
    expect(told(desk, 'left initial-2024-07-01')[0]?.text).toBe(
      'buy XLE: 93 of 99 filled, then expired',
    );
    desk.broker.behave(() => ({ kind: 'whole' }));
    desk.goTo('2024-08-01', '09:36');
    await desk.minutes(5);
    expect(open(desk)).toEqual([]);
  });
});
