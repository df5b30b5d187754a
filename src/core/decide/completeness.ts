/**
 * Missing is never a signal: what a decision needs to see, and what of it is not there. The calendar
 * alone says which sessions there were; a file that has no bar for one of them has a hole.
 */
import { type BarHistory, type Bars, countThrough } from '../domain/bar.ts';
import { sessionOffset, sessionsBetween } from '../domain/calendar.ts';
import type { NoDecision } from '../domain/decision.ts';
import {
  type AcceptedMoves,
  type DataQualityIssue,
  findingsAcross,
  findingsOf,
  isAccepted,
} from '../domain/findings.ts';
import { keptAbout } from '../domain/kept.ts';
import type { SessionDate, Ticker } from '../domain/units.ts';
import type { Instrument, Universe } from '../domain/universe.ts';
import { MEAN_SESSIONS } from '../rules/regime.ts';

/** An unbroken run of sessions that ends on the as-of date. */
export interface Need {
  readonly ticker: Ticker;
  /** Sessions, at least 1. */
  readonly sessions: number;
  /**
   * Sessions back from the as-of date whose close is read, 0 for its own; or each of them. Such a
   * close must have been traded at. The days between only carry the price on, and one without a trade
   * carries it truly: XLRE's five would else take its first year out of every ranking.
   */
  readonly reads?: 'each' | readonly number[];
  /** Whether it moves as the rest of its market does, so that one leaving all others is a doubt. */
  readonly peer?: boolean;
}

/** Something that a decision needs and that is not there. */
export interface Fault {
  readonly ticker: Ticker;
  /** Its last date, or what is wrong: `none`, `refused`, `gap at DATE`, `begins DATE`, `jump on DATE`. */
  readonly found: string;
  /** The same in words, the ticker first. */
  readonly sentence: string;
  /** The bars are there, and are not believed. */
  readonly isDataIssue?: true;
}

/** A universe that is ranked, and the sessions between the two closes of its momenta. */
export interface RankedUniverse {
  readonly universe: Universe;
  readonly lookback: number;
}

/** The closes to check for and the rules that need them. */
export interface NeedInput {
  readonly universe: Universe;
  readonly bars: Bars;
  /** A session. */
  readonly asOf: SessionDate;
  /** Sessions, of every model that ranks the sectors of the universe. */
  readonly lookbacks: readonly number[];
  /** What other models rank, each with its lookback. */
  readonly others?: readonly RankedUniverse[];
  /** Whether a benchmark with fewer than 200 closes is allowed, as at the start of a history. */
  readonly warmUp: boolean;
}

/** Why the instrument is too young to rank with the lookback, or undefined when it is old enough. */
export function tooYoungReason(
  { firstSession }: Instrument,
  asOf: SessionDate,
  lookback: number,
): string | undefined {
  if (firstSession > asOf) return `not listed before ${firstSession}`;
  const age = sessionsBetween(firstSession, asOf) + 1;
  if (age > lookback) return undefined;
  return `${age} of ${lookback + 1} sessions since its first, ${firstSession}`;
}

/** The closes that ranking the sectors needs: lookback + 1 sessions each; none of a sector too young. */
export function rankingNeeds(
  universe: Universe,
  asOf: SessionDate,
  lookbacks: readonly number[],
): readonly Need[] {
  return universe.sectors.flatMap((sector) => {
    const usable = lookbacks.filter((lookback) => !tooYoungReason(sector, asOf, lookback));
    if (usable.length === 0) return [];
    const { ticker } = sector;
    return [{ ticker, sessions: Math.max(...usable) + 1, reads: [0, ...usable], peer: true }];
  });
}

/** The closes that a whole decision needs: those of the rankings, 200 of the benchmark, the defensive asset's last. */
export function decisionNeeds(input: NeedInput): readonly Need[] {
  const { universe, asOf, lookbacks, others = [] } = input;
  return [
    ...rankingNeeds(universe, asOf, lookbacks),
    // Candidates of a single model need not move as the sectors do.
    ...others.flatMap((each) =>
      rankingNeeds(each.universe, asOf, [each.lookback]).map((need) => ({ ...need, peer: false })),
    ),
    // The day before is what a leap of its price shows against.
    { ticker: universe.defensive.ticker, sessions: 2, reads: [0] },
    {
      ticker: universe.benchmark.ticker,
      sessions: benchmarkSessions(input),
      reads: 'each',
      peer: true,
    },
  ];
}

function benchmarkSessions({ universe, bars, asOf, warmUp }: NeedInput): number {
  if (!warmUp) return MEAN_SESSIONS;
  const history = bars.get(universe.benchmark.ticker);
  const held = history ? countThrough(history, asOf) : 0;
  return Math.max(1, Math.min(MEAN_SESSIONS, held));
}

/**
 * Every need that is not met, in the order of the needs; where all bars are there, every doubt that
 * refuses them. `refused` says why a file was not loaded, `acceptedMoves` which doubts a person cleared.
 */
export function findFaults(
  bars: Bars,
  refused: ReadonlyMap<Ticker, string>,
  asOf: SessionDate,
  needs: readonly Need[],
  acceptedMoves: AcceptedMoves = [],
): readonly Fault[] {
  const key = `${asOf} ${JSON.stringify(needs)}`;
  const there = keptRowFaults(bars, key, () => rowFaults(bars, asOf, needs));
  const missing = needs.flatMap(({ ticker }, index) => {
    const fault = bars.has(ticker) ? there[index] : absence(ticker, asOf, refused);
    return fault ? [fault] : [];
  });
  if (missing.length > 0) return missing;
  const refusing = keptFindings(bars, key, () => refusingFindings(bars, asOf, needs));
  return dataIssuesIn(refusing, asOf, needs, acceptedMoves);
}

/** Of each need, in their order, what its rows lack; what has no rows at all is not told of. */
function rowFaults(
  bars: Bars,
  asOf: SessionDate,
  needs: readonly Need[],
): readonly (Fault | undefined)[] {
  return needs.map((need) => {
    const history = bars.get(need.ticker);
    return history && faultOf(history, asOf, need);
  });
}

/** The first refusing finding of each need's window, then one that is about everybody. */
function dataIssuesIn(
  { own, everyones }: RefusingFindings,
  asOf: SessionDate,
  needs: readonly Need[],
  acceptedMoves: AcceptedMoves,
): readonly Fault[] {
  const issues = needs.flatMap(({ ticker }, index) => {
    const worst = own[index]?.find((finding) => !isAccepted(finding, acceptedMoves));
    return worst ? [dataIssue(ticker, asOf, worst)] : [];
  });
  const about = needs.slice(0, 1);
  return [
    ...issues,
    ...about.flatMap(({ ticker }) => everyones.map((each) => dataIssue(ticker, asOf, each))),
  ];
}

interface RefusingFindings {
  /** Of each need in its window, in the order of the needs. */
  readonly own: readonly (readonly DataQualityIssue[])[];
  /** The first that is about everybody. */
  readonly everyones: readonly DataQualityIssue[];
}

/** A backtest asks for each day once; the looks of a desk differ in no more than a few ways. */
const MAX_KEPT = 8;
/** Each look at the broker asks the same of the same bars. */
const keptRowFaults = keptAbout<Bars, ReturnType<typeof rowFaults>>(MAX_KEPT);
const keptFindings = keptAbout<Bars, RefusingFindings>(MAX_KEPT);

function refusingFindings(bars: Bars, asOf: SessionDate, needs: readonly Need[]): RefusingFindings {
  const across = acrossFindings(bars, asOf, needs);
  const own = needs.map((need) => {
    const history = bars.get(need.ticker);
    const from = windowStart(asOf, need);
    const findings = history ? findingsOf(history, { from, to: asOf }) : [];
    const apart = across.filter(({ ticker, date }) => ticker === need.ticker && date > from);
    return [...findings.filter((finding) => refuses(finding, asOf, need)), ...apart];
  });
  return { own, everyones: across.filter(({ ticker }) => ticker === undefined).slice(0, 1) };
}

function acrossFindings(
  bars: Bars,
  asOf: SessionDate,
  needs: readonly Need[],
): readonly DataQualityIssue[] {
  const needed = needs.flatMap(({ ticker }) => {
    const history = bars.get(ticker);
    return history ? [[ticker, history] as const] : [];
  });
  const peers = new Set(needs.flatMap(({ ticker, peer }) => (peer ? [ticker] : [])));
  const [from = asOf] = needs.map((need) => windowStart(asOf, need)).sort();
  return findingsAcross(new Map(needed), { from, to: asOf }, peers).filter(
    ({ severity }) => severity === 'refuses',
  );
}

function windowStart(asOf: SessionDate, { sessions }: Need): SessionDate {
  return sessionOffset(asOf, 1 - sessions).date;
}

function refuses(finding: DataQualityIssue, asOf: SessionDate, { reads = [] }: Need): boolean {
  if (finding.rule !== 'no-volume') return finding.severity === 'refuses';
  return reads === 'each' || reads.includes(sessionsBetween(finding.date, asOf));
}

function dataIssue(
  ticker: Ticker,
  asOf: SessionDate,
  { rule, date, text }: DataQualityIssue,
): Fault {
  const sentence = `${ticker}: bars through ${asOf} are suspicious: ${text} (${rule})`;
  return { ticker, found: `${rule} on ${date}`, sentence, isDataIssue: true };
}

function absence(ticker: Ticker, asOf: SessionDate, refused: ReadonlyMap<Ticker, string>): Fault {
  const reason = refused.get(ticker);
  const expected = `${ticker}: expected ${asOf}`;
  return reason === undefined
    ? { ticker, found: 'none', sentence: `${expected}, found none` }
    : { ticker, found: 'refused', sentence: `${expected}, its file was refused: ${reason}` };
}

function faultOf(history: BarHistory, asOf: SessionDate, need: Need): Fault | undefined {
  const { ticker } = history;
  const end = countThrough(history, asOf);
  const last = history.dates[end - 1];
  if (last === undefined) return absence(ticker, asOf, new Map());
  if (last !== asOf) {
    return { ticker, found: last, sentence: `${ticker}: expected ${asOf}, found ${last}` };
  }
  for (let back = 0; back < need.sessions; back++) {
    const expected = sessionOffset(asOf, -back).date;
    const found = rowFault(history, end - 1 - back, expected);
    if (found !== undefined) {
      const sentence = `${ticker}: expected ${need.sessions} sessions through ${asOf}, found ${found}`;
      return { ticker, found, sentence };
    }
  }
  return undefined;
}

/** The fault of the row that should hold the session; undefined when it has none. */
function rowFault(history: BarHistory, row: number, expected: SessionDate): string | undefined {
  const date = history.dates[row];
  if (date === undefined) return `begins ${history.dates[0] ?? 'nowhere'}`;
  if (date < expected) return `gap at ${expected}`;
  if (date > expected) return `${date}, which is not a session`;
  const close = history.close[row] ?? Number.NaN;
  return Number.isFinite(close) && close > 0 ? undefined : `a close of ${close} on ${date}`;
}

/** The sectors, as faults, when not one of them is old enough for a lookback: a ranking of nothing. */
export function unrankable(
  universe: Universe,
  asOf: SessionDate,
  lookbacks: readonly number[],
): readonly Fault[] {
  const longest = Math.max(...lookbacks);
  const faults = universe.sectors.flatMap((sector): Fault[] => {
    const reason = tooYoungReason(sector, asOf, longest);
    const { ticker } = sector;
    return reason === undefined
      ? []
      : [{ ticker, found: reason, sentence: `${ticker}: ${reason}` }];
  });
  return faults.length === universe.sectors.length ? faults : [];
}

/** The tickers that cannot be sized: no price, or one that is no price. */
export function unpriced(
  tickers: readonly Ticker[],
  prices: ReadonlyMap<Ticker, number>,
): readonly Fault[] {
  return tickers.flatMap((ticker): Fault[] => {
    const price = prices.get(ticker);
    if (price !== undefined && Number.isFinite(price) && price > 0) return [];
    const found = price === undefined ? 'no latest price' : `a latest price of ${price}`;
    return [
      { ticker, found, sentence: `${ticker}: expected a latest price, found ${price ?? 'none'}` },
    ];
  });
}

/** @throws RangeError without a fault: there is always a reason not to decide. */
export function noDecision(asOf: SessionDate, faults: readonly Fault[]): NoDecision {
  if (faults.length === 0) throw new RangeError('no decision: expected a fault, found none');
  const sentences = faults.map((fault) => fault.sentence).join('; ');
  return {
    kind: 'no-decision',
    reason: `No decision as of ${asOf}. ${sentences}.`,
    expected: asOf,
    found: new Map(faults.map(({ ticker, found }) => [ticker, found])),
    ...(faults.every((fault) => fault.isDataIssue) && { inDoubt: true }),
  };
}
