/** What the store doubts in the bars that it holds, its second sources included. */
import { type Bars, countThrough } from '#core/domain/bar.ts';
import { sessionOffset } from '#core/domain/calendar.ts';
import {
  type AcceptedMoves,
  compareSources,
  type DataQualityIssue,
  findingsByTicker,
  isAccepted,
  type OtherClose,
} from '#core/domain/findings.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';
import type { Held } from '#core/market/bar-cache.ts';

/** The longest window of a decision, in sessions. */
export const LONGEST = 200;

export type Doubts = ReadonlyMap<Ticker, readonly DataQualityIssue[]>;

type OtherCloseOf = (ticker: Ticker) => (OtherClose & { readonly date: SessionDate }) | undefined;

export function doubtsIn(held: ReadonlyMap<Ticker, Held>, otherCloseOf: OtherCloseOf): Doubts {
  const bars: Bars = new Map([...held].map(([ticker, { history }]) => [ticker, history]));
  const found = findingsByTicker(bars);
  return new Map(
    [...found].map(([ticker, findings]) => {
      const other = otherCloseOf(ticker);
      const history = bars.get(ticker);
      const row = other && history ? countThrough(history, other.date) - 1 : -1;
      const close = history?.dates[row] === other?.date ? history?.close[row] : undefined;
      const compared =
        other && close !== undefined ? compareSources(ticker, other.date, close, other) : undefined;
      return [ticker, compared ? [...findings, compared] : findings];
    }),
  );
}

/** The day of the oldest finding that refuses a decision as of now, or undefined without one. */
export function inDoubtSince(
  findings: readonly DataQualityIssue[],
  through: SessionDate,
): SessionDate | undefined {
  const from = sessionOffset(through, 1 - LONGEST).date;
  return findings.find(({ severity, date }) => severity === 'refuses' && date >= from)?.date;
}

/**
 * Why the bars of a ticker may not be used. Only what the rows themselves do not show: a decision
 * finds every other doubt in its own window.
 */
export function refusal(doubts: Doubts, acceptedMoves: AcceptedMoves): ReadonlyMap<Ticker, string> {
  const refused = [...doubts].flatMap(([ticker, findings]) => {
    const worst = findings.find(
      (each) =>
        each.rule === 'second-source' &&
        each.severity === 'refuses' &&
        !isAccepted(each, acceptedMoves),
    );
    return worst ? [[ticker, `${worst.text} (${worst.rule})`] as const] : [];
  });
  return new Map(refused);
}
