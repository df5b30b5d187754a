/**
 * The lower bound of the rules: one bare loop on typed arrays for whole shares and one model; not part of
 * Rotor.
 */
import type { History } from '../../src/core/backtest/history.ts';
import type { Point } from '../../src/core/evidence/sweep.ts';
import type { BacktestSetup } from '../../src/core/evidence/trial.ts';

/** The bare loop: ranks, weighs, sizes, fills and values each day. Returns the final value in cents. */
export function floorRun(
  { history, from, to, equity }: BacktestSetup,
  [lookback, top, min]: Point,
): number {
  const { panel } = history;
  const starts = history.starts(1);
  const ready = history.readiness([{ lookback }]);
  const places = panel.tickers.length - 1;
  const held = new Float64Array(places);
  const weights = new Float64Array(places);
  const curve = new Float64Array(to - from + 1);
  let cash: number = equity;
  let isDue = true;
  for (let row = from; row <= to; row++) {
    if (starts[row]) isDue = true;
    if (isDue && ready(row - 1)) {
      isDue = false;
      rankBare(history, row - 1, [lookback, top, min], weights);
      cash = tradeBare(history, row, held, weights, cash);
    }
    let worth = cash;
    for (let place = 0; place < places; place++) {
      const shares = held[place] ?? 0;
      if (shares !== 0) {
        worth += Math.floor((shares * (panel.closeMicros[place]?.[row] ?? 0) + 5_000) / 10_000);
      }
    }
    curve[row - from] = worth;
  }
  return curve.at(-1) ?? 0;
}

function rankBare({ panel }: History, row: number, point: Point, weights: Float64Array): void {
  const [lookback, top, min] = point;
  const momenta: [number, number][] = [];
  for (const place of panel.sectors) {
    if (row - (panel.listed[place] ?? 0) < lookback) continue;
    const closes = panel.close[place];
    momenta.push([place, (closes?.[row] ?? 0) / (closes?.[row - lookback] ?? 1) - 1]);
  }
  momenta.sort((one, other) => other[1] - one[1] || one[0] - other[0]);
  const chosen = momenta.slice(0, top).filter(([, momentum]) => momentum >= min - 1e-12);
  weights.fill(0);
  for (const [place] of chosen) weights[place] = Math.min(0.4, 1 / chosen.length);
  if (chosen.length === 0) weights[panel.defensive] = 1;
}

function tradeBare(
  { panel }: History,
  row: number,
  held: Float64Array,
  weights: Float64Array,
  begin: number,
): number {
  const open = (place: number): number => panel.open[place]?.[row] ?? Number.NaN;
  const equity = begin + heldBare(panel, row, held);
  const changes = new Float64Array(held.length);
  for (let place = 0; place < held.length; place++) {
    changes[place] = changeBare(held[place] ?? 0, weights[place] ?? 0, open(place), equity);
  }
  const sells = picked(changes, -1);
  const proceeds = sells.reduce((sum, [place, shares]) => sum + value(shares, open(place)), 0);
  const buys = picked(changes, 1);
  fitBare(buys, Math.floor((begin + proceeds) * (1 - 0.0075)), open);
  let cash = begin;
  for (const [place, shares] of sells) {
    cash += value(shares, open(place) * (1 - 5 / 10_000));
    held[place] = (held[place] ?? 0) - shares;
  }
  const dear = (place: number): number => open(place) * (1 + 5 / 10_000);
  const planned = buys.filter(([place, shares]) => value(shares, open(place)) >= 1_000);
  fitBare(planned, cash, dear);
  for (const [place, shares] of planned) {
    const cost = value(shares, dear(place));
    if (shares === 0 || cost < 1_000) continue;
    cash -= cost;
    held[place] = (held[place] ?? 0) + shares;
  }
  return cash;
}

/** Indices and sizes of the changes with that sign. */
function picked(changes: Float64Array, sign: 1 | -1): [number, number][] {
  const found: [number, number][] = [];
  for (let place = 0; place < changes.length; place++) {
    const size = (changes[place] ?? 0) * sign;
    if (size > 0) found.push([place, size]);
  }
  return found;
}

function heldBare(panel: History['panel'], row: number, held: Float64Array): number {
  let worth = 0;
  for (let place = 0; place < held.length; place++) {
    const shares = held[place] ?? 0;
    if (shares !== 0) worth += value(shares, panel.open[place]?.[row] ?? Number.NaN);
  }
  return worth;
}

function value(shares: number, price: number): number {
  return Math.floor((shares * Math.round(price * 1e6) + 5_000) / 10_000);
}

/** Change in whole shares; 0 stays 0. */
function changeBare(has: number, weight: number, price: number, equity: number): number {
  if (weight === 0) return has === 0 ? 0 : -has;
  if (Math.abs(weight - (has * price * 100) / equity) < 0.01 - 1e-9) return 0;
  const target = Math.floor(((weight * (equity / 100)) / price) * 1e9 * (1 + 1e-14)) / 1e9;
  const change = Math.floor(target - has);
  return value(Math.abs(change), price) < 1_000 ? 0 : change;
}

function fitBare(
  buys: [number, number][],
  available: number,
  price: (place: number) => number,
): void {
  let cost = 0;
  for (const [place, shares] of buys) cost += value(shares, price(place));
  if (cost <= available) return;
  const factor = Math.max(0, available - buys.length) / cost;
  for (const buy of buys) buy[1] = Math.floor(buy[1] * factor);
}
