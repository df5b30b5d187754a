import type { SessionDate, Ticker } from './units.ts';
import type { Instrument } from './universe.ts';

/** The state of the market: the benchmark against its 200-session mean. */
export type RegimeKind = 'bull' | 'bear' | 'neutral';

/** The state of the market at a close, and the numbers behind it. */
export interface Regime {
  readonly kind: RegimeKind;
  /** The benchmark's last close, in dollars. */
  readonly close: number;
  /** Mean of its last 200 closes, the last included; undefined with fewer. */
  readonly mean200: number | undefined;
  /** close / mean200 - 1, a fraction. */
  readonly distance: number | undefined;
  /** close[last] / close[last - 126] - 1, a fraction. */
  readonly momentum126: number | undefined;
}

/**
 * Momenta closer than this are equal: only rounding separates them, and re-adjusting a history must not
 * change its rank.
 */
export const MOMENTUM_EPSILON = 1e-12;

/** A ticker and its place in a ranking by momentum. */
export interface RankedTicker {
  /** 1 is the strongest. */
  readonly rank: number;
  readonly ticker: Ticker;
  /** close / past - 1, a fraction. */
  readonly momentum: number;
  readonly close: number;
  /** The close `lookback` sessions before. */
  readonly past: number;
  readonly pastDate: SessionDate;
}

/** A ticker that is not ranked, and the reason. */
export interface Exclusion {
  readonly ticker: Ticker;
  readonly reason: string;
}

/** Tickers ranked by momentum at a close, strongest first. */
export interface Ranking {
  readonly asOf: SessionDate;
  /** Sessions between the two closes of a momentum. */
  readonly lookback: number;
  readonly rankings: readonly RankedTicker[];
  /** Tickers with too short a history to rank, which is not missing data. */
  readonly excluded: readonly Exclusion[];
  /** The tickers ranked, where a model names its own candidates; absent: the sectors of the universe. */
  readonly candidates?: readonly Ticker[];
}

/** All inputs of a model. Tickers are indices into `tradable(universe)`. */
export interface ModelInput {
  /** Its candidates, ranked over its own lookback, strongest first. */
  readonly order: Int32Array;
  /** close / past - 1 in the same order, fractions. */
  readonly momentum: Float64Array;
  readonly regime: RegimeKind;
  /** The session of the closes. */
  readonly asOf: SessionDate;
  /** Index of the asset to hold when no sector qualifies. */
  readonly defensive: number;
  readonly parameters: ModelParameters;
}

/** The tunable parameters of a model. */
export interface ModelParameters {
  /** Sessions. */
  readonly lookback: number;
  /** Maximum number of sectors. */
  readonly top: number;
  /** Fraction; a sector qualifies at or above it. */
  readonly minimumMomentum: number;
  /** Multiplies the model's weights in the portfolio. */
  readonly leverage: number;
}

/** How often a model rebalances: on the first session of each month, or of each week. */
export type Cadence = 'monthly' | 'weekly';

/** A trading model. Pure: equal input, equal weights. */
export interface Model {
  /** Unique among the configured models; recorded with every decision. */
  readonly id: string;
  /** Monthly by default. Between its own rebalances a model keeps its last weights. */
  readonly cadence?: Cadence;
  /** Ranked in place of the sectors of the universe, in tie-break order; at least one. */
  readonly candidates?: readonly Instrument[];
  /** The market regime in which it is active. */
  readonly activeIn: 'always' | RegimeKind;
  /** Relative to the budgets of the models that are active at the same time. */
  readonly budget: number;
  /** It decides and is tracked on paper, but is not traded until people approve it. */
  readonly shadow?: true;
  readonly parameters: ModelParameters;
  /** Writes weights that sum to 1, before leverage, by index; all are 0 on entry. */
  weigh(input: ModelInput, weights: Float64Array): void;
}

/** Whether the model is active in that regime; an inactive one takes no part in a decision. */
export function isActive(model: Pick<Model, 'activeIn'>, regime: RegimeKind): boolean {
  return model.activeIn === 'always' || model.activeIn === regime;
}

/** The model's cadence, monthly where it names none. */
export function cadenceOf({ cadence = 'monthly' }: Pick<Model, 'cadence'>): Cadence {
  return cadence;
}

/** The ranking of the model's own candidates over its own lookback, or undefined. */
export function rankingFor(
  { candidates, parameters }: Pick<Model, 'candidates' | 'parameters'>,
  rankings: readonly Ranking[],
): Ranking | undefined {
  const wanted = candidates?.map(({ ticker }) => ticker).join();
  return rankings.find(
    (each) => each.lookback === parameters.lookback && each.candidates?.join() === wanted,
  );
}
