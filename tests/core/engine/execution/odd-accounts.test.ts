/** What real accounts and brokers do to a rebalance, and what people are told of it. */
import { describe, expect, it } from 'vitest';
import type { OrderIntent } from '#core/domain/order.ts';
import { dollars, ticker, wholeShares } from '#core/domain/units.ts';
import { TradingError } from '#core/errors.ts';
import { running, started, type World, world } from '#tests/support/world.ts';

const BY_HAND = 'somebody';

function byHand(side: 'buy' | 'sell', symbol: string, shares: number): OrderIntent {
  const qty = wholeShares(shares);
  const known = { clientOrderId: BY_HAND, decisionId: '', attempt: 1, priceAtDecision: 100 };
  return { ...known, ticker: ticker(symbol), side, qty, estimated: dollars(shares * 100) };
}

const titles = ({ book }: World): readonly string[] =>
  [...book().alerts.values()].map(({ alert }) => alert.title);

const told = (desk: World): string =>
  desk
    .alerts()
    .map(({ text }) => text)
    .join('\n');

describe('a foreign short position', () => {
  it('is not bought back, though it is a ticker of Rotor’s; its own buy waits and says why', async () => {
    const desk = await started({
      ...{ cashUsd: 10_000, held: { XLK: -10, XLV: -5 }, target: ['XLK', 'XLE'] },
    });
    await desk.minutes(8);
    expect(desk.posted().filter((order) => /XLK|XLV/.test(order))).toEqual([]);
    expect(told(desk)).toContain('somebody holds XLK short, and a buy would close that');
    expect(titles(desk)).not.toContain('Drift');
  });

  it('brought in cash that is not spent, as it is needed to buy the shares back', async () => {
    const desk = await started({ cashUsd: 10_000, target: ['XLE', 'XLF'] });
    desk.broker.setPrice('TSLA', 100);
    desk.broker.tradeByHand(byHand('sell', 'TSLA', 50));
    await desk.minutes(8);
    expect(desk.broker.ledger().cash).toBeGreaterThanOrEqual(dollars(5_000));
    expect(desk.engine.observation().managed?.equity).toBe(dollars(10_000));
  });
});

describe('a flatten and a monthly rebalance', () => {
  it('that comes due on the morning on which it sells: the month waits for an approver', async () => {
    const desk = await running({ cashUsd: 10_000 });
    desk.goTo('2024-07-31', '20:00');
    await desk.engine.flatten('ann', 'fire');
    desk.goTo('2024-08-01', '09:36');
    await desk.minutes(4);
    desk.engine.setState('RUN', 'ann', 'over');
    await desk.minutes(8);
    expect(desk.broker.ledger().lots.size).toBe(0);
    expect(titles(desk)).toEqual(['A rebalance waits for an approver']);
  });

  it('that was cancelled before anything was sold: the month is not delayed', async () => {
    const desk = await running({ cashUsd: 10_000 });
    desk.target = ['XLV'];
    desk.goTo('2024-08-01', '09:00');
    await desk.engine.flatten('ann', 'fire');
    desk.engine.cancelFlatten('ann');
    desk.engine.setState('RUN', 'ann', 'a mistake');
    desk.goTo('2024-08-01', '09:36');
    await desk.minutes(8);
    expect([...desk.broker.ledger().lots.keys()]).toEqual(['XLV']);
  });
});

describe('a flatten of a halted stock', () => {
  it('sells it once it trades again, however many orders of it were not filled', async () => {
    const desk = await running({ cashUsd: 10_000, target: ['XLE', 'XLF'] });
    desk.goTo('2024-07-10', '10:00');
    await desk.minutes(1);
    desk.broker.behave(({ ticker: of }) => ({ kind: of === 'XLF' ? 'open' : 'whole' }));
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(60);
    expect([...desk.broker.ledger().lots.keys()]).toEqual(['XLF']);
    expect(told(desk)).toContain('sell XLF: not filled; the stock may be halted');
    expect(desk.posted().filter((order) => order.startsWith('sell XLF')).length).toBeLessThan(10);
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(20);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });
});

describe('the report of an abandoned month', () => {
  it('names what blocked it to the end, and no resolved reason', async () => {
    const desk = await running({ cashUsd: 10_000 });
    desk.target = ['XLU', 'XLY'];
    desk.answers.account = async () => ({
      ...(await desk.broker.account()),
      buyingPower: dollars(0),
    });
    for (const day of ['01', '02', '05', '06', '07', '08', '09']) {
      desk.goTo(`2024-08-${day}`, '09:36');
      await desk.minutes(3);
    }
    const text = told(desk);
    expect(text).toContain(
      'last held back by buying power: $9,849 is needed, $0 of buying power is left',
    );
    expect(text).toContain('buy XLU: not sent; buy XLY: not sent');
  });
});

describe('a daily limit', () => {
  it('on orders does not count those that the broker rejected', async () => {
    const desk = await running({ cashUsd: 10_000, limits: { maxOrdersPerDay: 10 } });
    desk.target = ['XLU', 'XLY'];
    desk.goTo('2024-08-01', '09:36');
    desk.broker.behave(({ side }) =>
      side === 'buy' ? { kind: 'refused', reason: 'insufficient buying power' } : { kind: 'whole' },
    );
    await desk.minutes(120);
    desk.broker.behave(() => ({ kind: 'whole' }));
    await desk.minutes(20);
    expect(desk.broker.ledger().lots.size).toBe(2);
  });

  it('on turnover allows raising most of the account as cash', async () => {
    const desk = await running({ cashUsd: 10_000 });
    desk.goTo('2024-07-10', '10:00');
    await desk.minutes(1);
    const ann = { id: 'ann', name: 'ann' };
    const plan = await desk.engine.raise({ amount: dollars(9_000), neededBy: undefined }, ann);
    await desk.engine.answer(plan.id, 'approved', { id: 'bob', name: 'bob' });
    await desk.minutes(5);
    expect(desk.broker.ledger().cash).toBeGreaterThanOrEqual(dollars(9_000));
  });
});

describe('answers of the broker that do not agree yet', () => {
  it('alert nobody while recent executions are still arriving, and buy nothing', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 50 } });
    desk.answers.fills = async (since) =>
      (await desk.broker.fills(since)).filter(({ at }) => at <= desk.clock.now() - 90_000);
    await desk.minutes(1);
    expect(desk.posted()).toEqual(['sell XLF 50']);
    await desk.minutes(10);
    expect(desk.alerts().map(({ title }) => title)).not.toContain(
      'Our records differ from the broker’s',
    );
    expect(desk.broker.ledger().lots.size).toBe(2);
    expect(desk.book().ledger).toEqual(desk.broker.ledger());
  });

  it('alert once that has lasted for minutes', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 50 } });
    desk.answers.fills = async () => [];
    await desk.minutes(8);
    expect(desk.posted()).toEqual(['sell XLF 50']);
    expect(titles(desk)).toContain('Our records differ from the broker’s');
  });

  it('alert when the calendar has a session and the broker says closed', async () => {
    const desk = await running({ cashUsd: 10_000 });
    desk.target = ['XLU'];
    desk.answers.clock = async () => ({ ...(await desk.broker.clock()), open: false });
    desk.goTo('2024-08-01', '09:36');
    await desk.minutes(3);
    expect(told(desk)).toContain('the market is closed, though the calendar has a session');
  });
});

describe('a late fill', () => {
  it('to a cancelled order is booked and reported', async () => {
    const desk = await started({ cashUsd: 10_000 });
    desk.broker.behave((_, count) => (count === 1 ? { kind: 'open' } : { kind: 'whole' }));
    await desk.minutes(4);
    const first = desk.broker.accepted[0]?.clientOrderId ?? '';
    desk.broker.progress(first, { fill: 20, status: 'canceled' });
    await desk.minutes(6);
    expect(told(desk)).toContain('20 XLK bought by an order that had ended before (cancelled).');
    expect(desk.book().ledger).toEqual(desk.broker.ledger());
  });
});

describe('an order that never arrived', () => {
  it('is written off once its session is over, and does not reduce the next month’s limit', async () => {
    const desk = await running({ cashUsd: 10_000, target: ['XLE', 'XLF'] });
    desk.target = ['XLK', 'XLU'];
    desk.broker.behave(({ side }) => ({ kind: side === 'buy' ? 'never-arrives' : 'whole' }));
    desk.goTo('2024-08-01', '09:36');
    await desk.minutes(2);
    desk.broker.behave(() => ({ kind: 'whole' }));
    desk.goTo('2024-09-03', '09:36');
    await desk.minutes(8);
    expect(desk.broker.ledger().cash).toBeLessThan(dollars(500));
    expect(new Set(desk.broker.accepted.map(({ clientOrderId }) => clientOrderId)).size).toBe(
      desk.broker.accepted.length,
    );
    expect(titles(desk)).toEqual([]);
  });

  it('is looked up by its id first, as a list from a slow clock omits a filled order', async () => {
    const desk = await running({ cashUsd: 10_000, target: ['XLE', 'XLF'] });
    desk.target = ['XLK', 'XLU'];
    desk.broker.behave(({ side }) => {
      if (side !== 'buy') return { kind: 'whole' };
      desk.broker.fail(new TradingError('Alpaca: no answer', 'retry'));
      return { kind: 'lost', behindMs: 10 * 60_000 };
    });
    desk.goTo('2024-08-01', '15:40');
    await desk.minutes(2);
    desk.broker.fail(undefined);
    desk.broker.behave(() => ({ kind: 'whole' }));
    desk.goTo('2024-08-02', '09:36');
    await desk.minutes(20);
    expect(desk.entries('refused')).toEqual([]);
    expect(desk.broker.posts.filter((post) => post.ticker === 'XLK')).toHaveLength(1);
    expect(desk.book().ledger).toEqual(desk.broker.ledger());
  });

  it('is sent again under another id in the next session, and only once', async () => {
    const desk = await running({ cashUsd: 10_000, target: ['XLE', 'XLF'] });
    desk.target = ['XLK', 'XLU'];
    desk.broker.behave(({ side }) => ({ kind: side === 'buy' ? 'never-arrives' : 'whole' }));
    desk.goTo('2024-08-01', '15:40');
    await desk.minutes(2);
    desk.broker.behave(() => ({ kind: 'whole' }));
    desk.goTo('2024-08-02', '09:36');
    await desk.minutes(20);
    expect(desk.broker.ledger().lots.size).toBe(2);
    expect(desk.book().ledger).toEqual(desk.broker.ledger());
  });
});

describe('a fund without fractions, where the others are bought to a fraction', () => {
  it('is bought in whole shares, which completes the plan', async () => {
    const desk = world({ cashUsd: 10_000, rules: { fractional: true } });
    desk.answers.assets = async (tickers) =>
      tickers.map((each) => ({ ticker: each, tradable: true, fractionable: each !== 'XLK' }));
    await desk.engine.start();
    await desk.minutes(3);
    expect([...desk.book().rebalances.values()].map(({ result }) => result?.kind)).toEqual([
      'complete',
    ]);
    expect(desk.broker.posts.map(({ qty }) => qty / 1e9)).toEqual([49, 49.6249]);
    expect(desk.alerts()).toEqual([]);
  });
});
