/** Labels on bars as data: Chart.js itself can print them only with a function in its config. */
import type { BarElement, Chart as ChartJs, ChartOptions } from 'chart.js';

/**
 * A bar with its label. The property has the name that chartjs-plugin-datalabels prints by default, so a
 * chart server with that plugin shows the same.
 */
export interface LabelledPoint {
  readonly x: string | number;
  readonly y: number;
  readonly label: string;
}

/** Colour and font of the labels; the size in CSS pixels. */
export interface LabelStyle {
  readonly color: string;
  readonly font: { readonly family: string; readonly size: number };
}

/** The part of `plugins` that both renderers understand. */
export function labelled(style: LabelStyle): ChartOptions['plugins'] {
  return { datalabels: style } as ChartOptions['plugins'];
}

/** Draws `label` in the middle of each bar that has one. */
export const labelPainter = {
  id: 'labelPainter',
  afterDatasetsDraw: (chart: ChartJs): void => {
    const style = styleOf(chart);
    if (!style) return;
    const { ctx } = chart;
    ctx.save();
    ctx.fillStyle = style.color;
    ctx.font = `${style.font.size}px "${style.font.family}"`;
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    chart.data.datasets.forEach((dataset, index) => {
      chart.getDatasetMeta(index).data.forEach((element, at) => {
        const label = labelOf(dataset.data[at]);
        if (label === '') return;
        const { x, y } = (element as BarElement).getCenterPoint();
        ctx.fillText(label, x, y);
      });
    });
    ctx.restore();
  },
};

function styleOf(chart: ChartJs): LabelStyle | undefined {
  const plugins = chart.config.options?.plugins as { datalabels?: LabelStyle } | undefined;
  return plugins?.datalabels;
}

function labelOf(point: unknown): string {
  return typeof point === 'object' && point !== null && 'label' in point ? String(point.label) : '';
}
