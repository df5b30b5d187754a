import type { SessionDate, Ticker } from './units.ts';
import type { Instrument } from './universe.ts';

/** The state of the market, by its benchmark against the 200-session mean. */
export type RegimeKind = 'bull' | 'bear' | 'neutral';

/** The market's state at a close, and the numbers it follows from. */
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
 * Momenta nearer to each other than this are equal: rounding alone tells them apart, and a history
 * that was adjusted again must not change its rank.
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

/** A ticker that is not ranked, and why. */
export interface Exclusion {
  readonly ticker: Ticker;
  readonly reason: string;
}

/** Tickers by momentum at a close, the strongest first. */
export interface Ranking {
  readonly asOf: SessionDate;
  /** Sessions between the two closes of a momentum. */
  readonly lookback: number;
  readonly rankings: readonly RankedTicker[];
  /** Tickers too young to rank, which is not missing data. */
  readonly excluded: readonly Exclusion[];
  /** What was ranked, where a model names its own candidates; absent: the sectors of the universe. */
  readonly candidates?: readonly Ticker[];
}

/** Everything a model may look at. Tickers are places: those of `tradable(universe)`, in its order. */
export interface ModelInput {
  /** Its candidates, ranked over its own lookback, the strongest first. */
  readonly order: Int32Array;
  /** close / past - 1 in the same order, fractions. */
  readonly momentum: Float64Array;
  readonly regime: RegimeKind;
  /** The session of the closes. */
  readonly asOf: SessionDate;
  /** The place where the money goes when no sector qualifies. */
  readonly defensive: number;
  readonly parameters: ModelParameters;
}

/** The numbers a model is tuned by. */
export interface ModelParameters {
  /** Sessions. */
  readonly lookback: number;
  /** How many sectors at most. */
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
  /** Unique among the models of a desk; recorded with every decision. */
  readonly id: string;
  /** Monthly unless given. Between its own rebalances a model keeps its last weights. */
  readonly cadence?: Cadence;
  /** What it ranks in place of the sectors of the universe, in tie-break order; at least one. */
  readonly candidates?: readonly Instrument[];
  /** The market regime in which it votes. */
  readonly activeIn: 'always' | RegimeKind;
  /** Relative to the budgets of the models that are active at the same time. */
  readonly budget: number;
  /** It decides and is followed on paper, and nothing of it is traded, until people say otherwise. */
  readonly shadow?: true;
  readonly parameters: ModelParameters;
  /** Writes weights that sum to 1, before leverage, by place; all are 0 before. */
  weigh(input: ModelInput, weights: Float64Array): void;
}

/** Whether the model works in that regime; one that does not has no say in a decision. */
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
