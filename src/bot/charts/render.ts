/** Renders a chart as a PNG. Blocking work: only draw-worker.ts calls it. */
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
import { type Chart, COLOURS, FONT, HEIGHT, NARROW_FONT, PIXEL_RATIO, WIDTH } from './chart.ts';
import { labelPainter } from './labels.ts';

/**
 * Without a registered font the canvas silently draws no text, so the font ships with Rotor.
 * @throws Error when the font cannot be read.
 */
export function prepare(): void {
  registerFont();
  ChartJs.register(
    ...[LineController, LineElement, PointElement, BarController, BarElement],
    ...[CategoryScale, LinearScale, Filler, Legend, SubTitle, Title],
  );
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

/** Renders a PNG 1100 pixels wide on Discord's dark background. */
export async function renderPng({ config, height = HEIGHT }: Chart): Promise<Uint8Array> {
  const canvas = createCanvas(WIDTH, height);
  const drawn = new ChartJs(canvas as unknown as ChartItem, {
    ...config,
    options: { ...config.options, devicePixelRatio: PIXEL_RATIO },
    plugins: [background, labelPainter],
  });
  const png = await canvas.encode('png');
  drawn.destroy();
  // Several megabytes of pixels, which would otherwise stay until the garbage collector comes by.
  canvas.width = 1;
  canvas.height = 1;
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
