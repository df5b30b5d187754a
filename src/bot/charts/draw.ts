/** Draws a chart into a PNG: in the process, or on a chart server. */
import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import {
  BarController,
  BarElement,
  CategoryScale,
  type ChartItem,
  Chart as ChartJs,
  Filler,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  PointElement,
  SubTitle,
  Title,
} from 'chart.js';
import quickchart from 'quickchart-js';
import { type Chart, COLOURS, FONT, HEIGHT, NARROW_FONT, PIXEL_RATIO, WIDTH } from './chart.ts';
import { labelPainter } from './labels.ts';

export type Draw = (chart: Chart) => Promise<Uint8Array>;

/** Its types are those of a CommonJS file, its module is not: at run time the default is the class. */
const QuickChart = quickchart as unknown as typeof quickchart.default;

/** A slow chart server must not hold a message back. */
const SERVER_TIMEOUT_MS = 8_000;

/**
 * Nothing about the account leaves the machine. Without a registered font the canvas draws no text
 * and reports no error, so the font comes along.
 * @throws Error when the font cannot be read.
 */
export function createDraw(chartServer: string | undefined): Draw {
  if (chartServer !== undefined) return (chart) => fromServer(chart, chartServer);
  registerFont();
  ChartJs.register(
    ...[LineController, LineElement, PointElement, BarController, BarElement],
    ...[CategoryScale, LinearScale, Filler, Legend, SubTitle, Title],
  );
  return renderPng;
}

const FONT_FILES = [
  ['DejaVuSans.ttf', FONT],
  ['DejaVuSans-Bold.ttf', FONT],
  ['DejaVuSansCondensed.ttf', NARROW_FONT],
] as const;

function registerFont(): void {
  const { resolve } = createRequire(import.meta.url);
  for (const [file, family] of FONT_FILES) {
    const path = resolve(`dejavu-fonts-ttf/ttf/${file}`);
    if (!GlobalFonts.registerFromPath(path, family)) throw new Error(`font: cannot read ${file}`);
  }
}

/** 1100 pixels wide on Discord's dark background; packed off the main thread. */
async function renderPng({ config, height = HEIGHT }: Chart): Promise<Uint8Array> {
  const canvas = createCanvas(WIDTH, height);
  const drawn = new ChartJs(canvas as unknown as ChartItem, {
    ...config,
    options: { ...config.options, devicePixelRatio: PIXEL_RATIO },
    plugins: [background, labelPainter],
  });
  const png = await canvas.encode('png');
  drawn.destroy();
  return png;
}

const background = {
  id: 'background',
  beforeDraw: ({ ctx, width, height }: ChartJs): void => {
    ctx.save();
    ctx.fillStyle = COLOURS.background;
    ctx.fillRect(0, 0, width, height);
    ctx.restore();
  },
};

/** The same config in words to a QuickChart server, under version 4, which it was written for. */
async function fromServer({ config, height = HEIGHT }: Chart, server: string): Promise<Uint8Array> {
  const url = new URL(server);
  const request = new QuickChart();
  request
    .setScheme(url.protocol.replace(':', ''))
    .setHost(`${url.host}${url.pathname.replace(/\/$/, '')}`)
    .setConfig(config)
    .setVersion('4')
    .setWidth(WIDTH)
    .setHeight(height)
    .setDevicePixelRatio(PIXEL_RATIO)
    .setBackgroundColor(COLOURS.background);
  const late = AbortSignal.timeout(SERVER_TIMEOUT_MS);
  const timeout = new Promise<never>((_, reject) => {
    late.addEventListener('abort', () => reject(late.reason), { once: true });
  });
  return new Uint8Array(await Promise.race([request.toBinary(), timeout]));
}
