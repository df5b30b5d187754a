/** Why one sector is chosen or not, model by model, and the close that would change it. */
import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import type { Decision } from '../domain/decision.ts';
import {
  isActive,
  type Model,
  type RankedTicker,
  type Ranking,
  rankingFor,
} from '../domain/model.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs, SessionDate, Ticker } from '../domain/units.ts';
import { sectorOf, type Universe } from '../domain/universe.ts';
import type { Weights } from '../domain/weights.ts';
import { qualifies } from './measure.ts';

/** Momenta are fractions, prices dollars a share. */
export interface Explanation {
  readonly modelId: string;
  /** Undefined while no regime is known. */
  readonly active: boolean | undefined;
  readonly lookback: number;
  readonly top: number;
  readonly minimum: number;
  readonly asOf: SessionDate;
  readonly own: RankedTicker;
  /** Qualifies: among the top, at or above the minimum. */
  readonly chosen: boolean;
  readonly cutOff: CutOff;
  /** Own momentum less the cut-off's. */
  readonly gap: number;
  /** Own close less the close at which the gap would be 0. */
  readonly gapUsd: number;
  readonly flip: ModelFlip;
  /** Its weight by the model in the decision being explained; undefined without one. */
  readonly voted: number | undefined;
}

/** The required momentum, a fraction. */
export interface CutOff {
  readonly momentum: number;
  /** The last rank that the model has room for, or the last existing one. */
  readonly last: RankedTicker;
  /** That rank is below the model's minimum: the minimum is the cut-off, and that ticker is not selected. */
  readonly isMinimum: boolean;
}

/** The close beyond which the model would change its selection, all other closes being equal. */
export interface ModelFlip {
  readonly momentum: number;
  readonly close: number;
  /** The ticker at that momentum; undefined when it is the model's minimum. */
  readonly rival: Ticker | undefined;
}

/** Why a ticker is held or not: its place in each ranking and the last decisions about it. */
export interface ExplainView {
  readonly mode: Mode;
  readonly source: string;
  readonly ticker: string;
  readonly sector: string | undefined;
  /** Undefined until the broker has answered once. */
  readonly held: boolean | undefined;
  /** `unknown` is a ticker that Rotor neither trades nor reads. */
  readonly role: 'sector' | 'defensive' | 'benchmark' | 'unknown';
  readonly models: readonly Explanation[];
  /** Why models exclude it: too short a history for their lookback. */
  readonly excluded: readonly string[];
  readonly missing: string | undefined;
  /** The decision being explained; undefined for the current state. */
  readonly decision: TickerInDecision | undefined;
}

/** The ticker in one decision; weights are fractions of equity. */
export interface TickerInDecision {
  readonly id: string;
  readonly at: EpochMs;
  /** Before the risk limits, and after them. */
  readonly target: number;
  readonly final: number;
  /** Undefined where it was neither held nor wanted. */
  readonly action: 'buy' | 'sell' | 'stay' | undefined;
  readonly why: string | undefined;
}

/** The sources of an explanation. */
type Basis = Pick<Observation['data'], 'source' | 'regime' | 'rankings' | 'missing'> & {
  readonly mode: Mode;
  readonly universe: Universe;
  readonly held: (ticker: string) => boolean | undefined;
  readonly decided: { readonly decision: Decision; readonly at: EpochMs } | undefined;
};

/** Every model's view of one ticker, from the last observation. */
export function explainView(
  seen: Observation,
  models: readonly Model[],
  asked: string,
): ExplainView {
  const held = (ticker: string): boolean | undefined =>
    seen.account && seen.positions.some((each) => each.ticker === ticker);
  return explainOn(
    { ...seen.data, mode: seen.mode, universe: seen.universe, held, decided: undefined },
    models,
    asked,
  );
}

/** The same as that decision saw it; undefined where the book does not have the decision. */
export function explainInDecision(
  book: AccountState,
  id: string,
  seen: Pick<Observation, 'mode' | 'data' | 'universe'>,
  models: readonly Model[],
  asked: string,
): ExplainView | undefined {
  const decided = book.rebalances.get(id);
  if (!decided) return undefined;
  const { regime, rankings, holdings } = decided.decision;
  const basis: Basis = {
    source: seen.data.source,
    mode: seen.mode,
    universe: seen.universe,
    regime,
    rankings,
    missing: undefined,
    held: (ticker) => [...holdings.positions].some(([each, qty]) => each === ticker && qty !== 0),
    decided,
  };
  return explainOn(basis, models, asked);
}

function explainOn(basis: Basis, models: readonly Model[], asked: string): ExplainView {
  const ticker = asked.trim().toUpperCase();
  const { universe } = basis;
  const known = [...universe.sectors, universe.defensive, universe.benchmark];
  const found = known.find((each) => each.ticker === ticker)?.ticker;
  const { mode, source, missing, rankings, decided } = basis;
  const left = rankings.flatMap(({ excluded }) =>
    excluded.filter((each) => each.ticker === ticker),
  );
  return {
    mode,
    source,
    ticker,
    sector: found && sectorOf(universe, found),
    held: basis.held(ticker),
    role: roleOf(universe, ticker),
    models: models.flatMap((model) => {
      const ranking = rankingFor(model, rankings);
      return ranking ? explain(model, ranking, ticker, basis) : [];
    }),
    excluded: [...new Set(left.map(({ reason }) => reason))],
    missing: missing?.reason,
    decision: decided && inDecision(decided, ticker),
  };
}

function inDecision(
  { decision, at }: NonNullable<Basis['decided']>,
  ticker: string,
): TickerInDecision {
  const weight = (weights: Weights): number =>
    [...weights].find(([each]) => each === ticker)?.[1] ?? 0;
  const line = decision.plan.lines.find((each) => each.ticker === ticker);
  return {
    id: decision.id,
    at,
    target: weight(decision.portfolio.target),
    final: weight(decision.verdict.weights),
    action: line?.action,
    why: line?.why,
  };
}

function roleOf(universe: Universe, ticker: string): ExplainView['role'] {
  if (ticker === universe.defensive.ticker) return 'defensive';
  if (ticker === universe.benchmark.ticker) return 'benchmark';
  return universe.sectors.some((each) => each.ticker === ticker) ? 'sector' : 'unknown';
}

function explain(
  model: Model,
  { rankings, asOf }: Ranking,
  ticker: string,
  { regime, decided }: Basis,
): readonly Explanation[] {
  const { lookback, top, minimumMomentum: minimum } = model.parameters;
  const own = rankings.find((each) => each.ticker === ticker);
  const last = rankings[Math.min(top, rankings.length) - 1];
  if (!own || !last) return [];
  const cutOff = cutOffAt(last, model.parameters);
  const vote = decided?.decision.votes.find(({ id }) => id === model.id);
  const gap = own.momentum - cutOff.momentum;
  return [
    {
      modelId: model.id,
      active: regime && isActive(model, regime.kind),
      lookback,
      top,
      minimum,
      asOf,
      own,
      chosen: qualifies(own, model.parameters),
      cutOff,
      gap,
      gapUsd: gap * own.past,
      flip: flipOf(own, rivalOf(own, rankings, top), minimum),
      voted: vote && (vote.weights.get(own.ticker) ?? 0),
    },
  ];
}

function cutOffAt(last: RankedTicker, parameters: Model['parameters']): CutOff {
  const isMinimum = !qualifies(last, parameters);
  return { momentum: isMinimum ? parameters.minimumMomentum : last.momentum, last, isMinimum };
}

/** For a selected ticker, the first one below the cut-off; for another, the last one above it. */
function rivalOf(
  own: RankedTicker,
  rankings: readonly RankedTicker[],
  top: number,
): RankedTicker | undefined {
  return own.rank <= top ? rankings[top] : rankings[top - 1];
}

function flipOf(own: RankedTicker, rival: RankedTicker | undefined, minimum: number): ModelFlip {
  const beats = rival !== undefined && rival.momentum >= minimum;
  const momentum = beats ? rival.momentum : minimum;
  return { momentum, close: own.past * (1 + momentum), rival: beats ? rival.ticker : undefined };
}
