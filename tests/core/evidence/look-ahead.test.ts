import { describe, expect, it } from 'vitest';
import { prepareHistory } from '#core/backtest/history.ts';
import type { Bars } from '#core/domain/bar.ts';
import { dollars, type SessionDate, sessionDate } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { runMonkeys } from '#core/evidence/monkeys.ts';
import { rebalanceDays } from '#core/evidence/page.ts';
import { pointsOf, pointTrial, sweep } from '#core/evidence/sweep.ts';
import { type BacktestSetup, deskOf, trialOf } from '#core/evidence/trial.ts';
import { walkForward } from '#core/evidence/walk-forward.ts';
import { at, rowOf } from '#core/rules/panel.ts';
import type { RunResult } from '#core/rules/run.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF, changed, wandering, withRows } from '#tests/support/bars.ts';
import { LIMITS, RULES } from '#tests/support/deciding.ts';

/** Decided as of the last session of a month, filled at the open of the next. */
const TODAY = sessionDate('2024-03-28');
const TOMORROW = sessionDate('2024-04-01');
const GRID = { lookback: [40, 126], top: [1, 3], min: [0, 0.02] };
const MONKEYS = { count: 4, seed: 3, like: [126, 3, 0], sameExposure: true } as const;

/** Tomorrow's bar but for its open, and every later one, of another market. */
function otherFuture(bars: Bars): Bars {
  const other = wandering(77, 700);
  const closes = new Map(
    [...other].map(([ticker, { dates, close }]) => [
      ticker,
      new Map(dates.map((date, row) => [date, at(close, row)])),
    ]),
  );
  return [...bars.keys()].reduce<Bars>((all, ticker) => {
    const its = (date: SessionDate) => closes.get(ticker)?.get(date) ?? Number.NaN;
    const scale = (close: number, day: SessionDate) => (close * its(day)) / its(TODAY);
    return changed(all, ticker, (had) => {
      const today = at(had.close, had.dates.indexOf(TODAY));
      return withRows(had, (row) => {
        if (row.date <= TODAY) return row;
        const close = scale(today, row.date);
        const open = row.date === TOMORROW ? row.open : close;
        const [low, high] = [Math.min(open, close), Math.max(open, close)];
        return { ...row, open, close, low, high, volume: row.volume + 1 };
      });
    });
  }, bars);
}

function setupOf(bars: Bars): BacktestSetup {
  const history = prepareHistory({ bars, universe: UNIVERSE });
  const rows = {
    from: rowOf(history.panel, sessionDate('2024-01-02')),
    to: rowOf(history.panel, AS_OF),
  };
  return {
    ...{ history, ...rows, limits: LIMITS, rules: RULES },
    ...{ equity: dollars(100_000), slippageBps: 5 },
  };
}

const WALK = { train: 1, first: 2024, last: 2024 };

/** Fills and closes that were there before the futures part. */
interface Known {
  readonly fills: readonly unknown[];
  readonly past: readonly (readonly number[])[];
  readonly ends: readonly (number | undefined)[];
}

/** Whatever happened through today's close, and what was bought and sold at tomorrow's open. */
function known(bars: Bars, runsOf: (setup: BacktestSetup) => readonly RunResult[]): Known {
  const setup = setupOf(bars);
  const fills: unknown[] = [];
  const today = rowOf(setup.history.panel, TODAY);
  const onFill = (row: number, ...fill: readonly number[]): void => {
    if (row <= today + 1) fills.push([row, ...fill]);
  };
  const watched: BacktestSetup = { ...setup, more: { onFill } };
  const past = ({ equity }: RunResult): readonly number[] => [
    ...equity.subarray(0, today - setup.from + 2),
  ];
  const runs = runsOf(watched);
  return { fills, past: runs.map(past), ends: runs.map(({ equity }) => equity.at(-1)) };
}

/** Fills and closes of both futures are the same up to where they part, and the ends are not. */
function expectNoLookAhead(runsOf: (setup: BacktestSetup) => readonly RunResult[]): number {
  const bars = wandering(11, 700);
  const [one, other] = [known(bars, runsOf), known(otherFuture(bars), runsOf)];
  expect(other.fills).toEqual(one.fills);
  expect(other.past).toEqual(one.past);
  // Another future it is: not one account ends as it would have.
  expect(other.ends.filter((end, run) => end === one.ends[run])).toEqual([]);
  return one.fills.length;
}

describe("tomorrow's bar and every later one", () => {
  it('change no order of today, neither of the models nor of a search nor of a monkey', () => {
    const fills = expectNoLookAhead((setup) => [
      trialOf(setup, deskOf(MODELS, setup.history)).run,
      ...pointsOf(GRID).map((point) => pointTrial(setup, point).run),
      ...runMonkeys(setup, MONKEYS, ({ run }) => ({ ...run, equity: run.equity.slice() })),
    ]);
    expect(fills).toBeGreaterThan(50);
  });

  it('change neither the pick of a walk-forward for this year nor an order of its account', () => {
    const picked: unknown[] = [];
    expectNoLookAhead((setup) => {
      const from = rowOf(setup.history.panel, sessionDate('2023-01-03'));
      const longer = { ...setup, from };
      const { more: _, ...unwatched } = longer;
      const { picks, trial } = walkForward(longer, sweep(unwatched, pointsOf(GRID)), WALK);
      picked.push(picks.map(({ year, point, trainSharpe }) => ({ year, point, trainSharpe })));
      return [trial.run];
    });
    expect(picked[1]).toEqual(picked[0]);
  });

  it('change no order of the models on any other day of the month', () => {
    expectNoLookAhead((setup) => {
      return rebalanceDays(setup.history.panel).map((starts) => {
        const run = { ...deskOf(MODELS, setup.history), more: { ...setup.more, starts } };
        return trialOf(setup, run).run;
      });
    });
  });
});
