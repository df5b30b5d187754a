import { type DecisionInput, decide } from '#core/decide/decide.ts';
import type { Bars } from '#core/domain/bar.ts';
import type {
  Decision,
  Holdings,
  NoDecision,
  PlanRules,
  RiskLimits,
} from '#core/domain/decision.ts';
import { dollars, type Qty, type Ticker, ticker, wholeShares } from '#core/domain/units.ts';
import { UNIVERSE } from '#core/domain/universe.ts';
import { MODELS } from '#models/list.ts';
import { AS_OF, lastPrices, market } from './bars.ts';

export const LIMITS: RiskLimits = { maxGross: 1, maxWeight: 0.4, minPosition: dollars(100) };

export const RULES: PlanRules = { fractional: false, minOrder: dollars(10), minDrift: 0.01 };

/** Shares by ticker. */
export function shares(counts: Readonly<Record<string, number>>): ReadonlyMap<Ticker, Qty> {
  return new Map(Object.entries(counts).map(([name, count]) => [ticker(name), wholeShares(count)]));
}

/** An account of that many dollars, all cash unless told otherwise. */
export function account(usd = 100_000, overrides: Partial<Holdings> = {}): Holdings {
  return { equity: dollars(usd), cash: dollars(usd), positions: new Map(), ...overrides };
}

/** Three sectors that rise, an account in cash; sized with the last closes. */
export function decisionInput(overrides: Partial<DecisionInput> = {}): DecisionInput {
  const bars: Bars = overrides.bars ?? market({ XLK: 0.2, XLV: 0.15, XLU: 0.1 });
  return {
    id: 'monthly-2024-07-01',
    cause: 'monthly',
    accountId: 'a1b2c3d4-0000-4000-8000-000000000001',
    asOf: AS_OF,
    universe: UNIVERSE,
    models: MODELS,
    holdings: account(),
    prices: lastPrices(bars),
    limits: LIMITS,
    rules: RULES,
    warmUp: false,
    ...overrides,
    bars,
  };
}

/** The decision, which must be one. */
export function decided(overrides: Partial<DecisionInput> = {}): Decision {
  const outcome = decide(decisionInput(overrides));
  if (outcome.kind !== 'decided') throw new Error(`expected a decision, found: ${outcome.reason}`);
  return outcome;
}

/** The refusal to decide, which must be one. */
export function undecided(overrides: Partial<DecisionInput> = {}): NoDecision {
  const outcome = decide(decisionInput(overrides));
  if (outcome.kind !== 'no-decision') throw new Error('expected no decision, found one');
  return outcome;
}
