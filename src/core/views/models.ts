/** Each model: whether it is active and why, its current target, and its weights in the last decision. */
import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import {
  isActive,
  type Model,
  type ModelParameters,
  type RegimeKind,
  rankingFor,
} from '../domain/model.ts';
import { weightsByRanking } from '../domain/model-input.ts';
import { shadowModels, tradingModels } from '../domain/model-role.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs, SessionDate } from '../domain/units.ts';
import type { Weights } from '../domain/weights.ts';
import { fraction, type LastOutcome, lastOutcome, lastVoted } from './measure.ts';

/** One model: its settings, its share now, and its weights at the last and the next rebalance. */
export interface ModelCard {
  readonly id: string;
  readonly activeIn: Model['activeIn'];
  /** It decides but is not traded. */
  readonly shadow: boolean;
  /** Undefined while no regime is known. */
  readonly active: boolean | undefined;
  readonly budget: number;
  /** Its share of the active budgets, 0 while inactive or a shadow; undefined without a regime. */
  readonly share: number | undefined;
  readonly parameters: ModelParameters;
  /** The weights it would choose on today's rankings, active or not; undefined without a ranking. */
  readonly wanted: Weights | undefined;
  /** In the last decision that involved the models; undefined before there is one. */
  readonly lastVote:
    | { readonly active: boolean; readonly share: number; readonly weights: Weights }
    | undefined;
}

/** Every model in the order of the configuration. */
export interface ModelsView {
  readonly mode: Mode;
  readonly source: string;
  readonly asOf: SessionDate | undefined;
  readonly at: EpochMs;
  readonly regime: RegimeKind | undefined;
  readonly models: readonly ModelCard[];
  readonly lastRebalance: LastOutcome | undefined;
  readonly nextRebalance: Observation['nextRebalance'];
  /** Why no decision is possible now; a sentence. */
  readonly missing: string | undefined;
}

/** The view of the models under the last observed regime. */
export function modelsView(
  book: AccountState,
  seen: Observation,
  models: readonly Model[],
): ModelsView {
  const { source, asOf, regime, missing } = seen.data;
  return {
    mode: seen.mode,
    source,
    asOf,
    at: seen.at,
    regime: regime?.kind,
    models: cards(models, book, seen),
    lastRebalance: lastOutcome(book),
    nextRebalance: seen.nextRebalance,
    missing: missing?.reason,
  };
}

function cards(models: readonly Model[], book: AccountState, seen: Observation) {
  const trading = tradingModels(models, book.modelRoles);
  return [...trading, ...shadowModels(models, book.modelRoles)].map((model) =>
    card(model, trading, book, seen),
  );
}

function card(
  model: Model,
  trading: readonly Model[],
  book: AccountState,
  seen: Observation,
): ModelCard {
  const { id, activeIn, budget, parameters, shadow = false } = model;
  const regime = seen.data.regime?.kind;
  const active = regime && isActive(model, regime);
  const { votes = [], shadows = [] } = lastVoted(book)?.decision ?? {};
  const vote = [...votes, ...shadows].find((each) => each.id === id);
  return {
    id,
    activeIn,
    shadow,
    active,
    budget,
    share: regime && (active && !shadow ? fraction(budget, budgets(trading, regime)) : 0),
    parameters,
    wanted: wantedOf(model, seen),
    lastVote: vote && { active: vote.active, share: vote.share, weights: vote.weights },
  };
}

function budgets(models: readonly Model[], regime: RegimeKind): number {
  return models
    .filter((model) => isActive(model, regime))
    .reduce((sum, model) => sum + model.budget, 0);
}

function wantedOf(model: Model, { data, universe }: Observation): Weights | undefined {
  const { regime, rankings } = data;
  const ranking = rankingFor(model, rankings);
  if (!regime || !ranking) return undefined;
  return weightsByRanking(model, ranking, regime.kind, universe);
}
