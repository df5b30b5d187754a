/** The decision on one page: bars and holdings in, the full record of a decision out. Pure. */
import { type Bars, countThrough } from '../domain/bar.ts';
import type {
  Breach,
  Cause,
  Holdings,
  ModelAllocation,
  Outcome,
  PlanRules,
  RiskLimits,
} from '../domain/decision.ts';
import type { AcceptedMoves } from '../domain/findings.ts';
import { keepingSame } from '../domain/kept.ts';
import type { Model, Ranking, Regime } from '../domain/model.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { instruments, type Universe } from '../domain/universe.ts';
import {
  decisionNeeds,
  type Fault,
  findFaults,
  noDecision,
  type RankedUniverse,
  unpriced,
  unrankable,
} from './completeness.ts';
import { rankSectors } from './momentum.ts';
import { planOrders, tickersToTrade } from './plan.ts';
import { allocationsIn, type CarriedAllocations, portfolioIn, targetsNow } from './portfolio.ts';
import { classifyRegime } from './regime.ts';
import { breachesInto, verdictOn } from './risk.ts';

/** All inputs of a decision; equal inputs give an equal decision. */
export interface DecisionInput {
  /** Part of every client order id: letters, digits and hyphens. */
  readonly id: string;
  readonly cause: Cause;
  readonly accountId: string;
  /** The as-of session of the decision: the last complete one. Later bars are not read. */
  readonly asOf: SessionDate;
  readonly bars: Bars;
  /** Tickers whose file was rejected, with the reason. */
  readonly refused?: ReadonlyMap<Ticker, string>;
  /** Days whose move a person has accepted. */
  readonly acceptedMoves?: AcceptedMoves;
  readonly universe: Universe;
  /** At least one. */
  readonly models: readonly Model[];
  /** Models that decide on the same bars but are not traded; none by default. */
  readonly shadows?: readonly Model[];
  /** Allocations that models not rebalancing now keep, by model id; by default all rebalance. */
  readonly carried?: CarriedAllocations;
  readonly holdings: Holdings;
  /** Dollars a share, for sizing; required for every ticker held or targeted. */
  readonly prices: ReadonlyMap<Ticker, number>;
  readonly limits: RiskLimits;
  readonly rules: PlanRules;
  /**
   * Whether fewer than 200 benchmark closes make the regime neutral instead of counting as missing data:
   * only for the first months of a history.
   */
  readonly warmUp: boolean;
}

/**
 * Observes, ranks, combines the models, applies the risk limits and plans. Returns a decision with
 * everything that led to it, or no decision with the ticker, the date expected and the date found: missing
 * data is never a signal.
 * @throws RangeError without a model, or when `asOf` is not a session.
 */
export function decide(input: DecisionInput): Outcome {
  const { id, cause, asOf, bars, universe, models, holdings, prices, limits } = input;
  const { refused, acceptedMoves, warmUp } = input;
  const reading = keptReading({ bars, refused, acceptedMoves, universe, models, asOf, warmUp });
  if (reading.faults) return noDecision(asOf, reading.faults);

  const { regime, rankings, closes } = reading;
  const voting = { models, rankings, regime, universe, carried: input.carried };
  const { equity } = holdings;
  const breaches: Breach[] = [];
  const buffers = targetsNow(voting, { equity, limits }, breachesInto(breaches, universe, equity));
  const votes = allocationsIn(buffers, voting);
  const portfolio = portfolioIn(buffers, universe);
  const verdict = verdictOn(buffers, { universe, equity, breaches, carried: input.carried });

  const missing = unpriced(tickersToTrade(universe, holdings, verdict), prices);
  if (missing.length > 0) return noDecision(asOf, missing);
  const plan = planOrders({ ...input, decisionId: id, verdict });
  const shadows = shadowsOf(input, regime);
  const record = { closes, regime, rankings, votes, portfolio, verdict, holdings, prices, plan };
  return { kind: 'decided', id, cause, asOf, ...record, ...(shadows.length > 0 && { shadows }) };
}

interface BarInput extends Pick<DecisionInput, 'bars' | 'universe' | 'models' | 'asOf' | 'warmUp'> {
  readonly refused?: DecisionInput['refused'] | undefined;
  readonly acceptedMoves?: AcceptedMoves | undefined;
}

/** All that a decision takes from the bars; every refresh asks for it again. */
const keptReading = keepingSame((input: BarInput) => {
  const { bars, universe, models, asOf } = input;
  const ranked = rankedBy(models, universe);
  const faults = faultsOf(input, ranked);
  if (faults.length > 0) return { faults };
  const rankings = ranked.map((each) => rankingOf(each, input));
  return { regime: classifyRegime(input), rankings, closes: closesOn(bars, universe, asOf) };
});

/** Each shadow on its own; missing data of one does not keep the others from deciding. */
function shadowsOf(input: DecisionInput, regime: Regime): readonly ModelAllocation[] {
  const { shadows = [], universe, holdings, limits, carried } = input;
  return shadows.flatMap((model) => {
    const ranked = rankedBy([model], universe);
    if (faultsOf(input, ranked).length > 0) return [];
    const rankings = ranked.map((each) => rankingOf(each, input));
    const voting = { models: [model], rankings, regime, universe, carried };
    return allocationsIn(targetsNow(voting, { equity: holdings.equity, limits }), voting);
  });
}

function faultsOf(input: BarInput, ranked: readonly RankedUniverse[]): readonly Fault[] {
  const { asOf, bars, universe, refused = new Map(), acceptedMoves } = input;
  const others = ranked.filter((each) => each.universe !== universe);
  const lookbacks = ranked.flatMap((each) => (each.universe === universe ? [each.lookback] : []));
  const needs = decisionNeeds({ ...input, lookbacks, others });
  return [
    ...findFaults(bars, refused, asOf, needs, acceptedMoves),
    ...(lookbacks.length > 0 ? unrankable(universe, asOf, lookbacks) : []),
    ...others.flatMap((each) => unrankable(each.universe, asOf, [each.lookback])),
  ];
}

/** Every ranking that a model needs, each once; longest lookback first. */
function rankedBy(models: readonly Model[], universe: Universe): readonly RankedUniverse[] {
  if (models.length === 0) throw new RangeError('decide: expected at least one model, found none');
  const ranked = new Map<string, RankedUniverse>();
  for (const { candidates, parameters } of models) {
    const { lookback } = parameters;
    const key = `${lookback} ${candidates?.map(({ ticker }) => ticker).join() ?? ''}`;
    const own = candidates ? { ...universe, sectors: candidates } : universe;
    if (!ranked.has(key)) ranked.set(key, { universe: own, lookback });
  }
  return [...ranked.values()].sort((a, b) => b.lookback - a.lookback);
}

/** One ranking; it names its candidates if they are not the sectors of the universe. */
function rankingOf(
  { universe, lookback }: RankedUniverse,
  input: Pick<DecisionInput, 'bars' | 'asOf' | 'universe'>,
): Ranking {
  const ranking = rankSectors({ bars: input.bars, universe, asOf: input.asOf, lookback });
  if (universe === input.universe) return ranking;
  return { ...ranking, candidates: universe.sectors.map(({ ticker }) => ticker) };
}

/** The last close of each ticker of the universe, in its order. */
function closesOn(bars: Bars, universe: Universe, asOf: SessionDate): ReadonlyMap<Ticker, number> {
  const closes = new Map<Ticker, number>();
  for (const { ticker } of instruments(universe)) {
    const history = bars.get(ticker);
    const close = history?.close[countThrough(history, asOf) - 1];
    if (close !== undefined) closes.set(ticker, close);
  }
  return closes;
}
