/** Whether an answer holds what it should: a page that is lost leaves no trace but its bars. */
import type { Bar } from '#core/domain/bar.ts';
import { sessionsIn } from '#core/domain/calendar.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';

export type Answer = ReadonlyMap<Ticker, readonly Bar[]>;

export interface Range {
  readonly from: SessionDate;
  readonly last: SessionDate;
}

/**
 * The tickers that lack a session which another one has, or one between two of their own. What
 * nobody has is not out yet, or was before everyone's time.
 */
export function lacking(
  answer: Answer,
  tickers: readonly Ticker[],
  range: Range,
): readonly Ticker[] {
  const sessions = sessionsIn(range.from, range.last).map(({ date }) => date);
  const known = new Set([...answer.values()].flatMap((bars) => bars.map(({ date }) => date)));
  return tickers.filter((ticker) => {
    const own = new Set((answer.get(ticker) ?? []).map(({ date }) => date));
    const [first, last] = ends(own);
    return sessions.some((date) => {
      if (own.has(date)) return false;
      return known.has(date) || (first !== undefined && first < date && date < (last ?? date));
    });
  });
}

function ends(dates: ReadonlySet<SessionDate>): readonly [SessionDate?, SessionDate?] {
  const sorted = [...dates].sort();
  const [first, last] = [sorted[0], sorted.at(-1)];
  return first === undefined || last === undefined ? [] : [first, last];
}
