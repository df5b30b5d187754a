/** Which bars have to be asked for, and in how many requests. */
import type { Bar, BarHistory } from '#core/domain/bar.ts';
import {
  sessionOffset,
  sessionOnOrBefore,
  sessionsBetween,
  sessionsIn,
} from '#core/domain/calendar.ts';
import { type SessionDate, sessionDate, type Ticker } from '#core/domain/units.ts';
import { LATER_START } from '#core/market/merge/compare-history.ts';
import { LONGEST } from '#core/market/merge/data-quality.ts';

export type Answer = ReadonlyMap<Ticker, readonly Bar[]>;

/** What some tickers need: bars from that day on. */
export interface Need {
  readonly tickers: readonly Ticker[];
  readonly from: SessionDate;
  /** Whole histories are asked for a few at a time. */
  readonly whole: boolean;
}

/** Ten years to test on, and one to warm up. */
const YEARS = 11;
/** Sessions fetched again to see whether stored bars were adjusted since. */
const OVERLAP_SESSIONS = 20;
/** Three times eleven years fit a page of 10,000 bars: no request is wasted, and each is progress. */
const WHOLE_AT_ONCE = 3;

export function overlapOf(ticker: Ticker, end: SessionDate): Need {
  return { tickers: [ticker], from: sessionOffset(end, -OVERLAP_SESSIONS).date, whole: false };
}

/**
 * What came since, an overlap, and what the stored rows lack before it: a source puts in later what a
 * lost page left out. Days that a decision may read are asked for each time; whether there is more
 * before the first row once a month, for a ticker that was listed later has nothing there.
 */
export function topUpOf(history: BarHistory, end: SessionDate, through: SessionDate): Need {
  const overlap = overlapOf(history.ticker, end);
  const since = lackingSince(history, end, through);
  return since !== undefined && since < overlap.from ? { ...overlap, from: since } : overlap;
}

function lackingSince(
  { dates }: BarHistory,
  end: SessionDate,
  through: SessionDate,
): SessionDate | undefined {
  const [first] = dates;
  const usual = wholeOf([], through).from;
  if (first === undefined) return usual;
  const isMonthNew = end.slice(0, 7) !== through.slice(0, 7);
  const window = sessionOffset(through, -LONGEST).date;
  const isShort = first > window;
  if ((isMonthNew || isShort) && sessionsBetween(usual, first) > LATER_START) return usual;
  const from = isMonthNew ? first : window;
  const held = new Set(dates);
  return sessionsIn(from, end).find(({ date }) => !held.has(date))?.date;
}

/** Eleven years, or as far back as the stored file went; a ticker listed later has nothing before. */
export function wholeOf(
  tickers: readonly Ticker[],
  through: SessionDate,
  stored?: BarHistory,
): Need {
  const year = Number(through.slice(0, 4)) - YEARS;
  const usual = sessionOnOrBefore(sessionDate(`${year}${through.slice(4, 8)}01`)).date;
  const first = stored?.dates[0];
  const from = first !== undefined && first < usual ? first : usual;
  return { tickers, from, whole: true };
}

/** One request for all tickers that need bars from the same day on, within what a page holds. */
export function batches(needs: readonly Need[]): readonly Need[] {
  const groups = Map.groupBy(needs, ({ from, whole }) => `${from} ${whole}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const tickers = group.flatMap((need) => need.tickers);
    const size = first.whole ? WHOLE_AT_ONCE : tickers.length;
    return Array.from({ length: Math.ceil(tickers.length / size) }, (_, at) => ({
      ...first,
      tickers: tickers.slice(at * size, (at + 1) * size),
    }));
  });
}
