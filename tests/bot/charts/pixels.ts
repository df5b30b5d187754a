/** Reads drawn pictures back. */
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { COLOURS } from '#bot/charts/chart.ts';

export type Region = readonly [x: number, y: number, width: number, height: number];

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Pixels of the region that are not background. */
  inked(region: Region): number;
  /** Pixels of the region that are near the colour, `#RRGGBB`. */
  near(colour: string, region?: Region): number;
}

export async function pixelsOf(png: Uint8Array): Promise<Pixels> {
  const image = await loadImage(Buffer.from(png));
  const canvas = createCanvas(image.width, image.height);
  const context = canvas.getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const counted = ([left, top, width, height]: Region, colour: string, most: number) => {
    const [red = 0, green = 0, blue = 0] = rgb(colour);
    let near = 0;
    for (let y = top; y < top + height; y += 1) {
      for (let x = left; x < left + width; x += 1) {
        const at = 4 * (y * image.width + x);
        const off = (part: number, wanted: number) => Math.abs((data[at + part] ?? 0) - wanted);
        if (off(0, red) <= most && off(1, green) <= most && off(2, blue) <= most) near += 1;
      }
    }
    return near;
  };
  const all: Region = [0, 0, image.width, image.height];
  return {
    width: image.width,
    height: image.height,
    inked: (region) => region[2] * region[3] - counted(region, COLOURS.background, 40),
    near: (colour, region = all) => counted(region, colour, 6),
  };
}

/** Of `#RRGGBB`. */
export function rgb(colour: string): readonly number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
