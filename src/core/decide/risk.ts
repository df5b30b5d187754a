import type { Breach, RiskLimits, RiskVerdict } from '../domain/decision.ts';
import { type Cents, cents, centsToDecimal } from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import type { Weights } from '../domain/weights.ts';
import { limitWeights } from '../rules/limits.ts';
import { weightsOf, writeWeights } from './places.ts';

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
  const { target, universe, equity, limits } = input;
  const tickers = [...target.keys()];
  const limited = writeWeights(target, tickers);
  const breaches: Breach[] = [];
  const exempt = tickers.indexOf(universe.defensive.ticker);
  limitWeights(limited, exempt, equity, limits, (rule, place, from, to) => {
    const cash = cents(Math.round((from - to) * equity));
    breaches.push({ rule, ticker: tickers[place], from, to, cash });
  });
  const weights = positive(weightsOf(limited, tickers));
  return { kind: breaches.length === 0 ? 'approved' : 'trimmed', weights, breaches };
}

function positive(weights: Weights): Weights {
  return new Map([...weights].filter(([, weight]) => weight > 0));
}

function whyRefused({ target, universe, equity }: RiskInput): string | undefined {
  if (equity <= 0) return `equity: expected more than 0, found $${centsToDecimal(equity)}`;
  const known = new Set(tradable(universe).map(({ ticker }) => ticker));
  for (const [ticker, weight] of target) {
    if (!Number.isFinite(weight)) return `${ticker}: expected a finite weight, found ${weight}`;
    if (weight < 0) return `${ticker}: expected a weight of at least 0, found ${weight}`;
    if (!known.has(ticker)) return `${ticker}: expected a ticker of the universe`;
  }
  return undefined;
}
