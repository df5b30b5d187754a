import { describe, expect, it } from 'vitest';
import { subjectKey } from '#core/domain/alert.ts';
import { belowPeak } from '#core/domain/drawdown.ts';
import { snapshotOf } from '#core/domain/observation.ts';
import {
  cents,
  dollars,
  epochMs,
  qty,
  sessionDate,
  ticker,
  wholeShares,
} from '#core/domain/units.ts';
import { haltForSafety, setTradingState } from '#core/engine/trading-state.ts';
import { TradingError } from '#core/errors.ts';
import { changed, scaledBy } from '#tests/support/bars.ts';
import { position } from '#tests/support/desk.ts';
import {
  barsThrough,
  running,
  sameBooks,
  started,
  type World,
  world,
} from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
const POSTED = ['sell XLF 100', 'buy XLK 99', 'buy XLE 99'];

/** How far below its best the desk is by what it saw last. */
function fallNow(desk: World): number {
  const now = snapshotOf(desk.engine.observation());
  return now ? belowPeak(desk.book(), now) : Number.NaN;
}

/** Every price of the tickers falls or rises by that factor. */
function move(desk: World, factor: number, symbols: readonly string[]): void {
  for (const symbol of symbols) desk.broker.setPrice(symbol, 100 * factor);
}

describe('the trading state', () => {
  it('RUN ends a pause and safe mode, which HALT and REDUCE leave as they are', async () => {
    const desk = await started(ROTATION);
    const left: string[] = [];
    const safety = { reason: () => 'it crashed', leave: () => void left.push('safe mode') };
    const set = (state: 'RUN' | 'REDUCE' | 'HALT') =>
      setTradingState({ ...desk.parts, safety }, desk.engine.observation(), state, 'ann', 'x');
    desk.engine.pause('ann', 'a look');
    for (const state of ['HALT', 'REDUCE'] as const) set(state);
    expect([left.length, desk.book().paused?.by]).toEqual([0, 'ann']);
    set('RUN');
    expect([left.length, desk.book().paused]).toEqual([1, undefined]);
    expect(desk.entries('pause').at(-1)).toMatchObject({ paused: false, by: 'ann', reason: 'x' });
    set('RUN');
    expect(desk.entries('pause')).toHaveLength(2);
  });

  it('is set without the worth of another account that answers', async () => {
    const desk = await running(ROTATION);
    const seen = desk.engine.observation();
    const account = seen.account && { ...seen.account, id: 'another', equity: dollars(1) };
    setTradingState(desk.parts, { ...seen, account }, 'RUN', 'ann', 'x');
    expect(desk.entries('state').at(-1)?.equity).not.toBe(dollars(1));
    setTradingState(desk.parts, seen, 'RUN', 'ann', 'x');
    expect(desk.entries('state').at(-1)?.equity).toBe(seen.account?.equity);
  });

  it('is set without shares of other people that nobody has booked yet', async () => {
    const desk = await running(ROTATION);
    const seen = desk.engine.observation();
    const account = seen.account && {
      ...seen.account,
      equity: cents(seen.account.equity + dollars(5_000)),
    };
    const managedBy = { own: [ticker('XLF')], reserve: cents(0), maxManaged: undefined };
    const positions = [...seen.positions, position('TSLA', 10, 500)];
    setTradingState(desk.parts, { ...seen, account, positions, managedBy }, 'RUN', 'ann', 'x');
    expect(desk.entries('state').at(-1)?.equity).toBe(seen.account?.equity);
  });

  it('is set with the worth at the last close while a split’s price is missing', async () => {
    const desk = await running(ROTATION);
    const [held, XLF] = [wholeShares(100), ticker('XLF')];
    const holdings = new Map([[XLF, { qty: held, value: dollars(10_000) }]]);
    const at = desk.clock.now();
    const point = { at, session: sessionDate('2024-06-28'), cash: dollars(10_000), holdings };
    const equity = [{ ...point, equity: dollars(20_000), benchmark: 500 }];
    const split = { kind: 'action', lot: 'XLF-9', ticker: XLF, qty: held, cash: cents(0) } as const;
    const recordedAt = epochMs(at + 1);
    const lots = { ...desk.book().lots, events: [{ ...split, at: recordedAt, recordedAt }] };
    const journal = { ...desk.parts.journal, book: () => ({ ...desk.book(), equity, lots }) };
    const resumeAt = (price: number): unknown => {
      const positions = [position('XLF', 200, price)];
      const seen = { ...desk.engine.observation(), positions };
      setTradingState({ ...desk.parts, journal }, seen, 'RUN', 'ann', 'x');
      return desk.entries('state').at(-1)?.holdings?.get(XLF)?.qty;
    };
    expect(resumeAt(100)).toBe(held);
    expect(resumeAt(50)).toBe(wholeShares(200));
  });

  it('REDUCE allows sells and no buys, and RUN sends the buys', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('REDUCE', 'ann', 'careful');
    await desk.minutes(20);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.engine.setState('RUN', 'ann', 'fine again');
    await desk.minutes(3);
    expect(desk.posted()).toEqual(POSTED);
  });

  it('HALT allows nothing, and nothing is decided under it', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('HALT', 'ann', 'look');
    await desk.minutes(20);
    expect(desk.posted()).toEqual([]);
    expect(desk.book().rebalances.size).toBe(0);
    desk.engine.setState('RUN', 'ann', 'fine again');
    await desk.minutes(3);
    expect(desk.posted()).toEqual(POSTED);
  });

  it.each([
    ['HALT', 'sell', 1],
    ['HALT', 'buy', 2],
    ['REDUCE', 'buy', 2],
  ] as const)(
    '%s set while a %s is on its way holds before the next order',
    async (state, _side, post) => {
      const desk = await started({ cashUsd: 10_000, held: { XLF: 100, XLV: 100 } });
      desk.target = ['XLK', 'XLE', 'XLP'];
      desk.broker.behave((_intent, number) => {
        if (number === post + 1) desk.engine.setState(state, 'ann', 'now');
        return { kind: 'whole' };
      });
      await desk.minutes(20);
      expect(desk.posted()).toHaveLength(post + 1);
    },
  );

  it('survives a restart with its author and reason', async () => {
    const desk = await started(ROTATION);
    desk.engine.setState('HALT', 'ann', 'holiday');
    await desk.restart();
    await desk.minutes(10);
    expect(desk.book().state).toMatchObject({ state: 'HALT', by: 'ann', reason: 'holiday' });
    expect(desk.posted()).toEqual([]);
  });

  it('RUN is rejected while the journal is untrusted; HALT and REDUCE are not', async () => {
    const before = await running(ROTATION);
    before.database.exec('DROP TRIGGER entries_remain');
    before.database.exec('DELETE FROM entries WHERE seq = 4');
    await before.restart();
    const answer = before.engine.setState('RUN', 'ann', 'please');
    expect(answer).toMatchObject({ kind: 'closed' });
    expect(answer).toHaveProperty('reason', expect.stringMatching(/chain breaks/));
    expect(before.book().state.state).toBe('HALT');
    expect(before.engine.setState('REDUCE', 'ann', 'sell')).toEqual({ kind: 'accepted' });
    expect(await before.engine.adopt('ann')).toMatch(/chain breaks/);
    before.goTo('2024-08-01', '09:36');
    before.target = ['XLU'];
    await before.minutes(10);
    expect(before.posted()).toHaveLength(3);
  });
});

describe('drawdown', () => {
  it('over MAX_DRAWDOWN switches to REDUCE, says so, and can be re-armed without tripping again', async () => {
    const desk = await running(ROTATION);
    move(desk, 0.7, ['XLK', 'XLE']);
    await desk.minutes(2);
    expect(desk.book().state).toMatchObject({ state: 'REDUCE', by: 'rotor' });
    expect(desk.book().alerts.get('drawdown')?.alert.text).toMatch(/MAX_DRAWDOWN is 20 %/);
    expect(desk.entries('state')).toHaveLength(1);
    expect(desk.engine.setState('RUN', 'ann', 'seen it')).toEqual({ kind: 'accepted' });
    await desk.minutes(30);
    expect(desk.book().state).toMatchObject({ state: 'RUN', by: 'ann', reason: 'seen it' });
    expect(desk.book().alerts.has('drawdown')).toBe(false);
  });

  it('counts from the new peak after it was re-armed', async () => {
    const desk = await running(ROTATION);
    move(desk, 0.7, ['XLK', 'XLE']);
    await desk.minutes(2);
    desk.engine.setState('RUN', 'ann', 'seen it');
    desk.goTo('2024-07-01', '16:05');
    await desk.minutes(2);
    move(desk, 0.5, ['XLK', 'XLE']);
    await desk.minutes(2);
    expect(desk.book().state.state).toBe('REDUCE');
  });

  it('below the limit changes nothing, and HALT is not loosened to REDUCE', async () => {
    const desk = await running(ROTATION);
    move(desk, 0.85, ['XLK', 'XLE']);
    await desk.minutes(5);
    expect(desk.book().state.state).toBe('RUN');
    desk.engine.setState('HALT', 'ann', 'look');
    move(desk, 0.5, ['XLK', 'XLE']);
    await desk.minutes(5);
    expect(desk.book().state.state).toBe('HALT');
  });

  it('counts money once that came before it was re-armed and is booked after', async () => {
    const desk = await running(ROTATION);
    await desk.minutes(2);
    const before = desk.engine.observation().account?.equity ?? 0;
    desk.answers.activities = async () => [];
    desk.broker.happen({
      id: 'deposit-1',
      kind: 'deposit',
      ticker: undefined,
      qty: qty(0),
      cash: dollars(5_000),
      at: desk.clock.now(),
    });
    await desk.minutes(2);
    desk.engine.setState('RUN', 'ann', 'fine again');
    expect(desk.book().drawdownFrom?.equity).toBe(before);
    expect(fallNow(desk)).toBe(0);
    desk.answers.activities = undefined;
    await desk.minutes(30);
    expect(desk.entries('activity')).toHaveLength(1);
    expect(fallNow(desk)).toBe(0);
  });

  it('remembers its peak across a restart', async () => {
    const desk = await running(ROTATION);
    // By what is no split's ratio.
    move(desk, 1.4, ['XLK', 'XLE']);
    desk.goTo('2024-07-01', '16:05');
    await desk.minutes(2);
    await desk.restart();
    move(desk, 1.05, ['XLK', 'XLE']);
    await desk.minutes(2);
    expect(desk.book().state.state).toBe('REDUCE');
  });

  it('is not caused by a withdrawal', async () => {
    const desk = await running(ROTATION);
    desk.broker.behave(() => ({ kind: 'whole' }));
    desk.target = [];
    desk.goTo('2024-08-01', '09:36');
    await desk.minutes(5);
    desk.broker.happen({
      id: 'out',
      kind: 'withdrawal',
      ticker: undefined,
      qty: qty(0),
      cash: dollars(-10_000),
      at: desk.clock.now(),
    });
    await desk.engine.wake();
    await desk.restart();
    await desk.minutes(10);
    expect(desk.book().state.state).toBe('RUN');
    expect(fallNow(desk)).toBe(0);
  });
});

describe('limits', () => {
  it('a hundredfold tick buys nothing and sizes nothing; with the price right again it is done', async () => {
    const desk = await started(ROTATION);
    desk.broker.setPrice('XLK', 10_000);
    await desk.minutes(20);
    expect(desk.posted()).toEqual([]);
    expect(desk.book().rebalances.size).toBe(0);
    expect(desk.book().alerts.get('no-decision')?.alert.text).toMatch(
      /XLK: latest price 10000, last close 100/,
    );
    desk.broker.setPrice('XLK', 100);
    await desk.minutes(10);
    expect(desk.posted()).toEqual(POSTED);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('a hundredfold tick between plan and order blocks the order', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => {
      desk.broker.setPrice('XLE', 10_000);
      return { kind: 'whole' };
    });
    await desk.minutes(20);
    expect(desk.posted().filter((post) => post.includes('XLE'))).toEqual([]);
  });

  it('of orders per day delay the excess until the next day', async () => {
    const desk = await started({ ...ROTATION, limits: { maxOrdersPerDay: 2 } });
    await desk.minutes(30);
    expect(desk.posted()).toEqual(['sell XLF 100', 'buy XLK 99']);
    expect(desk.book().alerts.get('limit MAX_ORDERS_PER_DAY')?.alert).toMatchObject({
      advice: { code: 'limit', limit: 'MAX_ORDERS_PER_DAY' },
      remedy: expect.stringContaining('Orders wait'),
    });
    desk.goTo('2024-07-02', '09:36');
    await desk.minutes(5);
    expect(desk.posted()).toEqual(POSTED);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('of turnover per day delay the excess until the next day', async () => {
    const desk = await started({ ...ROTATION, limits: { maxTurnoverPerDay: 0.995 } });
    await desk.minutes(30);
    expect(desk.posted()).toEqual(['sell XLF 100']);
    desk.goTo('2024-07-02', '09:36');
    await desk.minutes(5);
    expect(desk.posted()).toEqual(POSTED);
  });

  it('MAX_ORDER_USD rejects the order by name and continues', async () => {
    const desk = await started({ ...ROTATION, limits: { maxOrder: dollars(9_900) } });
    await desk.minutes(5);
    expect(desk.posted()).not.toContain('sell XLF 100');
    expect(desk.alerts().map(({ text }) => text)).toContain(
      'sell XLF: Rotor says: MAX_ORDER_USD: XLF: $9,950 is over $9,900',
    );
  });

  it('open buys of other tickers count at their own prices', async () => {
    const desk = await started({ cashUsd: 30_000, target: ['XLK', 'XLE', 'TLT'] });
    desk.broker.behave(() => ({ kind: 'open' }));
    desk.answers.cancel = async () => undefined;
    desk.broker.setPrice('TLT', 92);
    desk.broker.setPrice('XLE', 108);
    await desk.minutes(1);
    expect(desk.posted()).toHaveLength(3);
    expect(desk.alerts().map(({ title }) => title)).toEqual(['Orders stay open']);
  });

  it('cash that disappeared between plan and order is not spent', async () => {
    const desk = await started({ ...ROTATION, target: ['XLK', 'XLE'] });
    // $8,000 are withdrawn while the sell is on its way; the buys share what is left.
    desk.broker.behave((_intent, post) => {
      if (post === 1) {
        desk.broker.happen({
          id: 'withdrawal-1',
          kind: 'withdrawal',
          ticker: undefined,
          qty: qty(0),
          cash: dollars(-8_000),
          at: desk.clock.now(),
        });
      }
      return { kind: 'whole' };
    });
    await desk.minutes(3);
    expect(desk.posted()).toEqual(['sell XLF 100', 'buy XLK 59', 'buy XLE 59']);
    expect(desk.broker.ledger().cash).toBeGreaterThanOrEqual(0);
    expect(sameBooks(desk)).toBe(true);
  });

  it('a position without a market value counts at its price', async () => {
    const desk = await started({ cashUsd: 1_000, held: { XLK: 100 }, target: ['XLK', 'XLE'] });
    desk.answers.positions = async () =>
      (await desk.broker.positions()).map((position) => ({
        ...position,
        marketValue: undefined,
        currentPrice: undefined,
      }));
    await desk.minutes(5);
    expect(desk.broker.ledger().lots.get(ticker('XLE'))).toBeDefined();
    expect(sameBooks(desk)).toBe(true);
  });

  it('a buy without a price waits alone, and is sent once there is one', async () => {
    const desk = await started(ROTATION);
    desk.broker.behave(() => {
      desk.answers.latestPrices = async (tickers) => {
        const prices = new Map(await desk.broker.latestPrices(tickers));
        prices.delete(ticker('XLK'));
        return prices;
      };
      return { kind: 'whole' };
    });
    await desk.minutes(3);
    expect(desk.posted()).toEqual(['sell XLF 100', 'buy XLE 99']);
    expect(desk.alerts()[0]?.text).toBe('price: XLK has no price');
    desk.answers.latestPrices = undefined;
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(10);
    expect(desk.posted()).toEqual(['sell XLF 100', 'buy XLE 99', 'buy XLK 99']);
  });
});

describe('borrowing', () => {
  it('with MAX_GROSS above 1 buys more than the cash, as far as the broker lends it', async () => {
    const desk = world({
      cashUsd: 10_000,
      target: ['XLK', 'XLE'],
      limits: { maxGross: 1.3, maxWeight: 0.8 },
    });
    desk.answers.account = async () => {
      const account = await desk.broker.account();
      return { ...account, buyingPower: dollars(20_000) };
    };
    await desk.engine.start();
    await desk.minutes(3);
    expect(desk.broker.ledger().cash).toBeLessThanOrEqual(dollars(10_000));
    expect(desk.posted()).toHaveLength(2);
  });
});

describe('an error', () => {
  it('of the broker is one alert, and one message when it is over', async () => {
    const desk = await running(ROTATION);
    desk.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    await desk.minutes(10);
    desk.broker.fail(undefined);
    await desk.minutes(10);
    expect(
      desk.entries('alert').filter(({ alert }) => subjectKey(alert.subject) === 'broker'),
    ).toHaveLength(1);
    expect(desk.entries('resolved').map(({ text }) => text)).toContain('The broker answers again.');
    expect(desk.book().alerts.size).toBe(0);
  });

  it('that stays is one alert, over once nothing failed for five minutes', async () => {
    const desk = await running(ROTATION);
    const told = () => desk.entries('alert').filter(({ alert }) => alert.title === 'Error');
    desk.answers.fills = async () => {
      throw new TradingError('Alpaca: no fills', 'retry');
    };
    await desk.minutes(60);
    expect(told()).toHaveLength(1);
    desk.answers.fills = undefined;
    await desk.minutes(20);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('of the keys is not temporary: a refresh fails loudly', async () => {
    const desk = await running(ROTATION);
    desk.broker.fail(new TradingError('Alpaca: 401', 'fix-config'));
    await expect(desk.engine.look()).rejects.toMatchObject({ remedy: 'fix-config' });
    desk.broker.fail(new RangeError('a bug'));
    await expect(desk.engine.look()).rejects.toThrow('a bug');
  });
});

describe('RUN', () => {
  it('counts the drawdown from the account’s value at that moment', async () => {
    const desk = await running(ROTATION);
    move(desk, 0.7, ['XLK', 'XLE']);
    await desk.minutes(2);
    expect(desk.book().state.state).toBe('REDUCE');
    desk.engine.setState('RUN', 'ann', 'seen it');
    expect(desk.book().drawdownFrom?.equity).toBe(desk.engine.observation().account?.equity);
    expect(fallNow(desk)).toBe(0);
    // The same day, before any close: another fall of more than a fifth.
    move(desk, 0.47, ['XLK', 'XLE']);
    await desk.minutes(2);
    expect(desk.book().state).toMatchObject({ state: 'REDUCE', by: 'rotor' });
  });

  it('is not a split whose shares come later, though the market moved besides', async () => {
    const desk = await running(ROTATION);
    desk.goTo('2024-07-01', '16:05');
    await desk.minutes(20);
    // In the night the bars are adjusted; the price then moves by more than a split ratio may be off.
    desk.bars = (last) => changed(barsThrough(last), 'XLK', (each) => scaledBy(each, 0.5));
    desk.goTo('2024-07-02', '10:00');
    desk.broker.setPrice('XLK', 51.5);
    await desk.minutes(2);
    expect(desk.book().state.state).toBe('RUN');
    expect([...desk.book().alerts.keys()]).toContain('split XLK');
  });

  it('counts from the last close if the broker did not answer since', async () => {
    const desk = await running(ROTATION);
    desk.goTo('2024-07-01', '16:05');
    await desk.minutes(2);
    desk.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
    await desk.restart();
    desk.engine.setState('RUN', 'ann', 'go on');
    expect(desk.book().drawdownFrom?.equity).toBe(desk.book().equity.at(-1)?.equity);
  });
});

describe('a resume and safe mode', () => {
  it('ends what had stopped trading, and no other alert', async () => {
    const desk = await running();
    const about = [
      { about: 'drawdown' },
      { about: 'error', text: 'odd' },
      { about: 'idle-cash' },
    ] as const;
    const rest = { severity: 'error', title: 'Odd', text: 'odd', remedy: 'None.' } as const;
    desk.parts.journal.append(
      ...about.map((subject) => ({ kind: 'alert' as const, alert: { subject, ...rest } })),
    );
    desk.engine.setState('RUN', 'ann', 'looked at');
    const open = [...desk.book().alerts.values()].map(({ alert }) => alert.subject.about);
    expect(open).toEqual(['idle-cash']);
  });

  it('halts once, and leaves the HALT of a person as it is', async () => {
    const desk = await running();
    const { journal } = desk.parts;
    haltForSafety(desk.parts, 'it crashed three times');
    expect(journal.book().state).toMatchObject({ state: 'HALT', by: 'rotor' });
    const { seq } = journal.book();
    haltForSafety(desk.parts, 'it crashed three times');
    expect(journal.book().seq).toBe(seq);
  });
});
