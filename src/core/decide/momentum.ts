import type { Bars } from '../domain/bar.ts';
import { keptAbout } from '../domain/kept.ts';
import type { RankedTicker, Ranking } from '../domain/model.ts';
import type { SessionDate } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import { at, type Panel, panelThrough } from '../rules/panel.ts';
import { momentumOf, rankRow } from '../rules/ranking.ts';
import { tooYoungReason } from './completeness.ts';

/** The closes to rank by. momentum = close / close `lookback` sessions earlier - 1. */
export interface RankingInput {
  readonly bars: Bars;
  readonly universe: Universe;
  /** The session of the later close. */
  readonly asOf: SessionDate;
  /** Sessions between the two closes, at least 1. */
  readonly lookback: number;
}

type Measured = Omit<RankedTicker, 'rank'>;

/**
 * The sectors by momentum, close / past - 1, strongest first; ties keep universe order. Sectors with too
 * short a history are excluded and listed. Bars after `asOf` are not read.
 * @throws RangeError when a sector old enough to rank lacks a bar: call `findFaults` with `rankingNeeds`
 * first, which reports it as a sentence.
 */
export function rankSectors(input: RankingInput): Ranking {
  const { bars, universe, asOf, lookback } = input;
  const sectors = universe.sectors.map(({ ticker, firstSession }) => `${ticker} ${firstSession}`);
  return keptRankings(bars, `${asOf} ${lookback} ${sectors.join()}`, () => ranked(input));
}

/** Every refresh ranks the same bars; models need no more than a few rankings. */
const keptRankings = keptAbout<Bars, Ranking>(8);

function ranked(input: RankingInput): Ranking {
  const { bars, universe, asOf, lookback } = input;
  const panel = panelThrough(bars, universe, asOf, lookback + 1);
  const { order } = rankRow(panel, panel.sectors, lookback, lookback);
  const excluded = universe.sectors.flatMap((sector) => {
    const reason = tooYoungReason(sector, asOf, lookback);
    return reason === undefined ? [] : [{ ticker: sector.ticker, reason }];
  });
  const rankings = Array.from(order, (place, index) => ({
    rank: index + 1,
    ...measured(panel, input, place),
  }));
  return { asOf, lookback, rankings, excluded };
}

/** Momentum from the first row of a panel to its last. */
function measured(panel: Panel, { asOf, lookback }: RankingInput, place: number): Measured {
  const ticker = panel.tickers[place] ?? panel.universe.defensive.ticker;
  const closes = panel.close[place] ?? new Float64Array();
  const [past, close] = [at(closes, 0), at(closes, lookback)];
  if (Number.isNaN(past + close)) {
    throw new RangeError(`ranking: ${ticker} lacks ${lookback + 1} closes through ${asOf}`);
  }
  return {
    ticker,
    momentum: momentumOf(close, past),
    close,
    past,
    pastDate: panel.dates[0] ?? asOf,
  };
}
