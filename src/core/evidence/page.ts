/** All numbers of the evidence page; equal inputs give equal numbers. */
import type { Model } from '../domain/model.ts';
import { at, type Panel } from '../rules/panel.ts';
import { buyAndHold, equalSectors, sixtyForty } from './benchmarks.ts';
import { fittingBlock } from './block-length.ts';
import { BLOCK, type Resamples, resample } from './bootstrap.ts';
import { type Comparators, datesOf, figuresOf } from './figures.ts';
import { type Luck, luckOf } from './luck.ts';
import { annualSharpe, grownYearly, lessOf, quantileOf, returnsOf } from './moments.ts';
import { type SearchRivals, searchFigures } from './search.ts';
import { type Grid, type Point, pointsOf, release, type SweepTrial, sweep } from './sweep.ts';
import {
  type BacktestSetup,
  curveFigures,
  deskOf,
  type Summary,
  summaryOf,
  type Trial,
  trialOf,
} from './trial.ts';
import { type Walk, walkForward } from './walk-forward.ts';

/** Inputs of pageOf. */
export interface PageInput {
  readonly setup: BacktestSetup;
  /** The configured models; the first one is the core. */
  readonly models: readonly Model[];
  readonly grid: Grid;
  /** The settings of the core model, at the centre of the plateau. */
  readonly centre: Point;
  /** Undefined where no year of the range has an earlier one. */
  readonly walk: Walk | undefined;
  readonly monkeys: number;
  readonly seed: number;
  readonly boots: number;
  readonly bootSeed: number;
  /** Settings that people tried outside this search; every try counts. */
  readonly triedBefore: number;
  /** Reports the current step and its progress. */
  readonly progress?: (what: string, done: number, all: number) => void;
}

/** The reported quantiles of a distribution. */
const SHARES = [0.025, 0.05, 0.25, 0.5, 0.75, 0.95, 0.975] as const;

/** Costs for which a page is recomputed, basis points. */
const COSTS = [0, 5, 10, 20, 50] as const;

/** Sessions that every month has, so that each may be the rebalancing day. */
const DAYS_OF_MONTH = 19;

/** The numbers of a page. */
export type Page = ReturnType<typeof pageOf>;

/** Computes everything. Takes seconds of one processor for ten years, 510 settings and 2,000 monkeys. */
export function pageOf(input: PageInput) {
  const { setup, models } = input;
  const { history } = setup;
  const runs = trialsOf(setup, models);
  const equal = trialOf(setup, equalSectors(setup));
  const spy = buyAndHold(setup, history.panel.benchmark);
  const rivals: Comparators = { spy, equalReturns: equal.returns };
  const core = runs.get(models[0]?.id ?? '') ?? equal;
  const all = runs.get('all') ?? core;
  return {
    from: datesOf(setup)[0],
    to: datesOf(setup).at(-1),
    sessions: datesOf(setup).length,
    start: setup.equity / 100,
    equalWeight: summaryOf(equal),
    spy: rivalFigures(spy),
    mix6040: rivalFigures(sixtyForty(setup)),
    tlt: rivalFigures(buyAndHold(setup, history.panel.defensive)),
    runs: mapped(runs, (trial) => figuresOf(setup, trial, rivals)),
    costs: {
      all: costsOf(setup, models),
      ...(models[0] && { [models[0].id]: costsOf(setup, models.slice(0, 1)) }),
    },
    dayLuck: mapped(runs, (_, id) => dayLuckOf(setup, id === 'all' ? models : byId(models, id))),
    ...searchedFigures(input, { runs, rivals, equal }),
    monkeys: monkeyFigures(input, { core, all, spy }),
    blockLength: blockFigures(runs, returnsOf(spy)),
    bootstrap: bootstrapFigures(input, runs, returnsOf(spy)),
  };
}

/** The search, and what is picked from it year by year. */
function searchedFigures(input: PageInput, rivals: SearchRivals) {
  const { setup, grid, walk, progress } = input;
  const points = pointsOf(grid);
  const tried = sweep(setup, points, (done) => progress?.('settings', done, points.length));
  const figures = {
    ...searchFigures(input, tried, rivals),
    walk: walk ? walkFigures(input, walk, tried) : null,
  };
  release(tried);
  return figures;
}

/** The configured models together, then each one alone. */
export function trialsOf(
  setup: BacktestSetup,
  models: readonly Model[],
): ReadonlyMap<string, Trial> {
  const run = (which: readonly Model[]): Trial => trialOf(setup, deskOf(which, setup.history));
  return new Map([
    ['all', run(models)],
    ...models.map((model) => [model.id, run([model])] as const),
  ]);
}

function byId(models: readonly Model[], id: string): readonly Model[] {
  return models.filter((model) => model.id === id);
}

function mapped<T, U>(
  values: ReadonlyMap<string, T>,
  change: (value: T, key: string) => U,
): Readonly<Record<string, U>> {
  return Object.fromEntries([...values].map(([key, value]) => [key, change(value, key)]));
}

/** Growth and risk of an alternative. */
export function rivalFigures(curve: Float64Array) {
  const { vol, mdd, ...rest } = curveFigures(curve, returnsOf(curve));
  const total = at(curve, curve.length - 1) / at(curve, 0) - 1;
  return { ...rest, volatility: vol, maxDrawdown: mdd, total };
}

/** The same models at other costs. */
export function costsOf(
  setup: BacktestSetup,
  models: readonly Model[],
): Readonly<Record<string, Pick<Summary, 'final' | 'cagr' | 'sharpe'>>> {
  return Object.fromEntries(
    COSTS.map((slippageBps) => {
      const found = summaryOf(trialOf({ ...setup, slippageBps }, deskOf(models, setup.history)));
      return [String(slippageBps), { final: found.final, cagr: found.cagr, sharpe: found.sharpe }];
    }),
  );
}

/** Annual growth of the same models, rebalanced on the k-th session of each month. */
export function dayLuckOf(setup: BacktestSetup, models: readonly Model[]): readonly number[] {
  return rebalanceDays(setup.history.panel).map((starts) => {
    return summaryOf(trialOf(setup, { ...deskOf(models, setup.history), more: { starts } })).cagr;
  });
}

/** The rows on which a rebalance starts, for the first session of each month, the second, and so on. */
export function rebalanceDays({ dates }: Panel): readonly Uint8Array[] {
  const placeInMonth = new Int32Array(dates.length);
  for (let row = 1; row < dates.length; row++) {
    const isSame = dates[row]?.slice(0, 7) === dates[row - 1]?.slice(0, 7);
    placeInMonth[row] = isSame ? (placeInMonth[row - 1] ?? 0) + 1 : 0;
  }
  return Array.from({ length: DAYS_OF_MONTH }, (_, day) =>
    Uint8Array.from(placeInMonth, (place) => (place === day ? 1 : 0)),
  );
}

function walkFigures({ setup, models }: PageInput, walk: Walk, tried: readonly SweepTrial[]) {
  const { picks, trial, stitched, from, to } = walkForward(setup, tried, walk);
  const years = { ...setup, from, to };
  const kept = (which: readonly Model[]): Summary =>
    summaryOf(trialOf(years, deskOf(which, setup.history)));
  return {
    rule: walk,
    picks: Object.fromEntries(picks.map(({ year, ...pick }) => [String(year), pick])),
    ledger: summaryOf(trial),
    stitchedCagr: grownYearly(stitched),
    stitchedSharpe: annualSharpe(stitched),
    spy: rivalFigures(buyAndHold(years, setup.history.panel.benchmark)),
    fixedV1: kept(models.slice(0, 1)),
    fixedAll: kept(models),
    start: datesOf(years)[0],
    sessions: datesOf(years).length,
  };
}

function monkeyFigures(
  { setup, monkeys, seed, centre, progress }: PageInput,
  rivals: { readonly core: Trial; readonly all: Trial; readonly spy: Float64Array },
) {
  const against = {
    v1: summaryOf(rivals.core),
    all: summaryOf(rivals.all),
    spy: rivalFigures(rivals.spy),
  };
  const luck = (sameExposure: boolean): Luck =>
    luckOf(setup, { count: monkeys, seed, like: centre, sameExposure }, against, (done) =>
      progress?.(sameExposure ? 'monkeys that stand aside' : 'monkeys', done, monkeys),
    );
  return { dart: luck(false), sameExposure: luck(true) };
}

/** The page reports BLOCK; the others show how little depends on it. */
const BLOCKS = [BLOCK, 5, 63] as const;

function bootstrapFigures(
  { boots: count, bootSeed: seed }: PageInput,
  runs: ReadonlyMap<string, Trial>,
  spy: Float64Array,
): Readonly<Record<string, ReturnType<typeof resampledFigures>>> {
  const told = BLOCKS.flatMap((block) => {
    const accounts = [...runs].slice(0, block === BLOCK ? 2 : 1);
    const returns = accounts.map(([, trial]) => trial.returns);
    const samples = resample(returns, spy, { count, seed, block });
    return samples.map((each, place) => {
      return [`${accounts[place]?.[0] ?? ''}|${block}`, resampledFigures(each)] as const;
    });
  });
  return Object.fromEntries(told);
}

function blockFigures(runs: ReadonlyMap<string, Trial>, spy: Float64Array) {
  const told = [...runs].slice(0, 2).map(([id, { returns }]) => {
    const figures = {
      returns: fittingBlock(returns),
      excess: fittingBlock(lessOf(returns, spy)),
    };
    return [id, figures] as const;
  });
  return { ...Object.fromEntries(told), spy: fittingBlock(spy) };
}

function resampledFigures({ growth, excess, sharpe, sharpeLess }: Resamples) {
  return {
    cagr: spreadOf(growth),
    excessCagr: spreadOf(excess),
    sharpe: spreadOf(sharpe),
    sharpeMinusSpy: spreadOf(sharpeLess),
    probBeatSpy: excess.filter((value) => value > 0).length / excess.length,
  };
}

/** The reported quantiles of a distribution. */
export function spreadOf(values: Float64Array): Readonly<Record<string, number>> {
  return Object.fromEntries(SHARES.map((share) => [String(share), quantileOf(values, share)]));
}
