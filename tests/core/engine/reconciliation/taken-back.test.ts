import { describe, expect, it } from 'vitest';
import { openAlert } from '#core/domain/account-state.ts';
import type { Activity } from '#core/domain/activity.ts';
import { taxLots } from '#core/domain/tax/tax-lots.ts';
import {
  cents,
  dollars,
  qty,
  ticker,
  toDollars,
  valueOf,
  wholeShares,
} from '#core/domain/units.ts';
import { curveOf } from '#core/views/curve.ts';
import { incomeView } from '#core/views/income.ts';
import { running, sameBooks, type World } from '#tests/support/world.ts';

const ROTATION = { cashUsd: 10_000, held: { XLF: 100 } } as const;
const XLK = ticker('XLK');

const growthNow = (desk: World) => curveOf(desk.book(), desk.engine.observation()).at(-1)?.you;
const cashOf = (desk: World) => toDollars(desk.book().ledger.cash);

/** The broker books it, and our books take it in. */
async function booked(desk: World, activity: Partial<Activity>): Promise<void> {
  const plain = { kind: 'deposit', ticker: undefined, qty: qty(0), cash: cents(0) } as const;
  desk.broker.happen({ ...plain, id: 'a', at: desk.clock.now(), ...activity });
  await desk.minutes(30);
}

describe('an activity that the broker reverses after it was booked', () => {
  it('gives the money back and is no loss, whether a close came between or not', async () => {
    for (const close of [false, true]) {
      const desk = await running(ROTATION);
      const before = cashOf(desk);
      await booked(desk, { cash: dollars(5_000) });
      if (close) {
        desk.goTo('2024-07-01', '16:20');
        await desk.minutes(40);
        desk.goTo('2024-07-02', '10:00');
      }
      await booked(desk, { id: 'a canceled', cash: dollars(-5_000), cancels: 'a' });
      expect(cashOf(desk)).toBe(before);
      expect(growthNow(desk)).toBe(1);
      expect(desk.entries('activity')).toHaveLength(2);
      await desk.restart();
      await desk.minutes(30);
      expect(desk.entries('activity')).toHaveLength(2);
      expect(sameBooks(desk)).toBe(true);
    }
  });

  it('removes the income, and the lot of the shares that came and no other', async () => {
    const desk = await running(ROTATION);
    const lots = () =>
      taxLots(desk.book().lots).lots.map(({ ticker: of, qty: held }) => [of, held]);
    const before = lots();
    await booked(desk, { id: 'd', kind: 'dividend', ticker: XLK, cash: dollars(40) });
    await booked(desk, {
      id: 's',
      kind: 'transfer',
      ticker: XLK,
      qty: wholeShares(10),
      worth: dollars(1_000),
    });
    expect(lots()).not.toEqual(before);
    await booked(desk, {
      id: 'd back',
      kind: 'dividend',
      ticker: XLK,
      cash: dollars(-40),
      cancels: 'd',
    });
    await booked(desk, {
      id: 's back',
      kind: 'transfer',
      ticker: XLK,
      qty: wholeShares(-10),
      cancels: 's',
    });
    expect(lots()).toEqual(before);
    const { total } = incomeView(desk.book(), desk.engine.observation(), 2024);
    expect(total.dividends).toBe(0);
    expect(growthNow(desk)).toBeCloseTo(1, 12);
    expect(sameBooks(desk)).toBe(true);
  });

  it('is replaced by the row that corrects it', async () => {
    const desk = await running(ROTATION);
    const before = cashOf(desk);
    await booked(desk, { id: 'wrong', kind: 'dividend', ticker: XLK, cash: dollars(40) });
    // The broker takes the cash of the first row back with it.
    desk.answers.account = async () => {
      const account = await desk.broker.account();
      return {
        ...account,
        cash: cents(account.cash - 4_000),
        equity: cents(account.equity - 4_000),
      };
    };
    await booked(desk, {
      id: 'right',
      kind: 'dividend',
      ticker: XLK,
      cash: dollars(4),
      corrects: 'wrong',
    });
    expect(cashOf(desk)).toBe(before + 4);
    expect(desk.book().alerts.has('reconciliation')).toBe(false);
  });

  it.each([
    ['within the week', '2024-07-02', 0],
    ['weeks after it was booked', '2024-07-30', 20],
  ])('or changes in its place %s: what was booked is corrected', async (_, day, days) => {
    const desk = await running(ROTATION);
    const before = cashOf(desk);
    await booked(desk, { id: 'd', kind: 'dividend', ticker: XLK, cash: dollars(40) });
    desk.goTo(day, '16:20');
    await desk.minutes(40);
    const { activities, account } = desk.broker;
    for (const [usd, expected] of [
      [4, before + 4],
      [7, before + 7],
      [4, before + 4],
    ] as const) {
      // The broker lists an old row only to who asks so far back.
      desk.answers.activities = async (since) =>
        (since < desk.clock.now() - days * 86_400_000 ? await activities(since) : []).map((row) =>
          row.id === 'd' ? { ...row, cash: dollars(usd) } : row,
        );
      desk.answers.account = async () => {
        const { cash, equity, ...rest } = await account();
        const off = dollars(40 - usd);
        return { ...rest, cash: cents(cash - off), equity: cents(equity - off) };
      };
      await desk.minutes(30);
      expect(cashOf(desk)).toBe(expected);
    }
    const seen = desk.engine.observation();
    expect(incomeView(desk.book(), seen, 2024).total.dividends).toBe(400);
    expect(openAlert(desk.book(), { about: 'reconciliation' })).toBeUndefined();
  });

  it('without having been booked changes nothing', async () => {
    const desk = await running(ROTATION);
    const before = desk.book().ledger;
    const never = {
      id: 'never',
      kind: 'deposit',
      ticker: undefined,
      qty: qty(0),
      at: desk.clock.now(),
    } as const;
    desk.broker.happen({ ...never, cash: dollars(5_000) });
    await booked(desk, { id: 'never canceled', cash: dollars(-5_000), cancels: 'never' });
    expect(desk.book().ledger).toEqual(before);
    expect(desk.entries('activity')).toEqual([]);
  });
});

describe('a fill that the broker reverses', () => {
  it('stops buying until a person has accepted it, and is no gain or loss then', async () => {
    const desk = await running(ROTATION);
    const fill = desk.managedOrders().find(({ intent }) => intent.side === 'buy')?.fills[0];
    if (!fill) throw new Error('expected a fill');
    const { account, positions } = desk.broker;
    desk.answers.account = async () => {
      const { cash, ...rest } = await account();
      return { ...rest, cash: cents(cash + valueOf(fill.qty, fill.price)) };
    };
    desk.answers.positions = async () =>
      (await positions()).filter(({ ticker: held }) => held !== fill.ticker);
    await desk.minutes(30);
    const open = openAlert(desk.book(), { about: 'reconciliation' });
    expect(open?.alert.text).toContain(`${fill.ticker}: ours`);
    await desk.engine.adopt('ines');
    await desk.minutes(3);
    expect(openAlert(desk.book(), { about: 'reconciliation' })).toBeUndefined();
    expect(growthNow(desk)).toBeCloseTo(1, 12);
  });
});
