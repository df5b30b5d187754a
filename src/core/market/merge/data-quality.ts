/** Issues of the bars in memory, including those found with a second source. */
import { type BarHistory, closeOn } from '#core/domain/bar.ts';
import { sessionOffset } from '#core/domain/calendar.ts';
import {
  type AcceptedMoves,
  compareSources,
  type DataQualityIssue,
  findingsByTicker,
  isAccepted,
  type SecondClose,
} from '#core/domain/findings.ts';
import type { SessionDate, Ticker } from '#core/domain/units.ts';

/** The longest window of a decision, in sessions. */
export const LONGEST_WINDOW = 200;

/** By date, for every ticker in memory. */
export type DataIssues = ReadonlyMap<Ticker, readonly DataQualityIssue[]>;

type OtherCloseOf = (ticker: Ticker) => (SecondClose & { readonly date: SessionDate }) | undefined;

/** @param otherCloseOf a close from a second source, where one was requested. */
export function dataIssuesIn(
  held: ReadonlyMap<Ticker, { readonly history: BarHistory }>,
  peers: readonly Ticker[],
  otherCloseOf: OtherCloseOf,
): DataIssues {
  const bars = new Map([...held].map(([ticker, { history }]) => [ticker, history]));
  return new Map(
    [...findingsByTicker(bars, peers)].map(([ticker, issues]) => {
      const other = otherCloseOf(ticker);
      const history = bars.get(ticker);
      const close = other && history && closeOn(history, other.date);
      const compared =
        other && close !== undefined ? compareSources(ticker, other.date, close, other) : undefined;
      return [ticker, compared ? [...issues, compared] : issues];
    }),
  );
}

/**
 * Whether a decision on that session may use all bars it could read: no issue blocks it, and no session of
 * the longest window lacks its bar.
 */
export function isWindowSound(
  { dates }: BarHistory,
  issues: readonly DataQualityIssue[],
  through: SessionDate,
): boolean {
  const from = sessionOffset(through, 1 - LONGEST_WINDOW).date;
  if (dates.at(-1) !== through || dates.at(-LONGEST_WINDOW) !== from) return false;
  return !issues.some(({ severity, date }) => severity === 'refuses' && date >= from);
}

/**
 * Why the bars of a ticker may not be used. Only reasons that the rows themselves do not show: a decision
 * finds all others in its own window.
 */
export function refusals(
  issues: DataIssues,
  acceptedMoves: AcceptedMoves,
): ReadonlyMap<Ticker, string> {
  const refused = [...issues].flatMap(([ticker, all]) => {
    const worst = all.find(
      (each) =>
        each.rule === 'second-source' &&
        each.severity === 'refuses' &&
        !isAccepted(each, acceptedMoves),
    );
    return worst ? [[ticker, `${worst.text} (${worst.rule})`] as const] : [];
  });
  return new Map(refused);
}
