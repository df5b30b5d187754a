import { type Bars, closeOn } from '../domain/bar.ts';
import { sessionOffset } from '../domain/calendar.ts';
import { keptAbout } from '../domain/kept.ts';
import type { RankedTicker, Ranking } from '../domain/model.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import { momentumOf, strongestFirst } from '../rules/ranking.ts';
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
  const { universe, asOf, lookback } = input;
  const pastDate = sessionOffset(asOf, -lookback).date;
  const all: Measured[] = [];
  const excluded: Ranking['excluded'][number][] = [];
  for (const sector of universe.sectors) {
    const reason = tooYoungReason(sector, asOf, lookback);
    if (reason === undefined) all.push(measured(input, sector.ticker, pastDate));
    else excluded.push({ ticker: sector.ticker, reason });
  }
  const order = strongestFirst(Float64Array.from(all, ({ momentum }) => momentum));
  const sorted = [...order].flatMap((index) => all[index] ?? []);
  const rankings = sorted.map((each, index) => ({ rank: index + 1, ...each }));
  return { asOf, lookback, rankings, excluded };
}

function measured(
  { bars, asOf, lookback }: RankingInput,
  ticker: Ticker,
  pastDate: SessionDate,
): Measured {
  const history = bars.get(ticker);
  const past = (history && closeOn(history, pastDate)) ?? Number.NaN;
  const close = (history && closeOn(history, asOf)) ?? Number.NaN;
  if (Number.isNaN(past + close)) {
    throw new RangeError(`ranking: ${ticker} lacks ${lookback + 1} closes through ${asOf}`);
  }
  return { ticker, momentum: momentumOf(close, past), close, past, pastDate };
}
