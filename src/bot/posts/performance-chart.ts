import type { PerformanceView } from '#core/views/performance.ts';
import { alphaChart } from '../charts/alpha.ts';
import type { Chart } from '../charts/chart.ts';

export const PERFORMANCE_CHARTS = ['alpha', 'drawdown', 'months'] as const;
export type PerformanceChart = (typeof PERFORMANCE_CHARTS)[number];

/** Undefined where there is nothing to draw. */
export function performanceChart(
  view: PerformanceView,
  chart: PerformanceChart,
): Chart | undefined {
  switch (chart) {
    case 'alpha':
      return alphaChart(view);
    case 'drawdown':
    case 'months':
      return undefined;
    default:
      return chart satisfies never;
  }
}
