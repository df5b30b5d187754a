/** Results of the monkeys, and the fraction of them that the models beat. */

import { quantileOf } from './moments.ts';
import { type MonkeySettings, runMonkeys } from './monkeys.ts';
import { type BacktestSetup, type Summary, summaryOf } from './trial.ts';

/** The runs that the monkeys are compared with. */
export interface MonkeyComparators {
  readonly v1: Pick<Summary, 'cagr' | 'sharpe'>;
  readonly all: Pick<Summary, 'cagr'>;
  readonly spy: Pick<Summary, 'cagr'>;
}

/** The monkeys' statistics, keyed by quantile. */
export interface Luck {
  readonly count: number;
  /** Dollars. */
  readonly firstFive: readonly number[];
  /** Cents. */
  readonly sumFinalCents: number;
  readonly cagr: Readonly<Record<string, number>>;
  readonly sharpe: Readonly<Record<string, number>>;
  readonly maxDrawdown: Readonly<Record<string, number>>;
  readonly turnover: Readonly<Record<string, number>>;
  /** Fractions of the monkeys: worse than the core model, worse or better than all models, better than SPY. */
  readonly worseThanV1Cagr: number;
  readonly worseThanV1Sharpe: number;
  readonly worseThanAllCagr: number;
  readonly betterThanAllCagr: number;
  readonly beatSpyCagr: number;
}

const SHARES = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975] as const;
const FIRST = 5;

/** Runs the monkeys. */
export function luckOf(
  setup: BacktestSetup,
  monkeySettings: MonkeySettings,
  { v1, all, spy }: MonkeyComparators,
  done: (monkeys: number) => void = () => undefined,
): Luck {
  let count = 0;
  const monkeys = runMonkeys(setup, monkeySettings, (trial) => {
    count += 1;
    done(count);
    return summaryOf(trial);
  });
  const column = (pick: (monkey: Summary) => number): Float64Array =>
    Float64Array.from(monkeys, pick);
  const spread = (values: Float64Array): Readonly<Record<string, number>> =>
    Object.fromEntries(SHARES.map((share) => [String(share), quantileOf(values, share)]));
  const share = (is: (monkey: Summary) => boolean): number =>
    monkeys.filter(is).length / monkeys.length;
  return {
    count: monkeys.length,
    firstFive: monkeys.slice(0, FIRST).map(({ final }) => final),
    sumFinalCents: monkeys.reduce((sum, { final }) => sum + Math.round(final * 100), 0),
    cagr: spread(column(({ cagr }) => cagr)),
    sharpe: spread(column(({ sharpe }) => sharpe)),
    maxDrawdown: spread(column(({ mdd }) => mdd)),
    turnover: {
      '0.5': quantileOf(
        column(({ turnover }) => turnover),
        0.5,
      ),
    },
    worseThanV1Cagr: share(({ cagr }) => cagr < v1.cagr),
    worseThanV1Sharpe: share(({ sharpe }) => sharpe < v1.sharpe),
    worseThanAllCagr: share(({ cagr }) => cagr < all.cagr),
    betterThanAllCagr: share(({ cagr }) => cagr > all.cagr),
    beatSpyCagr: share(({ cagr }) => cagr > spy.cagr),
  };
}
