/** Effects of another setting: today's plan, ten years, and its rank among neighbouring settings. */
import { lastDate } from '#core/domain/bar.ts';
import { counted, usd } from '#core/domain/figures.ts';
import type { Model } from '#core/domain/model.ts';
import { tradingModels } from '#core/domain/model-role.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import { tradable, UNIVERSE, type Universe } from '#core/domain/universe.ts';
import { buyAndHold } from '#core/evidence/benchmarks.ts';
import { datesOf } from '#core/evidence/figures.ts';
import { rivalFigures } from '#core/evidence/page.ts';
import { neighboursOf, type Point, pointRun } from '#core/evidence/sweep.ts';
import {
  type BacktestSetup,
  deskOf,
  type Summary,
  summaryOf,
  type Trial,
  trialOf,
} from '#core/evidence/trial.ts';
import { growthTable, wrapped } from '#core/evidence/words.ts';
import type {
  Change,
  NoAnswer,
  Progress,
  StudyAnswer,
  StudyRequest,
  StudySection,
} from '#core/studies.ts';
import { MODELS } from '#models/list.ts';
import { drawnCurves } from './curves.ts';
import { coreSettings } from './evidence.ts';
import { keyOf } from './key-of.ts';
import { type Plan, planOf } from './plan.ts';
import { refused, type StudyInputs, setupOf } from './setup.ts';

type Request = Extract<StudyRequest, { kind: 'what-if' }>;

/** Tries the change without storing anything. */
export function whatIfOf(
  request: Request,
  given: StudyInputs,
  progress: Progress,
): StudyAnswer['what-if'] | NoAnswer {
  const { change } = request;
  const universe = changedUniverse(change, given);
  if ('kind' in universe) return universe;
  const changed = changedGround(given, change);
  const [setup, its] = [setupOf(given), setupOf(changed, {}, universe)];
  if ('kind' in setup) return setup;
  if ('kind' in its) return its;
  const trading = tradingModels(MODELS, request.roles ?? new Map());
  const models = changedModels(trading, change);
  const present = trialOf(setup, deskOf(trading, setup.history));
  const tried = trialOf(its, deskOf(models, its.history));
  const spy = buyAndHold(setup, setup.history.panel.benchmark);
  const near = neighbours(its, change, progress);
  return {
    kind: 'what-if',
    sections: [
      { title: 'WHAT IF', lines: wordsOf(change) },
      {
        title: "TODAY'S PLAN",
        lines: planLines(request, given, { changed, universe, models, trading }),
      },
      historySection(datesOf(setup)[0], {
        ...{ present: summaryOf(present), tried: summaryOf(tried), spy },
        hasReserve: change.reserve !== undefined,
      }),
      { title: 'AMONG ITS NEIGHBOURS', lines: wrapped(near.words) },
    ],
    curves: drawnCurves(setup, [
      ['Present', present.run.equity],
      ['What if', tried.run.equity],
      ['SPY', spy],
    ]),
    settings: 1 + near.count,
    key: keyOf(['what-if', change, lastDate(firstOf(given))]),
  };
}

function firstOf({ bars }: StudyInputs) {
  const [history] = bars.values();
  if (!history) throw new RangeError('what-if: expected bars, found none');
  return history;
}

function changedModels(
  [core, ...rest]: readonly Model[],
  { lookback, top, minimum }: Change,
): readonly Model[] {
  if (!core) throw new RangeError('what-if: expected a model, found none');
  const parameters = {
    ...core.parameters,
    ...(lookback !== undefined && { lookback }),
    ...(top !== undefined && { top }),
    ...(minimum !== undefined && { minimumMomentum: minimum }),
  };
  return [{ ...core, parameters }, ...rest];
}

function changedGround(setup: StudyInputs, { cap, reserve }: Change): StudyInputs {
  const limits = {
    ...setup.limits,
    ...(cap !== undefined && { maxWeight: cap }),
    ...(reserve !== undefined && { reserve }),
  };
  return { ...setup, limits };
}

function changedUniverse({ add, leaveOut }: Change, { bars }: StudyInputs): Universe | NoAnswer {
  let { sectors } = UNIVERSE;
  if (leaveOut !== undefined) {
    if (!sectors.some(({ ticker }) => ticker === leaveOut)) {
      return refused(`${leaveOut} is not one of the sectors.`);
    }
    sectors = sectors.filter(({ ticker }) => ticker !== leaveOut);
  }
  if (add !== undefined) {
    const firstSession = bars.get(add)?.dates[0];
    if (!firstSession || add === UNIVERSE.benchmark.ticker || add === UNIVERSE.defensive.ticker) {
      return refused(`No bars of ${add} are held, so it cannot be tried.`);
    }
    if (!sectors.some(({ ticker }) => ticker === add)) {
      sectors = [...sectors, { ticker: add, sector: add, firstSession }];
    }
  }
  return { ...UNIVERSE, sectors };
}

function wordsOf(change: Change): readonly string[] {
  const [lookback, top, minimum] = coreSettings();
  const told: readonly (string | false)[] = [
    change.lookback !== undefined && `lookback ${lookback} -> ${change.lookback}`,
    change.top !== undefined && `top ${top} -> ${change.top}`,
    change.minimum !== undefined && `minimum ${share(minimum)} -> ${share(change.minimum)}`,
    change.cap !== undefined && `cap ${share(change.cap)} a sector`,
    change.reserve !== undefined && `reserve ${usd(change.reserve)}`,
    change.skip === true && 'this month is skipped',
    change.add !== undefined && `with ${change.add}`,
    change.leaveOut !== undefined && `without ${change.leaveOut}`,
  ];
  const lines = told.filter((line) => line !== false);
  return lines.length > 0 ? lines : ['nothing is changed'];
}

function share(fraction: number): string {
  return `${(fraction * 100).toFixed(1)}%`;
}

interface Changed {
  readonly changed: StudyInputs;
  readonly universe: Universe;
  readonly models: readonly Model[];
  readonly trading: readonly Model[];
}

/** Weight of each ticker, now and with the change; uses the known account without a new request. */
function planLines(
  { change, now }: Request,
  given: StudyInputs,
  { changed, universe, models, trading }: Changed,
): readonly string[] {
  if (change.skip) return wrapped('The month would be skipped: nothing is traded.');
  if (!now) return wrapped('The account has not been read yet.');
  const present = planOf(given, UNIVERSE, trading, now);
  const other = planOf(changed, universe, models, now);
  if ('reason' in present) return wrapped(present.reason);
  if ('reason' in other) return wrapped(other.reason);
  const weights = (plan: Plan) => (ticker: Ticker) => plan.weights.get(ticker) ?? 0;
  const [before, after] = [weights(present), weights(other)];
  const rows = tradable(UNIVERSE)
    .map(({ ticker }) => ticker)
    .filter((ticker) => Math.abs(before(ticker) - after(ticker)) > 0.0005)
    .map(
      (ticker) =>
        `${ticker.padEnd(8)}${share(before(ticker)).padStart(12)}${share(after(ticker)).padStart(12)}`,
    );
  const orders =
    `${counted(present.orders, 'order')} now, ${other.orders} then. ` +
    `Of the account ${usd(present.invested)} is invested now, ${usd(other.invested)} then.`;
  if (rows.length === 0) return wrapped(`The same weights. ${orders}`);
  return [
    `${'weight'.padEnd(8)}${'present'.padStart(12)}${'what if'.padStart(12)}`,
    ...rows,
    ...wrapped(orders),
  ];
}

interface PastOfBoth {
  readonly present: Summary;
  readonly tried: Summary;
  readonly spy: Float64Array;
  readonly hasReserve: boolean;
}

/** A reserve is in dollars of today's account and has no meaning in the past. */
function historySection(
  first: SessionDate | undefined,
  { present, tried, spy, hasReserve }: PastOfBoth,
): StudySection {
  const market = rivalFigures(spy);
  const table = growthTable([
    ['Present', present.cagr, present.mdd],
    ['What if', tried.cagr, tried.mdd],
    ['SPY', market.cagr, market.maxDrawdown],
  ]);
  const without = hasReserve ? wrapped('The reserve counts for the plan only.') : [];
  return { title: `SINCE ${first ?? '?'}`, lines: [...table, ...without] };
}

/** One step of each setting: sessions, sectors, minimum momentum. */
const STEPS = { lookback: 14, top: 1, min: 0.025 };

/** The setting alone compared with those one step away, by Sharpe ratio. */
function neighbours(
  setup: BacktestSetup,
  change: Change,
  progress: Progress,
): { readonly count: number; readonly words: string } {
  const [lookback, top, minimum] = coreSettings();
  const centre: Point = [change.lookback ?? lookback, change.top ?? top, change.minimum ?? minimum];
  const around = neighboursOf(gridAround(centre), centre);
  const sharpe = (point: Point): number => summaryOf(pointTrial(setup, point)).sharpe;
  const own = sharpe(centre);
  const theirs = around.map((point, index) => {
    progress(index, around.length);
    return sharpe(point);
  });
  const measured = theirs.filter(Number.isFinite);
  const place = measured.filter((value) => value > own).length + 1;
  const worst = Math.min(...measured, own);
  return {
    count: around.length,
    words:
      `By growth for its risk it ranks ${place} of ${measured.length + 1} settings one step apart ` +
      `(${own.toFixed(2)}; the best ${Math.max(...measured, own).toFixed(2)}, the worst ${worst.toFixed(2)}). ` +
      'A peak above its neighbours is luck.',
  };
}

function pointTrial(setup: BacktestSetup, point: Point): Trial {
  return trialOf(setup, pointRun(point, setup.history));
}

function gridAround([lookback, top, min]: Point) {
  const steps = (value: number, step: number, least: number, most: number): readonly number[] =>
    [value - step, value, value + step].filter((each) => each >= least && each <= most);
  return {
    lookback: steps(lookback, STEPS.lookback, 1, 250),
    top: steps(top, STEPS.top, 1, UNIVERSE.sectors.length),
    min: steps(min, STEPS.min, 0, 1),
  };
}
