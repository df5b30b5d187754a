/** Issues of the bars in memory, including those found with a second source. */
import { type BarHistory, type Bars, closeOn } from '#core/domain/bar.ts';
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

/**
 * Finds the issues of the bars in memory. The rows are searched again only when some have changed.
 * @param otherCloseOf a close from a second source, where one was requested.
 */
export function createDataIssues(
  peers: readonly Ticker[],
  otherCloseOf: OtherCloseOf,
): (held: ReadonlyMap<Ticker, { readonly history: BarHistory }>) => DataIssues {
  let searched: Bars = new Map();
  let found: DataIssues = new Map();
  return (held) => {
    const bars = new Map([...held].map(([ticker, { history }]) => [ticker, history]));
    if (!isSame(searched, bars)) [searched, found] = [bars, findingsByTicker(bars, peers)];
    return new Map(
      [...found].map(([ticker, issues]) => {
        const other = otherCloseOf(ticker);
        const history = bars.get(ticker);
        const close = other && history && closeOn(history, other.date);
        const compared =
          other && close !== undefined
            ? compareSources(ticker, other.date, close, other)
            : undefined;
        return [ticker, compared ? [...issues, compared] : issues];
      }),
    );
  };
}

/** Whether both hold the very same histories, which never change. */
function isSame(one: Bars, other: Bars): boolean {
  return one.size === other.size && [...one].every(([ticker, bars]) => other.get(ticker) === bars);
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
