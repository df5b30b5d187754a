import type { Breach, RiskLimits, RiskVerdict } from '../domain/decision.ts';
import { type Cents, cents, type Ticker } from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import { gross, WEIGHT_EPSILON, type Weights } from '../domain/weights.ts';

/** Target weights and the limits they are checked against. */
export interface RiskInput {
  readonly target: Weights;
  readonly universe: Universe;
  readonly equity: Cents;
  readonly limits: RiskLimits;
}

/**
 * The last word on a target: caps each sector at `maxWeight` (the defensive asset is exempt), the sum
 * at `maxGross`, and drops positions under `minPosition`. What a trim frees stays in cash; it is not
 * spread over the others. Remembers nothing between calls, so it can never lock itself up.
 * Refuses a target that is not long-only and finite, and an account without equity.
 */
export function applyRiskLimits(input: RiskInput): RiskVerdict {
  const reason = whyRefused(input);
  if (reason !== undefined) return { kind: 'refused', weights: new Map(), breaches: [], reason };
  const breaches: Breach[] = [];
  const report = (rule: Breach['rule'], ticker: Ticker | undefined, from: number, to: number) => {
    breaches.push({ rule, ticker, from, to, cash: cents(Math.round((from - to) * input.equity)) });
  };
  const capped = capSectors(input, report);
  const bounded = capGross(capped, input.limits.maxGross, report);
  const weights = dropSmall(bounded, input, report);
  return { kind: breaches.length === 0 ? 'approved' : 'trimmed', weights, breaches };
}

type Report = (rule: Breach['rule'], ticker: Ticker | undefined, from: number, to: number) => void;

function whyRefused({ target, universe, equity }: RiskInput): string | undefined {
  if (equity <= 0) return `equity: expected more than 0, found ${equity} cents`;
  const known = new Set(tradable(universe).map(({ ticker }) => ticker));
  for (const [ticker, weight] of target) {
    if (!Number.isFinite(weight)) return `${ticker}: expected a finite weight, found ${weight}`;
    if (weight < 0) return `${ticker}: expected a weight of at least 0, found ${weight}`;
    if (!known.has(ticker)) return `${ticker}: expected a ticker of the universe`;
  }
  return undefined;
}

function capSectors({ target, universe, limits }: RiskInput, report: Report): Weights {
  const cap = (ticker: Ticker, weight: number): number => {
    const exempt = ticker === universe.defensive.ticker;
    if (exempt || weight <= limits.maxWeight + WEIGHT_EPSILON) return weight;
    report('MAX_WEIGHT', ticker, weight, limits.maxWeight);
    return limits.maxWeight;
  };
  return new Map([...target].map(([ticker, weight]) => [ticker, cap(ticker, weight)]));
}

/** The portfolio has scaled its target already; this holds for any other as well. */
function capGross(weights: Weights, maxGross: number, report: Report): Weights {
  const sum = gross(weights);
  if (sum <= maxGross + WEIGHT_EPSILON) return weights;
  report('MAX_GROSS', undefined, sum, maxGross);
  return new Map([...weights].map(([ticker, weight]) => [ticker, (weight / sum) * maxGross]));
}

function dropSmall(weights: Weights, { equity, limits }: RiskInput, report: Report): Weights {
  const kept = new Map<Ticker, number>();
  for (const [ticker, weight] of weights) {
    if (weight * equity >= limits.minPosition && weight > 0) kept.set(ticker, weight);
    else if (weight > 0) report('MIN_POSITION_USD', ticker, weight, 0);
  }
  return kept;
}
