import { type Bars, countThrough } from '../domain/bar.ts';
import type { Exclusion, RankedTicker, Ranking } from '../domain/model.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import type { Universe } from '../domain/universe.ts';
import { momentumOf, strongestFirst } from '../rules/ranking.ts';
import { whyTooYoung } from './completeness.ts';

/** The closes to rank by. momentum = close / close `lookback` sessions before - 1. */
export interface RankingInput {
  readonly bars: Bars;
  readonly universe: Universe;
  /** The session of the later close. */
  readonly asOf: SessionDate;
  /** Sessions between the two closes, at least 1. */
  readonly lookback: number;
}

/**
 * The sectors by momentum, close / past - 1, strongest first; equal momentum keeps universe order.
 * Sectors too young for the lookback are left out and named. Bars after `asOf` are not read.
 * @throws RangeError when an old enough sector lacks a bar: `findFaults` with `rankingNeeds` comes
 * first and says so in words.
 */
export function rankSectors({ bars, universe, asOf, lookback }: RankingInput): Ranking {
  const excluded: Exclusion[] = [];
  const measured: Omit<RankedTicker, 'rank'>[] = [];
  for (const sector of universe.sectors) {
    const reason = whyTooYoung(sector, asOf, lookback);
    if (reason === undefined) measured.push(measure(bars, sector.ticker, asOf, lookback));
    else excluded.push({ ticker: sector.ticker, reason });
  }
  const order = strongestFirst(Float64Array.from(measured, ({ momentum }) => momentum));
  const rankings = [...order].flatMap((place, index) => {
    const entry = measured[place];
    return entry ? [{ rank: index + 1, ...entry }] : [];
  });
  return { asOf, lookback, rankings, excluded };
}

function measure(
  bars: Bars,
  ticker: Ticker,
  asOf: SessionDate,
  lookback: number,
): Omit<RankedTicker, 'rank'> {
  const history = bars.get(ticker);
  const last = history ? countThrough(history, asOf) - 1 : -1;
  const close = history?.close[last];
  const past = history?.close[last - lookback];
  const pastDate = history?.dates[last - lookback];
  if (close === undefined || past === undefined || pastDate === undefined) {
    throw new RangeError(`ranking: ${ticker} lacks ${lookback + 1} closes through ${asOf}`);
  }
  return { ticker, momentum: momentumOf(close, past), close, past, pastDate };
}
