/** One model or all of them over history, compared with SPY. */
import { counted } from '#core/domain/figures.ts';
import type { Model } from '#core/domain/model.ts';
import { tradingModels } from '#core/domain/model-role.ts';
import { SESSIONS_OF_A_YEAR } from '#core/domain/performance.ts';
import { buyAndHold } from '#core/evidence/benchmarks.ts';
import { datesOf } from '#core/evidence/figures.ts';
import { rivalFigures } from '#core/evidence/page.ts';
import {
  type BacktestSetup,
  deskOf,
  type Summary,
  summaryOf,
  trialOf,
} from '#core/evidence/trial.ts';
import { growthTable, percent, wrapped } from '#core/evidence/words.ts';
import type { NoAnswer, Progress, StudyAnswer, StudyRequest, StudySection } from '#core/studies.ts';
import { MODELS } from '#models/list.ts';
import { drawnCurves } from './curves.ts';
import { keyOf } from './key-of.ts';
import { refused, type StudyInputs, setupOf } from './setup.ts';

const ALL = 'all';

/** Runs the model over the sessions; the last ten years by default. */
export function backtestOf(
  { model, from, to, roles = new Map() }: Extract<StudyRequest, { kind: 'backtest' }>,
  given: StudyInputs,
  progress: Progress,
): StudyAnswer['backtest'] | NoAnswer {
  const models =
    model === ALL ? tradingModels(MODELS, roles) : MODELS.filter(({ id }) => id === model);
  if (models.length === 0) return refused(`There is no model ${model}.`);
  const setup = setupOf(given, { from, to });
  if ('kind' in setup) return setup;
  progress(1, 2);
  const trial = trialOf(setup, deskOf(models, setup.history));
  const spy = buyAndHold(setup, setup.history.panel.benchmark);
  const dates = datesOf(setup);
  return {
    kind: 'backtest',
    sections: sectionsOf(setup, models, summaryOf(trial), rivalFigures(spy)),
    curves: drawnCurves(setup, [
      [model === ALL ? 'You' : model, trial.run.equity],
      ['SPY', spy],
    ]),
    settings: 1,
    key: keyOf(['backtest', model, [...roles], dates[0], dates.at(-1), given.limits]),
  };
}

function sectionsOf(
  setup: BacktestSetup,
  models: readonly Model[],
  own: Summary,
  spy: ReturnType<typeof rivalFigures>,
): readonly StudySection[] {
  const dates = datesOf(setup);
  const name = models.length === 1 ? 'Model' : 'Rotor';
  const total = own.final / (setup.equity / 100) - 1;
  const isLong = dates.length >= SESSIONS_OF_A_YEAR;
  const growth = isLong
    ? growthTable([
        [name, own.cagr, own.mdd],
        ['SPY', spy.cagr, spy.maxDrawdown],
      ])
    : wrapped(
        `Shorter than a year, so no yearly rates: ${inPercent(total)} in all, SPY ${inPercent(spy.total)}.`,
      );
  return [
    {
      title: models.length === 1 ? (models[0]?.id ?? 'BACKTEST') : 'ALL MODELS',
      lines: [
        `${dates[0] ?? '?'} - ${dates.at(-1) ?? '?'}`,
        'Filled next open, 5 bps cost',
        '',
        ...growth,
      ],
    },
    {
      title: 'TRADING',
      lines: wrapped(
        isLong
          ? `${counted(own.orders, 'order')}; it turns over ${own.turnover.toFixed(1)} times a year.`
          : `Orders filled: ${own.orders}.`,
      ),
    },
  ];
}

function inPercent(fraction: number): string {
  const text = percent(fraction);
  return text.startsWith('-') || text === percent(0) ? text : `+${text}`;
}
