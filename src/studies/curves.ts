/** Curves for a chart: as many points as can be told apart. */
import type { SessionDate } from '#core/domain/units.ts';
import { drawnPlaces } from '#core/evidence/curves.ts';
import { datesOf } from '#core/evidence/figures.ts';
import type { BacktestSetup } from '#core/evidence/trial.ts';
import { at } from '#core/rules/panel.ts';
import type { StudyCurves } from '#core/studies.ts';

/** Growth of one dollar in each curve, at selected closes and the last one. */
export function drawnCurves(
  setup: BacktestSetup,
  curves: readonly (readonly [name: string, curve: Float64Array])[],
): StudyCurves {
  const places = drawnPlaces(setup.to - setup.from + 1);
  return {
    dates: datesAt(setup, places),
    lines: curves.map(([name, curve]) => ({
      name,
      values: places.map((place) => at(curve, place) / at(curve, 0)),
    })),
  };
}

/** Sessions at indices of a curve; its first two points are in the first session. */
export function datesAt(setup: BacktestSetup, places: readonly number[]): readonly SessionDate[] {
  const dates = datesOf(setup);
  return places.flatMap((place) => dates[Math.max(0, place - 1)] ?? []);
}
