/**
 * Finds suspicious rows in bars that break no rule. The tolerances were calibrated on eleven years of the
 * thirteen tickers (2015-2025): none of those days is rejected, and the comments give the margins.
 */
import { type BarHistory, type Bars, countThrough, lastDate } from './bar.ts';
import { isSession, sessionsBetween, sessionsIn } from './calendar.ts';
import { shiftedRows } from './shifted-rows.ts';
import { sharedRows } from './twin-rows.ts';
import type { EpochMs, SessionDate, Ticker } from './units.ts';

/** Which rule of data quality an issue breaks; `still` and `ends` are about tickers together. */
export type DataQualityRule =
  | 'jump'
  | 'apart'
  | 'still'
  | 'copy'
  | 'no-volume'
  | 'range'
  | 'no-session'
  | 'gap'
  | 'ends'
  | 'twin'
  | 'shifted'
  | 'second-source';

/** A suspicious row in bars that break no rule: where, when, by which check, and how severe. */
export interface DataQualityIssue {
  readonly rule: DataQualityRule;
  /** Undefined when it applies to every ticker. */
  readonly ticker?: Ticker;
  readonly date: SessionDate;
  /** A sentence without its full stop, with the date in it. */
  readonly text: string;
  /** `refuses`: blocks decisions whose window includes it. `note`: valid, but worth a look. */
  readonly severity: 'note' | 'refuses';
}

/** The origin of one ticker's bars. */
export interface BarProvenance {
  readonly rows: number;
  readonly first: SessionDate;
  readonly last: SessionDate;
  /** For display: `Alpaca`, `import`, `import, then Alpaca`. */
  readonly source: string;
  /** `sip`, `iex`, or `unknown`. */
  readonly feed: string;
  /** `all`, `raw`, or `unknown`. */
  readonly adjustment: string;
  readonly fetchedAt: EpochMs;
  /** Its data quality issues, by date. */
  readonly findings: readonly DataQualityIssue[];
}

/**
 * Days whose move a person has checked against another source and accepted, as `XLE:2026-11-20`. Without it
 * a real crash of one sector would block every decision for as long as a window includes the day.
 */
export type AcceptedMoves = readonly string[];

/** Whether a person has accepted that ticker's move on exactly that day. */
export function isAccepted(
  { ticker, date }: DataQualityIssue,
  acceptedMoves: AcceptedMoves,
): boolean {
  return ticker !== undefined && acceptedMoves.includes(`${ticker}:${date}`);
}

/** Days with from <= date <= to; the whole history if omitted. */
export interface DateRange {
  readonly from?: SessionDate;
  readonly to?: SessionDate;
}

/** The largest real move is -20.1 % (XLE, 2020-03-09); an unadjusted 3:2 split is a move of 33 %. */
const MAX_DAILY_MOVE = 0.25;
/**
 * Distance from the median of the others on the same day. The largest real one is 14.1 % (XLE, 2020-03-09);
 * XLF's spin-off of 2016-09-19 (1.231) would be 18.8 % if it were not adjusted for.
 */
const APART = 0.16;
/** When all moves are smaller than this, no two of them can be `APART` apart: 1.07 / 0.93 is 1.151. */
const APART_NEEDS = 0.07;
/** A median of fewer moves does not represent the market. */
const APART_FEWEST = 5;
/** Adjusted files round each column separately. */
const ROUNDING = 1e-9;

/** A close of the same session from another source. */
export interface SecondClose {
  /** For display: `iex`, `snapshot`. */
  readonly source: string;
  /** Dollars a share. */
  readonly close: number;
}

/** The last trade on one exchange may be minutes older than the consolidated closing auction. */
const SOURCES_NOTE = 0.003;
/**
 * A few quiet minutes do not explain this: another day, another ticker, or a split that only one source
 * knows.
 */
const SOURCES_REFUSE = 0.03;

/**
 * All findings of each ticker, by date: its own, and those across tickers. Findings about all tickers are
 * listed under each one. `peers` are expected to move together.
 */
export function findingsByTicker(
  bars: Bars,
  peers: readonly Ticker[],
): ReadonlyMap<Ticker, readonly DataQualityIssue[]> {
  const across = findingsAcross(bars, {}, new Set(peers));
  return new Map(
    [...bars].map(([ticker, history]) => {
      const [first = '', last = ''] = [history.dates[0], lastDate(history)];
      const shared = across.filter((finding) =>
        finding.ticker === undefined
          ? finding.date > first && finding.date <= last
          : finding.ticker === ticker,
      );
      return [ticker, byDate([...findingsOf(history), ...shared])];
    }),
  );
}

/** Undefined while the two differ by no more than a later closing auction explains. */
export function compareSources(
  ticker: Ticker,
  date: SessionDate,
  close: number,
  other: SecondClose,
): DataQualityIssue | undefined {
  const apart = Math.abs(other.close / close - 1);
  if (apart <= SOURCES_NOTE) return undefined;
  const severity = apart <= SOURCES_REFUSE ? 'note' : 'refuses';
  const by = Number.isFinite(apart) ? `, ${percent(other.close / close - 1)}` : '';
  const text = `close ${close} of ${date}, ${other.source} has ${other.close}${by}`;
  return { rule: 'second-source', ticker, date, severity, text };
}

/** All findings in one ticker's bars, by date. A jump counts if both of its days are in the range. */
export function findingsOf(
  history: BarHistory,
  range: DateRange = {},
): readonly DataQualityIssue[] {
  const { ticker, dates } = history;
  const found: DataQualityIssue[] = [];
  const [start, end] = rowsIn(history, range);
  for (let row = start; row < end; row++) {
    const date = dates[row];
    if (date === undefined) continue;
    const add = (
      rule: DataQualityRule,
      severity: DataQualityIssue['severity'],
      text: string,
    ): void => void found.push({ rule, ticker, date, severity, text });
    if (!isSession(date)) add('no-session', 'refuses', `${date} is not a session of the NYSE`);
    const outside = rangeText(history, row);
    if (outside !== undefined) add('range', 'refuses', `${outside} on ${date}`);
    // Not suspicious in itself: XLRE did not trade on five days of its first months. Readers of such a
    // close check for it, see completeness.
    if (history.volume[row] === 0) add('no-volume', 'note', `no trade on ${date}`);
    if (row > start && isCopy(history, row)) {
      add('copy', 'refuses', `the bar of ${date} is a copy of the one before`);
    }
    const move = row === start ? 0 : moveInto(history, row);
    if (Math.abs(move) > MAX_DAILY_MOVE) add('jump', 'refuses', `${percent(move)} on ${date}`);
  }
  return byDate([...found, ...gapsIn(history, start, end)]);
}

/**
 * Findings from comparing tickers with each other, by date: a close unchanged for all of them, one that
 * moves apart from the others, and histories that end on different days.
 * @param peers those whose moves represent the market; the defensive asset moves differently (20.1 % away
 * from the sectors on 2020-03-16). All tickers by default.
 */
export function findingsAcross(
  bars: Bars,
  range: DateRange = {},
  peers: ReadonlySet<Ticker> = new Set(bars.keys()),
): readonly DataQualityIssue[] {
  const histories = [...bars.values()];
  return [
    ...dayFindings(histories, range, peers),
    ...twinFindings(histories, range),
    ...shiftFindings(
      histories.filter(({ ticker }) => peers.has(ticker)),
      range,
    ),
    ...endFindings(histories),
  ];
}

function dayFindings(
  histories: readonly BarHistory[],
  { from, to }: DateRange,
  peers: ReadonlySet<Ticker>,
): readonly DataQualityIssue[] {
  const ends = histories.flatMap(({ dates }) => [...dates.slice(0, 1), ...dates.slice(-1)]).sort();
  const [first, last] = [ends[0], ends.at(-1)];
  if (first === undefined || last === undefined) return [];
  // The first day of a range has no previous day within it.
  const [begin = { date: first }, ...days] = sessionsIn(from ?? first, to ?? last);
  const cursors = histories.map((history) => ({
    history,
    row: countThrough(history, begin.date) - 1,
  }));
  return days.flatMap(({ date }) => {
    const moves: Move[] = [];
    for (const cursor of cursors) {
      const { history } = cursor;
      while ((history.dates[cursor.row + 1] ?? '~') <= date) cursor.row++;
      if (cursor.row < 1 || history.dates[cursor.row] !== date) continue;
      moves.push({ ticker: history.ticker, move: moveInto(history, cursor.row) });
    }
    return [...unchangedOn(date, moves), ...apartOn(date, moves, peers)];
  });
}

interface Move {
  readonly ticker: Ticker;
  readonly move: number;
}

/** A copy of the previous day. Of the 13 real closes at most 3 are unchanged on one day. */
function unchangedOn(date: SessionDate, moves: readonly Move[]): readonly DataQualityIssue[] {
  if (moves.length < 2 || moves.some(({ move }) => move !== 0)) return [];
  const text = `every close of ${date} equals the one before`;
  return [{ rule: 'still', date, severity: 'refuses', text }];
}

function apartOn(
  date: SessionDate,
  all: readonly Move[],
  peers: ReadonlySet<Ticker>,
): readonly DataQualityIssue[] {
  if (!all.some(({ move }) => Math.abs(move) > APART_NEEDS)) return [];
  const moves = all.filter(({ ticker }) => peers.has(ticker));
  if (moves.length < APART_FEWEST) return [];
  const sorted = moves.map(({ move }) => move).sort((a, b) => a - b);
  const median = sorted[sorted.length >> 1] ?? 0;
  return moves.flatMap(({ ticker, move }): DataQualityIssue[] => {
    // A jump is a finding of its own.
    if (Math.abs(move) > MAX_DAILY_MOVE || Math.abs((1 + move) / (1 + median) - 1) <= APART)
      return [];
    const text = `${percent(move)} on ${date}, the others ${percent(median)}`;
    return [{ rule: 'apart', ticker, date, severity: 'refuses', text }];
  });
}

/** Either may be the wrong one, so neither may be used. */
function twinFindings(
  histories: readonly BarHistory[],
  range: DateRange,
): readonly DataQualityIssue[] {
  return sharedRows(histories, range).map(({ ticker, of, last, days }) => {
    const text = `${days} days to ${last} have the rows of ${of}`;
    return { rule: 'twin', ticker, date: last, severity: 'refuses', text };
  });
}

/** A close dated too early was not known yet on that day; one dated too late is stale. */
function shiftFindings(
  histories: readonly BarHistory[],
  { to }: DateRange,
): readonly DataQualityIssue[] {
  return shiftedRows(histories, to).map(({ ticker, last, by }) => {
    const side = by === 1 ? 'after' : 'before';
    const text = `its moves to ${last} come one session ${side} those of the others`;
    return { rule: 'shifted', ticker, date: last, severity: 'refuses', text };
  });
}

/** A note only: whether one is behind is checked by the decision, and depends on its day. */
function endFindings(histories: readonly BarHistory[]): readonly DataQualityIssue[] {
  const newest = histories
    .flatMap((history) => lastDate(history) ?? [])
    .sort()
    .at(-1);
  return histories.flatMap((history): DataQualityIssue[] => {
    const date = lastDate(history);
    if (date === undefined || newest === undefined) return [];
    const behind = sessionsBetween(date, newest);
    if (behind === 0) return [];
    const sessions = behind === 1 ? '1 session' : `${behind} sessions`;
    const text = `ends ${date}, ${sessions} before the newest (${newest})`;
    return [{ rule: 'ends', ticker: history.ticker, date, severity: 'note', text }];
  });
}

function rowsIn(history: BarHistory, { from, to }: DateRange): readonly [number, number] {
  const end = to === undefined ? history.dates.length : countThrough(history, to);
  if (from === undefined) return [0, end];
  const through = countThrough(history, from);
  return [history.dates[through - 1] === from ? through - 1 : through, end];
}

/** As a fraction of the previous close; NaN where either is missing. */
function moveInto({ close }: BarHistory, row: number): number {
  return (close[row] ?? Number.NaN) / (close[row - 1] ?? Number.NaN) - 1;
}

/** Every price and the volume repeat: a source that had no bar of that day. None of the real ones is one. */
function isCopy({ open, high, low, close, volume }: BarHistory, row: number): boolean {
  const columns = [open, high, low, close, volume];
  return volume[row] !== 0 && columns.every((column) => column[row] === column[row - 1]);
}

function rangeText({ open, high, low, close }: BarHistory, row: number): string | undefined {
  const [top = Number.NaN, bottom = Number.NaN] = [high[row], low[row]];
  if (bottom > top * (1 + ROUNDING)) return `low ${bottom} is above high ${top}`;
  for (const [name, column] of [
    ['open', open],
    ['close', close],
  ] as const) {
    const price = column[row] ?? Number.NaN;
    if (price > top * (1 + ROUNDING) || price < bottom * (1 - ROUNDING)) {
      return `${name} ${price} lies outside ${bottom} to ${top}`;
    }
  }
  return undefined;
}

/** A note: a source has no bar for a day without trades, and a window with a gap is not complete. */
function gapsIn(
  { ticker, dates }: BarHistory,
  start: number,
  end: number,
): readonly DataQualityIssue[] {
  const [first, last] = [dates[start], dates[end - 1]];
  if (!first || !last || sessionsBetween(first, last) + 1 === end - start) return [];
  const held = new Set(dates);
  return sessionsIn(first, last).flatMap(({ date }): DataQualityIssue[] =>
    held.has(date)
      ? []
      : [{ rule: 'gap', ticker, date, severity: 'note', text: `no bar of ${date}` }],
  );
}

function byDate(findings: readonly DataQualityIssue[]): readonly DataQualityIssue[] {
  return findings.toSorted((a, b) => a.date.localeCompare(b.date));
}

function percent(move: number): string {
  return `${move > 0 ? '+' : ''}${(move * 100).toFixed(1)} %`;
}
