/**
 * How far apart colours are for people who see all, or no red, green or blue: CIE Lab distance (1976)
 * after the simulation of Machado, Oliveira and Fernandes (2009) at full severity.
 */
import { rgb } from './pixels.ts';

type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const SIGHTS = {
  full: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protan: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deutan: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritan: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
} as const satisfies Record<string, Matrix>;

export type Sight = keyof typeof SIGHTS;

const TO_XYZ: Matrix = [
  [0.4124, 0.3576, 0.1805],
  [0.2126, 0.7152, 0.0722],
  [0.0193, 0.1192, 0.9505],
];
const WHITE: Triple = [0.95047, 1, 1.08883];

/** The distance of the two that are nearest to each other. */
export function leastDistance(colours: readonly string[], sight: Sight): number {
  const labs = colours.map((colour) => lab(colour, sight));
  const distances = labs.flatMap((one, index) =>
    labs
      .slice(index + 1)
      .map((other) => Math.hypot(...one.map((each, at) => each - (other[at] ?? 0)))),
  );
  return Math.min(...distances);
}

function lab(colour: string, sight: Sight): readonly number[] {
  const linear = rgb(colour).map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const seen = times(SIGHTS[sight], linear).map((each) => Math.min(1, Math.max(0, each)));
  const [x = 0, y = 0, z = 0] = times(TO_XYZ, seen).map((each, at) => {
    const share = each / (WHITE[at] ?? 1);
    return share > 0.008856 ? Math.cbrt(share) : 7.787 * share + 16 / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

function times(matrix: Matrix, vector: readonly number[]): readonly number[] {
  return matrix.map((row) => row.reduce((sum, each, at) => sum + each * (vector[at] ?? 0), 0));
}
