import { describe, expect, it } from 'vitest';
import type { Activity } from '#core/domain/activity.ts';
import { differenceHash } from '#core/domain/difference.ts';
import { cents, dollars, epochMs, qty, ticker, wholeShares } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { curveOf } from '#core/views/curve.ts';
import { intent } from '#tests/support/decision.ts';
import { running, sameBooks, started, type World, world } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;

/** The next rebalance sells XLK and XLE, and buys XLU and XLY. */
async function nextMonth(desk: World, minutes = 5): Promise<void> {
  desk.target = ['XLU', 'XLY'];
  desk.goTo('2024-08-01', '09:36');
  await desk.minutes(minutes);
}

const differs = (desk: World) => desk.book().alerts.get('reconciliation')?.alert.text;
/** What a dollar grew to since the baseline. */
const growthNow = (desk: World) =>
  curveOf(desk.book(), desk.engine.observation()).at(-1)?.you ?? Number.NaN;
const bought = (desk: World) => desk.posted().filter((post) => /^buy XL[UY]/.test(post));
const sold = (desk: World) => desk.posted().filter((post) => /^sell XL[KE]/.test(post));

it('compares the books every five minutes, also when few refreshes came between', async () => {
  const desk = await running(ROTATION);
  desk.goTo('2024-07-05', '11:00');
  await desk.minutes(1);
  const first = desk.engine.comparedAt() ?? Number.NaN;
  desk.goTo('2024-07-05', '11:04');
  await desk.minutes(1);
  expect(desk.engine.comparedAt()).toBe(first);
  desk.goTo('2024-07-05', '11:06');
  await desk.minutes(1);
  expect(desk.engine.comparedAt()).toBeGreaterThan(first);
  // A clock that was set back must not put the next comparison off.
  desk.goTo('2024-07-05', '10:00');
  await desk.minutes(1);
  expect(desk.engine.comparedAt()).toBeLessThan(first);
});

describe('an unexplained difference', () => {
  const cases: readonly [string, (desk: World) => void, string][] = [
    ['shares that appeared', (desk) => desk.broker.give('XLP', 7), 'XLP: ours 0, broker 7'],
    ['shares that are fewer', (desk) => desk.broker.give('XLK', 90), 'XLK: ours 99, broker 90'],
    ['shares that are more', (desk) => desk.broker.give('XLK', 120), 'XLK: ours 99, broker 120'],
    [
      'a position that vanished',
      (desk) => {
        desk.answers.positions = async () =>
          (await desk.broker.positions()).filter(({ ticker: held }) => held !== 'XLK');
      },
      'XLK: ours 99, broker 0',
    ],
    [
      'cash that is not there',
      (desk) => {
        desk.answers.account = async () => {
          const account = await desk.broker.account();
          return { ...account, cash: cents(account.cash - 50_000) };
        };
      },
      'cash: ours 200.00, broker -300.00',
    ],
  ];

  it.each(cases)(
    '%s: sells are sent, buys are not, and Rotor says why',
    async (_name, act, text) => {
      const desk = await running(ROTATION);
      act(desk);
      await nextMonth(desk, 12);
      expect(desk.alerts().some((alert) => alert.text.includes(text))).toBe(true);
      expect(differs(desk)).toBeDefined();
      expect(bought(desk)).toEqual([]);
      if (!text.startsWith('XLK: ours 99, broker 0') && !text.startsWith('cash'))
        expect(sold(desk).length).toBeGreaterThan(0);
    },
  );

  it('is reported once while it stays the same', async () => {
    const desk = await running(ROTATION);
    desk.broker.give('XLP', 7);
    await desk.minutes(120);
    expect(desk.alerts().map(({ title }) => title)).toEqual([
      'Our records differ from the broker’s',
    ]);
  });

  it('is accepted by an operator, who is named, and then buys continue', async () => {
    const desk = await running(ROTATION);
    desk.broker.give('XLP', 7);
    await nextMonth(desk);
    expect(bought(desk)).toEqual([]);
    // The seven were sold meanwhile: our own books never had them.
    expect(await desk.engine.adopt('ann')).toBe('XLP: ours -7, broker 0');
    expect(desk.entries('adjustment')).toMatchObject([{ ticker: 'XLP', by: 'ann' }]);
    await desk.minutes(10);
    expect(bought(desk)).toHaveLength(2);
    expect(desk.book().alerts.size).toBe(0);
    expect(sameBooks(desk)).toBe(true);
  });

  it('is recorded with its value as a deposit, not a gain', async () => {
    const desk = await running(ROTATION);
    await desk.minutes(1);
    const before = growthNow(desk);
    desk.broker.give('XLP', 7);
    expect(await desk.engine.adopt('ann')).toBe('XLP: ours 0, broker 7');
    expect(desk.entries('adjustment')).toMatchObject([{ ticker: 'XLP', worth: dollars(700) }]);
    await desk.minutes(10);
    expect(growthNow(desk)).toBeCloseTo(before, 3);
  });

  it('in a closed position is valued at the current price', async () => {
    const desk = await running(ROTATION);
    desk.answers.positions = async () =>
      (await desk.broker.positions()).filter(({ ticker: held }) => held !== 'XLK');
    expect(await desk.engine.adopt('ann')).toBe('XLK: ours 99, broker 0');
    expect(desk.entries('adjustment')).toMatchObject([{ ticker: 'XLK', worth: dollars(-9_900) }]);
  });

  it('ends by itself when the broker’s records agree again', async () => {
    const desk = await running(ROTATION);
    desk.answers.positions = async () => [];
    await desk.minutes(25);
    expect(differs(desk)).toBeDefined();
    desk.answers.positions = undefined;
    await desk.minutes(25);
    expect(differs(desk)).toBeUndefined();
    expect(desk.entries('resolved').at(-1)?.text).toBe('Our records match the broker’s again.');
  });

  it('cannot be accepted when the records agree', async () => {
    const desk = await running(ROTATION);
    expect(await desk.engine.adopt('ann')).toBe('Our records match the broker’s.');
    expect(desk.entries('adjustment')).toEqual([]);
  });

  it('of one cent for each fill is rounding, and of more is not', async () => {
    const desk = await running(ROTATION);
    const off = (by: number) => {
      desk.answers.account = async () => {
        const account = await desk.broker.account();
        return { ...account, cash: cents(account.cash + by) };
      };
    };
    const { booked } = desk.book();
    off(booked.size);
    await desk.minutes(25);
    expect(differs(desk)).toBeUndefined();
    off(booked.size + 1);
    await desk.minutes(25);
    expect(differs(desk)).toMatch(/^cash:/);
  });
});

function activity(
  kind: Activity['kind'],
  usd: number,
  overrides: Partial<Activity> = {},
): Activity {
  return {
    id: `${kind}-1`,
    kind,
    ticker: undefined,
    qty: qty(0),
    cash: dollars(usd),
    at: epochMs(Date.parse('2024-07-01T17:00:00Z')),
    ...overrides,
  };
}

describe('a difference explained by the broker', () => {
  const rows: readonly [string, Activity][] = [
    ['a deposit', activity('deposit', 5_000)],
    ['a withdrawal', activity('withdrawal', -150)],
    ['a dividend', activity('dividend', 12.34, { ticker: ticker('XLK') })],
    ['a fee', activity('fee', -0.02)],
    ['interest', activity('interest', 0.55)],
    ['a split', activity('split', 0, { ticker: ticker('XLK'), qty: wholeShares(99) })],
  ];

  it.each(rows)('%s is booked once with its cause, and nothing stops', async (_name, happened) => {
    const desk = await running(ROTATION);
    desk.broker.happen(happened);
    await desk.minutes(60);
    expect(desk.entries('activity')).toEqual([{ kind: 'activity', activity: happened }]);
    expect(sameBooks(desk)).toBe(true);
    // Money and shares that came move the weights, which is told and stops nothing.
    const open = [...desk.book().alerts.keys()].filter(
      (subject) => !/^(drift|idle cash)/.test(subject),
    );
    expect(open).toEqual([]);
    await desk.restart();
    await desk.minutes(25);
    expect(desk.entries('activity')).toHaveLength(1);
  });

  it('from while Rotor was stopped for a month is booked at the next start', async () => {
    const desk = await running(ROTATION);
    desk.goTo('2024-07-01', '16:05');
    await desk.minutes(1);
    desk.goTo('2024-07-10', '12:00');
    desk.broker.happen(activity('deposit', 700, { at: desk.clock.now() }));
    desk.goTo('2024-08-05', '16:30');
    // The first comparison fails; the close of the books must not move the horizon past the deposit.
    desk.answers.activities = async () => {
      throw new TradingError('Alpaca activities: no answer', 'retry');
    };
    await desk.restart();
    await desk.minutes(3);
    desk.answers.activities = async (since) =>
      [activity('deposit', 700, { at: epochMs(Date.parse('2024-07-10T16:00:00Z')) })].filter(
        ({ at }) => at >= since,
      );
    await desk.minutes(40);
    expect(desk.entries('activity')).toHaveLength(1);
    expect(sameBooks(desk)).toBe(true);
  });
});

describe('orders in the account', () => {
  it('with our prefix but unknown to the journal halt, until they are accepted', async () => {
    const desk = await running(ROTATION);
    desk.broker.tradeByHand(intent('monthly-2024-07', 'buy', 'XLU', 1));
    await nextMonth(desk, 20);
    expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
    expect(desk.book().state.reason).toMatch(/not recorded here/);
    expect(bought(desk)).toEqual([]);
    expect(desk.entries('state')).toHaveLength(1);
    await desk.engine.adopt('ann');
    expect(desk.entries('recovered-order')).toHaveLength(1);
    expect(desk.engine.setState('RUN', 'ann', 'looked at it')).toEqual({ kind: 'accepted' });
    // After a HALT of Rotor's own the first plan waits for a person.
    const plan = await desk.engine.propose({ id: '1', name: 'ann' });
    if (!('planHash' in plan)) throw new Error(plan.reason);
    await desk.engine.answer(plan.id, 'approved', { id: '1', name: 'ann' });
    await desk.minutes(10);
    expect(bought(desk).length).toBeGreaterThan(0);
    expect(sameBooks(desk)).toBe(true);
  });

  it.each(['open', 'whole'] as const)(
    'with our ids but another size halt, until they are accepted (%s)',
    async (kind) => {
      const desk = await started(ROTATION);
      const theirs = intent('initial-2024-07-01', 'sell', 'XLF', 40);
      desk.broker.behave((_intent, post) => {
        if (post > 1) return { kind: 'whole' };
        if (kind === 'open') desk.broker.openByHand(theirs);
        else desk.broker.tradeByHand(theirs);
        return { kind: 'never-arrives' };
      });
      await desk.minutes(10);
      expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
      expect(desk.book().state.reason).toMatch(/another order under this id/);

      if (kind === 'open') desk.broker.progress(theirs.clientOrderId, { fill: 40 });
      await desk.engine.adopt('ann');
      expect(desk.engine.setState('RUN', 'ann', 'the other desk is off')).toEqual({
        kind: 'accepted',
      });
      await desk.minutes(20);
      expect(desk.book().state.state).toBe('RUN');
      expect(desk.posted().filter((post) => post.startsWith('sell'))).toEqual(['sell XLF 100']);
      const [rebalance] = desk.book().rebalances.values();
      expect(rebalance?.result?.left[0]).toMatch(/^sell XLF: not sent: refused: another Rotor/);
      expect(desk.posted().some((post) => post.startsWith('buy XLK'))).toBe(true);
      expect(sameBooks(desk)).toBe(true);
    },
  );

  it('resumed without accepting them halt trading again', async () => {
    const desk = await running(ROTATION);
    desk.broker.tradeByHand(intent('monthly-2024-07', 'buy', 'XLU', 1));
    await desk.minutes(25);
    desk.engine.setState('RUN', 'ann', 'hoping');
    await nextMonth(desk, 20);
    expect(desk.book().state.state).toBe('HALT');
    expect(bought(desk)).toEqual([]);
  });

  it('without our prefix are left alone', async () => {
    const desk = await running(ROTATION);
    const foreign = { ...intent('x', 'buy', 'XLP', 1), clientOrderId: 'by-hand' };
    desk.broker.openByHand(foreign);
    let cancelled = 0;
    desk.answers.cancel = async () => {
      cancelled += 1;
    };
    await nextMonth(desk);
    expect(bought(desk)).toHaveLength(2);
    expect(cancelled).toBe(0);
    expect(
      desk.broker.accepted.find(({ clientOrderId }) => clientOrderId === 'by-hand')?.status,
    ).toBe('open');
  });

  it('of somebody else that cross ours make ours wait, and are reported', async () => {
    const desk = await running(ROTATION);
    desk.broker.openByHand({ ...intent('x', 'buy', 'XLK', 1), clientOrderId: 'by-hand' });
    await nextMonth(desk, 12);
    expect(desk.posted().filter((post) => post.startsWith('sell XLK'))).toEqual([]);
    expect(desk.book().alerts.get('limit crossing order')?.alert.text).toMatch(
      /a buy of XLK is still open/,
    );
    // Half of what is wanted was there with the other sell; the rest follows with its cash.
    expect(bought(desk)).toHaveLength(2);
    desk.broker.progress('by-hand', { status: 'canceled' });
    await desk.minutes(10);
    expect(bought(desk)).toHaveLength(4);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('of somebody else that reserve shares reduce our sell, which is never short', async () => {
    const desk = await running(ROTATION);
    desk.broker.openByHand({ ...intent('x', 'sell', 'XLK', 50), clientOrderId: 'by-hand' });
    await nextMonth(desk);
    expect(desk.posted().filter((post) => post.startsWith('sell XLK'))).toEqual(['sell XLK 49']);
    expect(bought(desk)).toHaveLength(2);
  });
});

describe('a manual trade', () => {
  it('while a rebalance waits is booked, and the buys use the remaining cash', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(({ side }) => (side === 'sell' ? { kind: 'open' } : { kind: 'whole' }));
    await desk.minutes(1);
    desk.broker.tradeByHand({ ...intent('x', 'buy', 'XLU', 50), clientOrderId: 'by-hand' });
    desk.broker.progress(desk.broker.accepted[0]?.clientOrderId ?? '', { fill: 100 });
    await desk.minutes(10);
    expect(desk.broker.ledger().cash).toBeGreaterThanOrEqual(0);
    expect(desk.broker.ledger().lots.get(ticker('XLU'))?.qty).toBe(wholeShares(50));
    expect(sameBooks(desk)).toBe(true);
    const last = [...desk.book().rebalances.values()][0];
    expect(last?.result?.kind).toBe('partial');
  });

  it('before the first connection is part of the starting balance, and is not booked again', async () => {
    const fresh = world({ cashUsd: 10_000 });
    fresh.broker.tradeByHand({ ...intent('x', 'buy', 'XLU', 5), clientOrderId: 'by-hand' });
    fresh.broker.happen(activity('deposit', 500));
    await fresh.engine.start();
    await fresh.minutes(30);
    expect(fresh.entries('external-fill')).toEqual([]);
    expect(fresh.entries('activity')).toEqual([]);
    expect(sameBooks(fresh)).toBe(true);
  });
});

describe('the first connection', () => {
  it('needs a price of the benchmark; until there is one nothing is decided', async () => {
    const fresh = world(ROTATION);
    fresh.answers.latestPrices = async (tickers) => {
      const prices = new Map(await fresh.broker.latestPrices(tickers));
      prices.delete(ticker('SPY'));
      return prices;
    };
    await fresh.engine.start();
    await fresh.minutes(10);
    expect(fresh.book().baseline).toBeUndefined();
    expect(fresh.book().rebalances.size).toBe(0);
    fresh.answers.latestPrices = undefined;
    await fresh.minutes(10);
    expect(fresh.posted()).toHaveLength(3);
  });

  it('waits for a broker that does not answer at the start', async () => {
    const fresh = world(ROTATION);
    fresh.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    await fresh.engine.start();
    await fresh.minutes(10);
    expect(fresh.book().baseline).toBeUndefined();
    expect(fresh.book().alerts.get('broker')?.alert.title).toBe('The broker does not answer');
    fresh.broker.fail(undefined);
    await fresh.minutes(10);
    expect(fresh.posted()).toHaveLength(3);
    expect(fresh.book().alerts.size).toBe(0);
  });
});

describe('accepting the difference shown', () => {
  const shown = (desk: World) =>
    differenceHash(desk.book().alerts.get('reconciliation')?.alert.text ?? '');

  async function differing(): Promise<World> {
    const desk = await running(ROTATION);
    desk.broker.give('XLP', 7);
    await desk.minutes(25);
    expect(differs(desk)).toBe('XLP: ours 0, broker 7');
    return desk;
  }

  it('accepts it if it is still the difference', async () => {
    const desk = await differing();
    expect(await desk.engine.adopt('ann', shown(desk))).toBe('XLP: ours 0, broker 7');
    expect(sameBooks(desk)).toBe(true);
    expect(differs(desk)).toBeUndefined();
  });

  it('accepts nothing if the difference has changed, and shows the new one', async () => {
    const desk = await differing();
    const before = shown(desk);
    desk.broker.give('XLP', 9);
    expect(await desk.engine.adopt('ann', before)).toBe(
      'Nothing was accepted: the difference has changed since it was shown. XLP: ours 0, broker 9',
    );
    expect(desk.entries('adjustment')).toEqual([]);
    expect(differs(desk)).toBe('XLP: ours 0, broker 9');
    expect(await desk.engine.adopt('ann', shown(desk))).toBe('XLP: ours 0, broker 9');
    expect(sameBooks(desk)).toBe(true);
  });

  it('accepts nothing if it has disappeared', async () => {
    const desk = await differing();
    const before = shown(desk);
    desk.answers.positions = async () =>
      (await desk.broker.positions()).filter(({ ticker: held }) => held !== 'XLP');
    expect(await desk.engine.adopt('ann', before)).toBe(
      'Nothing was accepted: there is no difference any more.',
    );
    expect(differs(desk)).toBeUndefined();
  });
});
