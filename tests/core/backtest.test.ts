import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Backtest, type BacktestInput, backtest } from '#core/backtest.ts';
import { type BarHistory, lastClose, truncateTo } from '#core/domain/bar.ts';
import { isFirstOfMonth, sessionOffset } from '#core/domain/calendar.ts';
import { dollars, type SessionDate, sessionDate, ticker } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import {
  AS_OF,
  bar,
  changed,
  market,
  sessionDates,
  wandering as wanderingBars,
  withRows,
} from '#tests/support/bars.ts';
import { LIMITS, RULES } from '#tests/support/deciding.ts';

fc.configureGlobal({ seed: 20_251_117 });

const COUNT = 420;
const GROWTH = { XLK: 0.2, XLV: 0.15, XLU: 0.1, XLE: 0.05 };
const wandering = (seed: number) => wanderingBars(seed, COUNT);
const steady = () => market(GROWTH, { count: COUNT });

function input(overrides: Partial<BacktestInput> = {}): BacktestInput {
  return {
    bars: steady(),
    universe: UNIVERSE,
    models: MODELS,
    from: sessionDate('2024-01-02'),
    to: AS_OF,
    equity: dollars(100_000),
    slippageBps: 5,
    limits: LIMITS,
    rules: RULES,
    ...overrides,
  };
}

function tested(overrides: Partial<BacktestInput> = {}): Backtest {
  const outcome = backtest(input(overrides));
  if (outcome.kind !== 'tested') throw new Error(outcome.reason);
  return outcome;
}

describe('a backtest', () => {
  it('decides on its first session and on the first session of each month', () => {
    const { decisions } = tested();
    expect(decisions.map(({ cause }) => cause)).toEqual(['initial', ...Array(5).fill('monthly')]);
    const sessions = decisions.map(({ asOf }) => sessionOffset(asOf, 1).date);
    expect(sessions.every(isFirstOfMonth)).toBe(true);
  });

  it('decides once if the first session is also the first of a month', () => {
    expect(tested({ to: sessionDate('2024-01-31') }).decisions).toHaveLength(1);
  });

  it('fills at the open of the session after the bars used for the decision', () => {
    const { decisions, fills } = tested({ bars: wandering(7), slippageBps: 0 });
    const [decision] = decisions;
    expect(decision?.asOf).toBe('2023-12-29');
    const bars = wandering(7);
    for (const fill of fills.slice(0, decision?.plan.orders.length)) {
      const history = bars.get(fill.ticker);
      const row = history?.dates.indexOf(sessionDate('2024-01-02')) ?? -1;
      expect(fill.price).toBe(history?.open[row]);
    }
  });

  it('is not affected by later bars: a poisoned future changes no earlier day', () => {
    const cut = sessionDate('2024-04-15');
    // The same walk upside down, for a future that no doubt refuses.
    const upended = (history: BarHistory) => {
      const turn = (lastClose(truncateTo(history, cut)) ?? Number.NaN) ** 2;
      return withRows(history, (row) => (row.date > cut ? bar(row.date, turn / row.close) : row));
    };
    const poisoned = new Map([...wandering(3)].map(([name, had]) => [name, upended(had)]));
    const upTo = ({ days }: Backtest) => days.filter(({ session }) => session <= cut);
    expect(upTo(tested({ bars: poisoned }))).toEqual(upTo(tested({ bars: wandering(3) })));
  });

  it('does not trade on the close of the same session: a jump at the close is bought later', () => {
    const day = sessionDate('2024-02-01');
    const jumps = (date: SessionDate) =>
      changed(steady(), 'XLB', (had) =>
        withRows(had, (row) =>
          row.date >= date ? bar(row.date, row.close * 1.15, row.open) : row,
        ),
      );
    const bought = (run: Backtest) =>
      run.decisions.find(({ plan }) => plan.orders.some((order) => order.ticker === 'XLB'))?.asOf;
    expect(bought(tested({ bars: jumps(day) }))).toBe('2024-02-29');
    expect(bought(tested({ bars: jumps(sessionDate('2024-01-31')) }))).toBe('2024-01-31');
  });

  it('pays the slippage on both sides', () => {
    const free = tested({ slippageBps: 0 });
    const dear = tested({ slippageBps: 50 });
    expect(dear.days.at(-1)?.equity).toBeLessThan(free.days.at(-1)?.equity ?? 0);
    const price = (run: Backtest) => run.fills[0]?.price ?? Number.NaN;
    expect(price(dear) / price(free)).toBeCloseTo(1.005, 12);
  });

  it('conserves cash plus shares: equity changes only by prices and slippage', () => {
    const flat = market({}, { count: COUNT });
    const { days } = tested({ bars: flat, slippageBps: 0 });
    expect(new Set(days.map(({ equity }) => equity))).toEqual(new Set([dollars(100_000)]));
  });

  it('never borrows unless MAX_GROSS allows it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1e6 }),
        fc.integer({ min: 0, max: 300 }),
        fc.boolean(),
        (seed, slippageBps, fractional) => {
          const rules = { ...RULES, fractional };
          const { days } = tested({ bars: wandering(seed), slippageBps, rules });
          expect(Math.min(...days.map(({ cash }) => cash))).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 25 },
    );
  });

  it('borrows with MAX_GROSS above 1', () => {
    const limits = { ...LIMITS, maxGross: 1.5, maxWeight: 1 };
    const { days } = tested({ limits, models: MODELS.slice(1, 2) });
    const [first] = days;
    expect(first?.cash).toBeLessThan(0);
    expect(first?.cash).toBeGreaterThan(-0.31 * dollars(100_000));
  });

  it('keeps a rebalance due until it can be decided, then executes it once', () => {
    const from = sessionDates(AS_OF, COUNT)[0] ?? AS_OF;
    const { skipped, decisions } = tested({ from });
    expect(skipped).toHaveLength(127);
    expect(decisions[0]?.cause).toBe('initial');
    expect(decisions[0]?.regime.kind).toBe('neutral');
  });

  it('has a neutral regime during the warm-up, in which only the core model votes', () => {
    const from = sessionDates(AS_OF, COUNT)[130] ?? AS_OF;
    const [first] = tested({ from }).decisions;
    expect(first?.votes.map(({ share }) => share)).toEqual([1, 0, 0]);
  });

  it('has no result when a ticker lacks a session of the range', () => {
    const bars = changed(steady(), 'XLP', (had) =>
      withRows(had, (row) => (row.date === '2024-03-05' ? undefined : row)),
    );
    const outcome = backtest(input({ bars }));
    expect(outcome.kind).toBe('no-decision');
    expect(outcome.kind === 'no-decision' && [...outcome.found]).toEqual([
      ['XLP', 'gap at 2024-03-05'],
    ]);
  });

  it('has no result when not a single decision was possible', () => {
    const dates = sessionDates(AS_OF, COUNT);
    const outcome = backtest(input({ from: dates[0] ?? AS_OF, to: dates[60] ?? AS_OF }));
    expect(outcome.kind).toBe('no-decision');
  });

  it('starts account and benchmark at the same instant', () => {
    const { benchmarkStart, days } = tested({ bars: wandering(5) });
    const spy = wandering(5).get(ticker('SPY'));
    const row = spy?.dates.indexOf(sessionDate('2024-01-02')) ?? -1;
    expect(benchmarkStart).toBe(spy?.open[row]);
    expect(days.at(-1)?.benchmark).toBe(spy?.close.at(-1));
  });

  it('says so when there is no session in the range', () => {
    const [from, to] = [sessionDate('2024-06-29'), sessionDate('2024-06-30')];
    expect(() => backtest(input({ from, to }))).toThrow('no session from 2024-06-29');
  });
});
