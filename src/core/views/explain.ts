/** Why one sector is chosen or not, model by model, and the close that would change it. */
import type { Mode } from '../domain/account.ts';
import { isActive, type Model, type RankedTicker, type Ranking } from '../domain/model.ts';
import type { Observation } from '../domain/observation.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { UNIVERSE } from '../domain/universe.ts';
import { sectorOf } from './measure.ts';

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
  /** The last rank that the model takes, or the last there is. */
  readonly cutOff: RankedTicker;
  /** Own momentum less the cut-off's. */
  readonly gap: number;
  /** Own close less the close at which the gap would be 0. */
  readonly gapUsd: number;
  readonly flip: Flip;
}

/** With every other close as it is, the model changes its mind beyond `close`. */
export interface Flip {
  readonly momentum: number;
  readonly close: number;
  /** The rival at that momentum; undefined when it is the model's minimum. */
  readonly rival: Ticker | undefined;
}

export interface ExplainView {
  readonly mode: Mode;
  readonly source: string;
  readonly ticker: string;
  readonly sector: string | undefined;
  /** Undefined until the broker has answered once. */
  readonly held: boolean | undefined;
  /** `stranger` is nothing that Rotor trades or reads. */
  readonly role: 'sector' | 'defensive' | 'benchmark' | 'stranger';
  readonly models: readonly Explanation[];
  /** Why models leave it out: too young for their lookback. */
  readonly excluded: readonly string[];
  readonly missing: string | undefined;
}

/** Every model's view of one ticker, from the last observation. */
export function explainView(
  seen: Observation,
  models: readonly Model[],
  asked: string,
): ExplainView {
  const ticker = asked.trim().toUpperCase();
  const known = [...UNIVERSE.sectors, UNIVERSE.defensive, UNIVERSE.benchmark];
  const found = known.find((each) => each.ticker === ticker)?.ticker;
  const { source, missing, rankings } = seen.data;
  const left = rankings.flatMap(({ excluded }) =>
    excluded.filter((each) => each.ticker === ticker),
  );
  return {
    mode: seen.mode,
    source,
    ticker,
    sector: found && sectorOf(found),
    held: seen.account && seen.positions.some((each) => each.ticker === ticker),
    role: roleOf(ticker),
    models: models.flatMap((model) => {
      const ranking = rankings.find(({ lookback }) => lookback === model.parameters.lookback);
      return ranking ? explain(model, ranking, ticker, seen) : [];
    }),
    excluded: [...new Set(left.map(({ reason }) => reason))],
    missing: missing?.reason,
  };
}

function roleOf(ticker: string): ExplainView['role'] {
  if (ticker === UNIVERSE.defensive.ticker) return 'defensive';
  if (ticker === UNIVERSE.benchmark.ticker) return 'benchmark';
  return UNIVERSE.sectors.some((each) => each.ticker === ticker) ? 'sector' : 'stranger';
}

function explain(
  model: Model,
  { rankings, asOf }: Ranking,
  ticker: string,
  seen: Observation,
): readonly Explanation[] {
  const { lookback, top, minimumMomentum: minimum } = model.parameters;
  const own = rankings.find((each) => each.ticker === ticker);
  const cutOff = rankings[Math.min(top, rankings.length) - 1];
  if (!own || !cutOff) return [];
  const regime = seen.data.regime;
  const chosen = own.rank <= top && own.momentum >= minimum;
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
      chosen,
      cutOff,
      gap,
      gapUsd: gap * own.past,
      flip: flipOf(own, rivalOf(own, rankings, top), minimum),
    },
  ];
}

/** Among the top: the first below the line pushes it out. Below: the last above is to be beaten. */
function rivalOf(
  own: RankedTicker,
  rankings: readonly RankedTicker[],
  top: number,
): RankedTicker | undefined {
  return own.rank <= top ? rankings[top] : rankings[top - 1];
}

function flipOf(own: RankedTicker, rival: RankedTicker | undefined, minimum: number): Flip {
  const beats = rival !== undefined && rival.momentum >= minimum;
  const momentum = beats ? rival.momentum : minimum;
  return { momentum, close: own.past * (1 + momentum), rival: beats ? rival.ticker : undefined };
}
