import { describe, expect, it } from 'vitest';
import { dollars } from '#core/domain/units.ts';
import type { Panel } from '#core/rules/panel.ts';
import { CADENCE, EVERY_CADENCE, type RowModel } from '#core/rules/rebalance.ts';
import { createRunBuffers, type RunTerms, runAccount } from '#core/rules/run.ts';
import { RULES } from '#tests/support/deciding.ts';

/** One ticker and the benchmark over those sessions. */
function panel(opens: readonly number[], closes: readonly number[]): Panel {
  const column = (values: readonly number[]) => Float64Array.from(values);
  const micros = (values: readonly number[]) => column(values.map((each) => each * 1_000_000));
  return {
    tickers: ['XLK', 'SPY'],
    open: [column(opens), column(opens)],
    close: [column(closes), column(closes)],
    openMicros: [micros(opens), micros(opens)],
    closeMicros: [micros(closes), micros(closes)],
  } as unknown as Panel;
}

const half: RowModel = {
  activeIn: 'always',
  budget: 1,
  leverage: 1,
  cadence: CADENCE.monthly,
  weighInto: (weights) => weights.fill(0.5),
};

/** Half of $1,000 in one ticker, from row 1 on, without costs or reserve. */
function terms(overrides: Partial<RunTerms> = {}): RunTerms {
  return {
    panel: panel([10, 10, 20, 20, 40], [10, 15, 20, 30, 50]),
    ...{ from: 1, to: 4, equity: dollars(1_000), slippageBps: 0, reserve: 0 },
    starts: Uint8Array.of(0, 0, 0, 0, 0),
    models: [half],
    limits: { maxWeight: 1, maxGross: 1, minPosition: 0 as never },
    rules: RULES,
    defensive: -1,
    regimeAt: () => 'bull',
    isReady: () => true,
    ...overrides,
  };
}

describe('runAccount', () => {
  it('trades at the first open and is worth its shares at each close', () => {
    const { equity, cash, orders, turnover, decided, skipped } = runAccount(terms());
    expect([...equity].map((each) => each / 100)).toEqual([1_000, 1_250, 1_500, 2_000, 3_000]);
    expect([...cash].map((each) => each / 100)).toEqual([500, 500, 500, 500]);
    expect({ orders, turnover, decided, skipped }).toEqual({
      orders: 1,
      turnover: 0.25,
      decided: [1],
      skipped: [],
    });
  });

  it('keeps nothing of the run that used its buffers before', () => {
    const never: RowModel = { ...half, cadence: 0 };
    const little: RowModel = { ...half, weighInto: (weights) => weights.fill(0.2) };
    const buffers = createRunBuffers(2, 1, 4);
    const before = runAccount(terms({ models: [little, never], buffers })).equity;
    const fresh = runAccount(terms({ models: [never, half] }));
    expect(runAccount(terms({ models: [never, half], buffers }))).toEqual(fresh);
    expect(before).toEqual(fresh.equity);
  });

  it('rebalances at the open of a row on which the cadence starts, as of the row before', () => {
    const rows: number[] = [];
    const asked: RowModel = {
      ...half,
      weighInto: (weights, row) => {
        rows.push(row);
        weights.fill(0.5);
      },
    };
    const starts = Uint8Array.of(0, 0, 0, CADENCE.monthly, 0);
    const { equity, cash, orders, decided } = runAccount(terms({ models: [asked], starts }));
    expect([rows, decided, orders]).toEqual([[0, 2], [1, 3], 2]);
    // 50 shares at $20 beside $500: 13 are sold, for 37 are half of $1,500 rounded down.
    expect([...cash].map((each) => each / 100)).toEqual([500, 500, 760, 760]);
    expect(equity.at(-1)).toBe(dollars(760 + 37 * 50));
  });

  it('gives a cadence that starts on the first row to that rebalance only', () => {
    const starts = Uint8Array.of(0, CADENCE.monthly, 0, 0, 0);
    expect(runAccount(terms({ starts })).decided).toEqual([1]);
  });

  it('waits for data, asked for the row before, and decides on the first row that has it', () => {
    const asked: number[] = [];
    const isReady = (row: number): boolean => {
      asked.push(row);
      return row >= 2;
    };
    const { decided, skipped, equity } = runAccount(terms({ isReady }));
    expect([asked, decided, skipped]).toEqual([[0, 1, 2], [3], [1, 2]]);
    expect([...equity].map((each) => each / 100)).toEqual([1_000, 1_000, 1_000, 1_250, 1_750]);
  });

  it('tells the account at the open before each rebalance, and each fill of it', () => {
    const told: unknown[] = [];
    const starts = Uint8Array.of(0, 0, 0, CADENCE.monthly, 0);
    runAccount(
      terms({
        starts,
        onDecision: (row, cadences, { cash }, equity) => told.push([row, cadences, cash, equity]),
        onFill: (row, place, change, price) => told.push([row, place, change / 1e9, price]),
      }),
    );
    expect(told).toEqual([
      [1, EVERY_CADENCE, dollars(1_000), dollars(1_000)],
      [1, 0, 50, 10],
      [3, CADENCE.monthly, dollars(500), dollars(1_500)],
      [3, 0, -13, 20],
    ]);
  });

  it('adds interest once a session after the first, before the trades', () => {
    const asked: (readonly number[])[] = [];
    const interest = (cash: number, row: number): number => {
      asked.push([row, cash / 100]);
      return 100;
    };
    const starts = Uint8Array.of(0, 0, CADENCE.monthly, CADENCE.monthly, 0);
    const { cash } = runAccount(terms({ interest, starts }));
    expect(asked).toEqual([
      [2, 500],
      [3, 761],
      [4, 762],
    ]);
    expect([...cash].map((each) => each / 100)).toEqual([500, 761, 762, 763]);
  });

  it('pays slippage, and keeps the reserve of the rules unless another is given', () => {
    const all: RowModel = { ...half, weighInto: (weights) => weights.fill(1) };
    const cheap = { models: [all], panel: panel([1, 1, 1, 1, 1], [1, 1, 1, 1, 1]) };
    const { reserve: _, ...usual } = terms(cheap);
    expect(runAccount(usual).cash[0]).toBe(dollars(8));
    expect(runAccount(terms(cheap)).cash[0]).toBe(0);
    const slipped = runAccount(terms({ slippageBps: 100 }));
    expect([slipped.cash[0], slipped.equity.at(-1)]).toEqual([dollars(495), dollars(2_995)]);
  });

  it('trades nothing where the target is not sound', () => {
    const broken: RowModel = { ...half, weighInto: (weights) => weights.fill(-1) };
    const { orders, decided, equity } = runAccount(terms({ models: [broken] }));
    expect([orders, decided, equity.at(-1)]).toEqual([0, [1], dollars(1_000)]);
    const later: RowModel = {
      ...half,
      weighInto: (weights, row) => weights.fill(row === 0 ? 0.5 : -1),
    };
    const starts = Uint8Array.of(0, 0, 0, CADENCE.monthly, 0);
    expect(runAccount(terms({ models: [later], starts })).orders).toBe(1);
  });

  it('reads no price of a ticker that it does not hold', () => {
    const prices = panel([10, 10, 20, 20, 40], [10, 15, 20, 30, 50]);
    const none = new Float64Array(5).fill(Number.NaN);
    const two = {
      ...prices,
      tickers: ['XLK', 'XLF', 'SPY'],
      ...{ open: [prices.open[0], none], close: [prices.close[0], none] },
      ...{ openMicros: [prices.openMicros[0], none], closeMicros: [prices.closeMicros[0], none] },
    } as unknown as Panel;
    const first: RowModel = { ...half, weighInto: (weights) => weights.fill(0.5, 0, 1) };
    const starts = Uint8Array.of(0, 0, 0, CADENCE.monthly, 0);
    const { equity } = runAccount(terms({ models: [first], panel: two, starts }));
    expect(equity.at(-1)).toBe(dollars(760 + 37 * 50));
  });

  it('begins on a later row as well', () => {
    const { equity, cash } = runAccount(terms({ from: 3 }));
    expect([...equity].map((each) => each / 100)).toEqual([1_000, 1_250, 1_750]);
    expect([...cash].map((each) => each / 100)).toEqual([500, 500]);
  });

  it('trades on its last row as well, and only there if it is the only one', () => {
    const starts = Uint8Array.of(0, 0, 0, 0, CADENCE.monthly);
    expect(runAccount(terms({ starts })).decided).toEqual([1, 4]);
    const one = runAccount(terms({ from: 2, to: 2 }));
    expect([one.decided, [...one.equity]]).toEqual([[2], [dollars(1_000), dollars(1_000)]]);
  });

  it('pays interest for a session on which a rebalance had to wait', () => {
    const isReady = (row: number): boolean => row !== 2;
    const starts = Uint8Array.of(0, 0, 0, CADENCE.monthly, 0);
    const { cash, skipped } = runAccount(terms({ isReady, starts, interest: () => 100 }));
    expect(skipped).toEqual([3]);
    expect([...cash].slice(0, 3).map((each) => each / 100)).toEqual([500, 501, 502]);
  });

  it('values fractions of a share to the cent, halves up', () => {
    const prices = panel([10, 10, 10, 10, 10], [10, 10, 10, 10, 10]);
    const rules = { ...RULES, fractional: true, minOrder: 0 as never };
    const { cash, equity } = runAccount(terms({ panel: prices, rules, equity: 43 as never }));
    // 0.0215 shares at $10 are worth 21.5 cents.
    expect([cash.at(-1), equity.at(-1)]).toEqual([21, 43]);
  });

  it('places no order where the target is not sound, however small one may be', () => {
    const broken: RowModel = { ...half, weighInto: (weights) => weights.fill(-1) };
    const rules = { ...RULES, fractional: true, minOrder: 0 as never };
    expect(runAccount(terms({ models: [broken], rules })).orders).toBe(0);
  });

  it('gives no worth to a day without a close of what it holds', () => {
    const holed = panel([10, 10, 20, 20, 40], [10, 15, Number.NaN, 30, 50]);
    expect(() => runAccount(terms({ panel: holed }))).toThrow(RangeError);
  });
});
