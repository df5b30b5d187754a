import type { Breach, RiskVerdict } from '../domain/decision.ts';
import { placesIn, weightsOf } from '../domain/places.ts';
import { type Cents, cents, centsToDecimal, type Ticker } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import type { Weights } from '../domain/weights.ts';
import { type ReportTrim, unsoundPlace } from '../rules/limits.ts';
import type { TargetBuffers } from '../rules/rebalance.ts';
import type { CarriedAllocations } from './portfolio.ts';

/** Records the reductions by the limits as breaches, with the cash that each one frees. */
export function breachesInto(breaches: Breach[], universe: Universe, equity: Cents): ReportTrim {
  const tickers = placesIn(universe);
  return (rule, place, from, to) => {
    const cash = cents(Math.round((from - to) * equity));
    breaches.push({ rule, ticker: tickers[place], from, to, cash });
  };
}

/** Inputs of the risk limits. */
export interface RiskInput {
  readonly universe: Universe;
  readonly equity: Cents;
  readonly breaches: readonly Breach[];
  readonly carried?: CarriedAllocations | undefined;
}

/**
 * The final check of a target. Rejects a target that is not long-only and finite or that contains
 * untradable tickers, and an account without equity.
 */
export function verdictOn(buffers: TargetBuffers, judged: RiskInput): RiskVerdict {
  const reason = refusalReason(buffers, judged);
  if (reason !== undefined) return { kind: 'refused', weights: new Map(), breaches: [], reason };
  const { breaches, universe } = judged;
  const weights = weightsOf(buffers.target, placesIn(universe));
  return { kind: breaches.length === 0 ? 'approved' : 'trimmed', weights, breaches };
}

function refusalReason(
  { blended, isSound }: TargetBuffers,
  { universe, equity, carried = new Map() }: RiskInput,
): string | undefined {
  if (equity <= 0)
    return `managed equity: expected more than $0, found $${centsToDecimal(equity)}, after RESERVE_USD and MAX_MANAGED_USD`;
  const tickers = placesIn(universe);
  if (!isSound) {
    const place = unsoundPlace(blended);
    const weight = blended[place] ?? Number.NaN;
    const expected = Number.isFinite(weight) ? 'a weight of at least 0' : 'a finite weight';
    return `${tickers[place] ?? 'weights'}: expected ${expected}, found ${weight}`;
  }
  const foreign = [...carried.values()]
    .flatMap(({ weights }: { weights: Weights }): Ticker[] => [...weights.keys()])
    .find((ticker) => !tickers.includes(ticker));
  return foreign && `${foreign}: expected a ticker of the universe`;
}
