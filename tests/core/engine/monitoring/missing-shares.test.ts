import { describe, expect, it } from 'vitest';
import { applyFill, type Ledger } from '#core/domain/ledger.ts';
import { cents, epochMs, ticker, wholeShares } from '#core/domain/units.ts';
import { missingShares } from '#core/engine/monitoring/missing-shares.ts';
import { position } from '#tests/support/desk.ts';
import { running } from '#tests/support/world.ts';

const bought = (symbol: string, shares: number) => ({
  ...{ id: symbol, orderId: symbol, ticker: ticker(symbol), side: 'buy' as const },
  ...{ qty: wholeShares(shares), price: 100, at: epochMs(0) },
});

describe('shares that the broker does not show', () => {
  it('are those of our books beyond its positions, a short one included', () => {
    const empty: Ledger = { cash: cents(0), lots: new Map() };
    const ledger = ['XLK', 'XLE', 'XLV'].reduce(
      (book, of) => applyFill(book, bought(of, 5)),
      empty,
    );
    const shown = [position('XLK', 5), position('XLE', 4), position('XLF', 9)];
    expect([...missingShares({ ledger }, shown)]).toEqual(['XLE', 'XLV']);
    expect([...missingShares({ ledger }, [...shown, position('XLV', -1)])]).toContain('XLV');
  });

  it('are no drawdown, drift or idle cash, even long after the last close', async () => {
    const desk = await running();
    desk.goTo('2024-07-10', '10:00');
    desk.answers.positions = async () => [];
    desk.answers.account = async () => {
      const account = await desk.broker.account();
      return { ...account, equity: account.cash };
    };
    await desk.minutes(20);
    expect([...desk.book().alerts.keys()]).toEqual(['reconciliation']);
    desk.answers.positions = undefined;
    desk.answers.account = undefined;
    await desk.minutes(20);
    expect([...desk.book().alerts.keys()]).toEqual([]);
    expect(desk.book().state.state).toBe('RUN');
    for (const held of ['XLK', 'XLE']) desk.broker.setPrice(held, 70);
    await desk.minutes(2);
    expect(desk.book().state.state).toBe('REDUCE');
  });
});
