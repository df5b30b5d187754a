/** Thins out long histories for small charts. */

/** More points cannot be told apart on 550 pixels. */
const MAX_POINTS = 400;

/**
 * Indices of the points to draw, ascending: the first, the last and, in each stretch between, the minimum
 * and maximum of every measure, so that no peak or trough is lost. All of them if there are few.
 */
export function thinned<P>(
  points: readonly P[],
  measures: readonly ((point: P) => number | undefined)[],
  most = MAX_POINTS,
): readonly number[] {
  const all = points.map((_, index) => index);
  if (points.length <= most) return all;
  const stretches = Math.max(1, Math.floor((most - 2) / (2 * measures.length)));
  const size = points.length / stretches;
  const kept = new Set([0, points.length - 1]);
  for (let stretch = 0; stretch < stretches; stretch += 1) {
    const places = all.slice(Math.floor(stretch * size), Math.floor((stretch + 1) * size));
    for (const measure of measures) {
      for (const place of extremes(points, places, measure)) kept.add(place);
    }
  }
  return [...kept].sort((a, b) => a - b);
}

function extremes<P>(
  points: readonly P[],
  places: readonly number[],
  measure: (point: P) => number | undefined,
): readonly number[] {
  let [least, most]: [number | undefined, number | undefined] = [undefined, undefined];
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const place of places) {
    const point = points[place];
    const value = point === undefined ? undefined : measure(point);
    if (value === undefined) continue;
    if (value < low) [low, least] = [value, place];
    if (value > high) [high, most] = [value, place];
  }
  return [least, most].filter((place) => place !== undefined);
}
