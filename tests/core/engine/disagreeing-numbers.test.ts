/** An answer whose numbers contradict each other is no ground for anything. */
import { describe, expect, it } from 'vitest';
import type { Position, SetAsideRow } from '#core/domain/account.ts';
import { cents, dollars, epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import { type AccountReading, contradictionOf } from '#core/engine/account-check.ts';
import { LIMITS } from '#tests/support/limits.ts';
import { running, started, type World } from '#tests/support/world.ts';

/** The broker states half of the equity for as long as `when` says so. */
function halve(desk: World, when: () => boolean): void {
  desk.answers.account = async () => {
    const account = await desk.broker.account();
    const equity = when() ? cents(Math.round(account.equity / 2)) : account.equity;
    return { ...account, equity };
  };
}

const alertTexts = (desk: World) => desk.alerts().map(({ text }) => text);

describe('an equity that contradicts cash and positions', () => {
  it('between a decision and its orders blocks the orders, with both numbers', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 50 } });
    let isWrong = true;
    halve(desk, () => isWrong && desk.posted().length > 0);
    await desk.minutes(10);
    expect(desk.posted()).toEqual(['sell XLF 50']);
    expect(alertTexts(desk).join()).toContain(
      'The broker reports an equity of $7,500, but cash and positions are worth $15,000.',
    );
    isWrong = false;
    await desk.minutes(10);
    expect(desk.posted()).toEqual(['sell XLF 50', 'buy XLK 74', 'buy XLE 74']);
    expect(desk.book().alerts.size).toBe(0);
  });

  it('is not recorded as a close; the correct one is, once the numbers agree', async () => {
    const desk = await running({ cashUsd: 10_000 });
    desk.goTo('2024-07-01', '16:30');
    let isWrong = true;
    halve(desk, () => isWrong);
    await desk.minutes(60);
    expect(desk.entries('equity')).toEqual([]);
    isWrong = false;
    await desk.minutes(10);
    expect(desk.book().equity.map(({ equity }) => equity)).toEqual([dollars(10_000)]);
  });

  it('is not a drawdown', async () => {
    const desk = await started({ cashUsd: 10_000, held: { XLF: 50, XLK: 100 } });
    desk.answers.positions = async () =>
      (await desk.broker.positions()).filter((each) => each.ticker !== 'XLK');
    await desk.minutes(10);
    expect(desk.book().state.state).toBe('RUN');
    expect(desk.posted()).toEqual([]);
    expect(alertTexts(desk).join()).toContain('$25,000, but cash and positions are worth $15,000');
  });

  it('does not block a flatten', async () => {
    const desk = await running({ cashUsd: 10_000 });
    halve(desk, () => true);
    await desk.engine.flatten('ann', 'fire');
    await desk.minutes(3);
    expect(desk.broker.ledger().lots.size).toBe(0);
  });
});

const position: Position = {
  ...{ ticker: ticker('XLK'), qty: wholeShares(10), available: wholeShares(10) },
  ...{ averagePrice: 100, currentPrice: 100, marketValue: dollars(1_000), unrealised: undefined },
};

function look(statedUsd: number, more: Partial<AccountReading>): AccountReading {
  const account = { cash: dollars(1_000), equity: dollars(statedUsd) };
  return { account, positions: [position], latest: new Map(), now: epochMs(0), ...more };
}

const row = (worth?: number): SetAsideRow => ({
  ...{ answer: 'positions', name: 'QQQX', reason: 'avg_entry_price: expected text' },
  ...(worth !== undefined && { worth: dollars(worth) }),
});

describe('cash and all holdings', () => {
  it.each<[string, number, Partial<AccountReading>, number | undefined]>([
    ['agree', 2_000, {}, undefined],
    ['disagree', 1_000, {}, 2_000],
    [
      'count what a row that could not be read is worth',
      7_000,
      { setAside: [row(5_000)] },
      undefined,
    ],
    [
      'know that a row of unknown worth may be worth anything',
      7_000,
      { setAside: [row()] },
      undefined,
    ],
    ['do not take a row of unknown worth for a loss', 1_000, { setAside: [row()] }, 2_000],
    [
      'do not count rows of other answers',
      7_000,
      { setAside: [{ ...row(), answer: 'orders' }] },
      2_000,
    ],
    [
      'know that a coin without a stated worth may be worth anything',
      7_000,
      { unmanaged: [{ name: 'BTCUSD', assetClass: 'crypto', value: undefined }] },
      undefined,
    ],
  ])('%s', (_, stated, more, counted) => {
    expect(contradictionOf(look(stated, more), LIMITS)?.counted).toBe(
      counted === undefined ? undefined : dollars(counted),
    );
  });
});
