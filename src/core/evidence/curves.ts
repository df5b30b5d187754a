/** The curves of a page's chart: the configured models, the benchmarks and the band of the monkeys. */
import type { Model } from '../domain/model.ts';
import { at } from '../rules/panel.ts';
import { buyAndHold, equalSectors } from './benchmarks.ts';
import { quantileOf } from './moments.ts';
import { type MonkeySettings, runMonkeys } from './monkeys.ts';
import { type BacktestSetup, deskOf, trialOf } from './trial.ts';

/** Growth of one dollar at some of the closes. */
export interface Curves {
  /** Indices of the curve: 0 is the start. */
  readonly places: readonly number[];
  readonly you: readonly number[];
  readonly spy: readonly number[];
  readonly sectors: readonly number[];
  /** The 5th and the 95th of 100 monkeys. */
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const POINTS = 160;

/** Indices of a curve to draw, as many as can be told apart: the start is the first, the last close the last. */
export function drawnPlaces(sessions: number): readonly number[] {
  const step = Math.max(1, Math.floor(sessions / POINTS));
  const count = Math.ceil(sessions / step);
  return [...Array.from({ length: count }, (_, index) => index * step), sessions];
}

/** Runs the configured models, the sectors and that many monkeys. */
export function curvesOf(
  setup: BacktestSetup,
  models: readonly Model[],
  monkeySettings: MonkeySettings,
): Curves {
  const places = drawnPlaces(setup.to - setup.from + 1);
  const grown = (curve: Float64Array): readonly number[] =>
    places.map((place) => at(curve, place) / at(curve, 0));
  const monkeys = runMonkeys(setup, monkeySettings, ({ run }) => grown(run.equity));
  const band = (share: number): readonly number[] =>
    places.map((_, index) =>
      quantileOf(
        Float64Array.from(monkeys, (monkey) => monkey[index] ?? Number.NaN),
        share,
      ),
    );
  return {
    places,
    you: grown(trialOf(setup, deskOf(models, setup.history)).run.equity),
    spy: grown(buyAndHold(setup, setup.history.panel.benchmark)),
    sectors: grown(trialOf(setup, equalSectors(setup)).run.equity),
    low: band(0.05),
    high: band(0.95),
  };
}
