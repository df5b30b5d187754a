import type { AlphaPoint } from '#core/views/alpha.ts';
import type { PerformanceView } from '#core/views/performance.ts';
import { alphaChart } from '../charts/alpha.ts';
import type { Chart } from '../charts/chart.ts';
import { type DrawdownPoint, drawdownChart } from '../charts/drawdown.ts';
import { weightsChart } from '../charts/weights.ts';
import { monthsPicture } from './months.ts';

/** The charts that /performance offers. */
export const PERFORMANCE_CHARTS = ['alpha', 'drawdown', 'weights', 'months'] as const;
/** One of them. */
export type PerformanceChart = (typeof PERFORMANCE_CHARTS)[number];

/** Returns undefined when there is nothing to draw. */
export function performanceChart(
  view: PerformanceView,
  chart: PerformanceChart,
): Chart | undefined {
  switch (chart) {
    case 'alpha':
      return alphaChart(view);
    case 'drawdown':
      return drawdownChart({ points: drawdowns(view.points) });
    case 'weights':
      return weightsChart({ points: view.weights, known: view.tradable });
    case 'months':
      return monthsPicture(view.months);
    default:
      return chart satisfies never;
  }
}

/** Each side's drawdown from its own peak since the window began. */
function drawdowns(points: readonly AlphaPoint[]): readonly DrawdownPoint[] {
  let [own, market] = [0, 0];
  return points.map(({ date, you, spy }) => {
    own = Math.max(own, 1 + you);
    market = Math.max(market, 1 + spy);
    return { date, drawdown: below(1 + you, own), benchmark: below(1 + spy, market) };
  });
}

function below(value: number, peak: number): number {
  return peak > 0 ? 1 - value / peak : 0;
}
