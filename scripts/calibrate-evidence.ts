/**
 * Measures the false positives of the evidence page: how often its sentence claims an edge where there is
 * none, and how often it finds a planted one of 5 % a year. Daily returns resemble Rotor's against SPY:
 * beta 0.78, own volatility 9.8 % a year. `node scripts/calibrate-evidence.ts [UNIVERSES] [YEARS...]`.
 */
import { BLOCK, resample } from '../src/core/evidence/bootstrap.ts';
import { quantileOf } from '../src/core/evidence/moments.ts';
import { mulberry32, nearNormal } from '../src/core/evidence/random.ts';
import { showsEdge } from '../src/core/evidence/words.ts';

const YEAR = 252;
const BETA = 0.78;
const MARKET = { mean: 0.1 / YEAR, deviation: 0.18 / Math.sqrt(YEAR) };
const OWN = 0.09 / Math.sqrt(YEAR);
const EDGE = 0.05;
const RESAMPLES = 400;

const [count = 200, ...asked] = process.argv.slice(2).map(Number);
const lengths = asked.length > 0 ? asked : [5, 10, 20, 40];

for (const years of lengths) {
  const [none, planted] = [seen(years, 0), seen(years, EDGE)];
  const share = (value: number): string => `${((100 * value) / count).toFixed(1)} %`;
  console.log(
    `${years} years, ${count} universes: an edge seen in ${share(none)} of noise, ` +
      `in ${share(planted)} with ${EDGE * 100} % a year planted`,
  );
}

function seen(years: number, edge: number): number {
  let edges = 0;
  for (let universe = 0; universe < count; universe++) if (isSeen(years, edge, universe)) edges++;
  return edges;
}

/** Both grow equally except for the edge: half of the variance is lost to volatility drag. */
function isSeen(years: number, edge: number, universe: number): boolean {
  const draw = nearNormal(mulberry32(1_000_000 * years + universe));
  const sessions = years * YEAR;
  const market = new Float64Array(sessions);
  const ours = new Float64Array(sessions);
  const ownVariance = BETA ** 2 * MARKET.deviation ** 2 + OWN ** 2;
  const mean = MARKET.mean + (ownVariance - MARKET.deviation ** 2) / 2 + edge / YEAR;
  for (let day = 0; day < sessions; day++) {
    const shock = MARKET.deviation * draw();
    market[day] = MARKET.mean + shock;
    ours[day] = mean + BETA * shock + OWN * draw();
  }
  const [samples] = resample([ours], market, { count: RESAMPLES, seed: universe, block: BLOCK });
  const low = quantileOf(samples?.excess ?? new Float64Array(), 0.025);
  return showsEdge({ '0.025': low }, sessions);
}
