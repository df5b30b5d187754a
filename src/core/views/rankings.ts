import type { Mode } from '../domain/account.ts';
import type { AccountState } from '../domain/account-state.ts';
import { type Exclusion, isActive, type Model, type Ranking, rankingFor } from '../domain/model.ts';
import type { Observation } from '../domain/observation.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import { sectorOf } from '../domain/universe.ts';
import { qualifies } from './measure.ts';

/** One ticker in a ranking. */
export interface RankingRow {
  readonly rank: number;
  readonly ticker: Ticker;
  readonly sector: string | undefined;
  /** A fraction. */
  readonly momentum: number;
  readonly held: boolean;
  /** Above the cut-off: the model would hold it now. */
  readonly chosen: boolean;
}

/** The sectors as ranked by one model. */
export interface RankingTable {
  readonly modelId: string;
  /** Undefined while no regime is known. */
  readonly active: boolean | undefined;
  readonly lookback: number;
  readonly top: number;
  /** A fraction. */
  readonly minimum: number;
  readonly rows: readonly RankingRow[];
  /** Number of rows above the line; 0 moves the model into the defensive asset. */
  readonly cutOff: number;
  readonly defensive: Ticker;
  readonly excluded: readonly Exclusion[];
}

/** The rankings of the models on the last session's closes. */
export interface RankingsView {
  readonly mode: Mode;
  readonly source: string;
  readonly asOf: SessionDate | undefined;
  /** One for each model whose ranking is known, in the order of the models. */
  readonly tables: readonly RankingTable[];
  /** Why no decision is possible now; a sentence. */
  readonly missing: string | undefined;
}

/** The sectors as each model ranks them, from the last observation. */
export function rankingsView(
  book: AccountState,
  seen: Observation,
  models: readonly Model[],
): RankingsView {
  const held = new Set(
    seen.account ? seen.positions.map((each) => each.ticker) : book.ledger.lots.keys(),
  );
  const tables = models.flatMap((model) => {
    const ranking = rankingFor(model, seen.data.rankings);
    return ranking ? [table(model, ranking, held, seen)] : [];
  });
  const { source, asOf, missing } = seen.data;
  return { mode: seen.mode, source, asOf, tables, missing: missing?.reason };
}

function table(
  model: Model,
  ranking: Ranking,
  held: ReadonlySet<Ticker>,
  seen: Observation,
): RankingTable {
  const { lookback, top, minimumMomentum } = model.parameters;
  const rows = ranking.rankings.map(({ rank, ticker, momentum }) => ({
    rank,
    ticker,
    sector: sectorOf(seen.universe, ticker),
    momentum,
    held: held.has(ticker),
    chosen: qualifies({ rank, momentum }, model.parameters),
  }));
  return {
    modelId: model.id,
    active: seen.data.regime && isActive(model, seen.data.regime.kind),
    lookback,
    top,
    minimum: minimumMomentum,
    rows,
    cutOff: rows.filter((row) => row.chosen).length,
    defensive: seen.universe.defensive.ticker,
    excluded: ranking.excluded,
  };
}
