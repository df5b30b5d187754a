/** Details of a backtest of a year or more: rivals, years, drawdowns, costs, rebalance days, regimes. */
import { readDifference } from '#core/domain/figures.ts';
import type { Model } from '#core/domain/model.ts';
import { SESSIONS_OF_A_YEAR } from '#core/domain/performance.ts';
import { buyAndHold, equalSectors, idleCash, sixtyForty } from '#core/evidence/benchmarks.ts';
import { figuresOf } from '#core/evidence/figures.ts';
import { costsOf, dayLuckOf, rivalFigures } from '#core/evidence/page.ts';
import { type BacktestSetup, deskOf, trialOf } from '#core/evidence/trial.ts';
import { percent, ratio, signedPercent } from '../text.ts';

/** The numbers, under their names in `--json`. */
export type Details = ReturnType<typeof detailsOf>;

/** Computes the details; takes several dozen backtests. */
export function detailsOf(setup: BacktestSetup, models: readonly Model[]) {
  const equal = trialOf(setup, equalSectors(setup));
  const spy = buyAndHold(setup, setup.history.panel.benchmark);
  const trial = trialOf(setup, deskOf(models, setup.history));
  const { years, drawdowns, regimes } = figuresOf(setup, trial, {
    spy,
    equalReturns: equal.returns,
  });
  const rival = (curve: Float64Array) => {
    const { cagr, maxDrawdown, sharpe } = rivalFigures(curve);
    return { cagr, maxDrawdown, sharpe };
  };
  return {
    rivals: {
      spy: rival(spy),
      sectors: rival(equal.run.equity),
      sixtyForty: rival(sixtyForty(setup)),
      // Its Sharpe ratio would measure the calendar of the interest.
      cash: { ...rival(idleCash(setup)), sharpe: null },
    },
    ...{ years, falls: drawdowns, regimes },
    costs: costsOf(setup, models),
    dayLuck: dayLuckOf(setup, models),
  };
}

/** A table with its title. */
export interface Section {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** The same as tables; the first row of each is its head. */
export function sectionsOf(details: Details): readonly Section[] {
  return [
    { title: 'Beside', rows: rivalRows(details) },
    { title: 'Year by year', rows: yearRows(details) },
    { title: 'Drawdowns', rows: drawdownRows(details) },
    { title: 'By what a trade costs', rows: costRows(details) },
    { title: dayTitle(details), rows: dayRows(details) },
    { title: REGIME_TITLE, rows: regimeRows(details) },
  ];
}

/** Not over RISK_FREE_RATE, as the account's own above it is. */
const SHARPE = `Sharpe over ${percent(0)}`;

const RIVALS = {
  spy: 'SPY',
  sectors: 'all sectors',
  sixtyForty: '60 % SPY, 40 % TLT',
  cash: 'cash',
} as const;

function rivalRows({ rivals }: Details): Section['rows'] {
  const names = Object.keys(RIVALS) as (keyof typeof RIVALS)[];
  return [
    ['', 'a year', 'max drawdown', SHARPE],
    ...names.map((name) => {
      const { cagr, maxDrawdown, sharpe } = rivals[name];
      return [RIVALS[name], signedPercent(cagr), percent(maxDrawdown), ratio(sharpe)];
    }),
  ];
}

function yearRows({ years }: Details): Section['rows'] {
  const rows = Object.entries(years).map(([year, { you, spy }]) => {
    return [
      year,
      signedPercent(you),
      signedPercent(spy),
      signedPercent(readDifference(you, spy, 1) ?? you - spy),
    ];
  });
  return [['', 'Rotor', 'SPY', 'ahead'], ...rows];
}

function drawdownRows({ falls }: Details): Section['rows'] {
  return [
    ['depth', 'from', 'to', 'recovered', 'sessions'],
    ...falls.map(({ depth, peak, trough, recovered, sessionsUnder }) => {
      const days = [peak, trough, recovered ?? 'not yet'].map((day) => day ?? 'before');
      return [percent(depth), ...days, String(sessionsUnder)];
    }),
  ];
}

function costRows({ costs }: Details): Section['rows'] {
  const rows = Object.entries(costs).map(([bps, { cagr, sharpe }]) => {
    return [`${bps} bps`, signedPercent(cagr), ratio(sharpe)];
  });
  return [['', 'a year', SHARPE], ...rows];
}

/** How much depends on the choice of the rebalance day. */
function dayTitle({ dayLuck }: Details): string {
  const [least, most] = [Math.min(...dayLuck), Math.max(...dayLuck)];
  return `By the session of the month: ${signedPercent(least)} to ${signedPercent(most)} a year`;
}

function dayRows({ dayLuck }: Details): Section['rows'] {
  return [['', 'a year'], ...dayLuck.map((cagr, day) => [`${day + 1}`, signedPercent(cagr)])];
}

/**
 * SPY rises most on bear days that follow its fall, so the table is no rule to trade by. Of a regime with
 * less than a year of days no yearly rate is given.
 */
const REGIME_TITLE = 'By the regime (a bear market is known only after its fall)';

function regimeRows({ regimes }: Details): Section['rows'] {
  const rows = Object.entries(regimes).map(([kind, { sessions, you, spy }]) => {
    const yearly = sessions < SESSIONS_OF_A_YEAR ? () => '–' : signedPercent;
    return [kind, String(sessions), yearly(you), yearly(spy)];
  });
  return [['', 'sessions', 'Rotor a year', 'SPY a year'], ...rows];
}
