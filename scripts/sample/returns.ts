/** Daily returns of every instrument, from the story and one random stream. */
import type { Chance } from './chance.ts';
import {
  PHASES,
  type Phase,
  SECTORS,
  type Sector,
  STYLES,
  type Style,
  TREASURIES,
} from './story.ts';

/** Generated returns of every ticker. */
export interface Returns {
  /** Simple daily returns by ticker, one for each session. */
  readonly byTicker: ReadonlyMap<string, Float64Array>;
  /** Relative volatility of each session: 1 on a usual day. */
  readonly stress: Float64Array;
}

const USUAL = 0.0095;
const STYLE_DEVIATION = 0.0036;
/** GARCH(1,1): weights of yesterday's surprise and of yesterday's variance. */
const SURPRISE = 0.07;
const MEMORY = 0.91;

/** Generates the returns of the story for those sessions; equal random numbers give equal returns. */
export function makeReturns(dates: readonly string[], chance: Chance): Returns {
  const phases = dates.map(phaseOf);
  const market = makeMarket(phases, chance);
  const stress = market.deviation.map((deviation) => 0.35 + (0.65 * deviation) / USUAL);
  const styles = new Map(
    STYLES.map((style) => [style, makeOwn(stress, STYLE_DEVIATION, 0.0004, chance)] as const),
  );
  const byTicker = new Map(
    SECTORS.map((sector) => {
      const own = makeOwn(stress, sector.own, 0.00035, chance);
      return [sector.ticker, sectorReturns(sector, market.returns, styles, own)] as const;
    }),
  );
  neutralise(byTicker, market.returns);
  byTicker.set('SPY', market.returns);
  byTicker.set(TREASURIES.ticker, treasuries(phases, market.returns, styles, stress, chance));
  return { byTicker, stress };
}

function phaseOf(date: string): Phase {
  const phase = PHASES.find(({ until }) => date <= until);
  if (!phase) throw new RangeError(`sample: no phase for ${date}`);
  return phase;
}

/** Clustered volatility, then each phase shifted by a constant to match its given return. */
function makeMarket(
  phases: readonly Phase[],
  chance: Chance,
): { returns: Float64Array; deviation: Float64Array } {
  const returns = new Float64Array(phases.length);
  const deviation = new Float64Array(phases.length);
  let variance = USUAL * USUAL;
  phases.forEach((phase, day) => {
    deviation[day] = Math.sqrt(variance);
    const surprise = (deviation[day] ?? 0) * chance.fatTailed();
    returns[day] = surprise;
    const floor = phase.calm * phase.calm * (1 - SURPRISE - MEMORY);
    variance = floor + SURPRISE * surprise * surprise + MEMORY * variance;
  });
  for (const phase of PHASES) {
    const first = phases.indexOf(phase);
    shift(returns.subarray(first, phases.lastIndexOf(phase) + 1), 1 + phase.total);
  }
  return { returns, deviation };
}

/** Adds to every return the constant with which they compound to `growth`; by bisection. */
function shift(returns: Float64Array, growth: number): void {
  let low = -0.05;
  let high = 0.05;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    const reached = returns.reduce((value, change) => value * (1 + change + middle), 1);
    if (reached < growth) low = middle;
    else high = middle;
  }
  returns.forEach((change, day) => {
    returns[day] = change + low;
  });
}

/**
 * The own return of one style or sector: noise, on a drift that lasts for three to nine months (so that
 * rankings rotate and momentum has meaning) and mean-reverts from extremes.
 */
function makeOwn(
  stress: Float64Array,
  deviation: number,
  spellDrift: number,
  chance: Chance,
): Float64Array {
  const returns = new Float64Array(stress.length);
  let left = 0;
  let drift = 0;
  let level = 0;
  stress.forEach((wildness, day) => {
    if (left === 0) {
      left = 60 + Math.floor(chance.uniform() * 120);
      drift = spellDrift * chance.normal() - level * 0.005;
    }
    left--;
    const change = drift + deviation * wildness * chance.fatTailed();
    level += change;
    returns[day] = change;
  });
  return returns;
}

function sectorReturns(
  { beta, styles: loads }: Sector,
  market: Float64Array,
  styles: ReadonlyMap<Style, Float64Array>,
  own: Float64Array,
): Float64Array {
  return market.map((change, day) => {
    let sum = beta * change + (own[day] ?? 0);
    for (const style of STYLES) sum += (loads[style] ?? 0) * (styles.get(style)?.[day] ?? 0);
    return sum;
  });
}

/**
 * Shifts the sectors of each day together so that their weighted sum, listed or not, is the market: the
 * remainder of styles and noise is only relative between sectors.
 */
function neutralise(sectors: ReadonlyMap<string, Float64Array>, market: Float64Array): void {
  const total = SECTORS.reduce((sum, { share }) => sum + share, 0);
  market.forEach((change, day) => {
    let sum = 0;
    for (const { ticker, share } of SECTORS) sum += share * (sectors.get(ticker)?.[day] ?? 0);
    const excess = sum / total - change;
    for (const returns of sectors.values()) returns[day] = (returns[day] ?? 0) - excess;
  });
}

function treasuries(
  phases: readonly Phase[],
  market: Float64Array,
  styles: ReadonlyMap<Style, Float64Array>,
  stress: Float64Array,
  chance: Chance,
): Float64Array {
  const own = makeOwn(stress, TREASURIES.own, 0.0002, chance);
  const rates = styles.get('rates') ?? new Float64Array(phases.length);
  return market.map(
    (change, day) =>
      (phases[day]?.treasuries ?? 0) +
      TREASURIES.beta * change +
      TREASURIES.rates * (rates[day] ?? 0) +
      (own[day] ?? 0),
  );
}
