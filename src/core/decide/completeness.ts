/**
 * Missing data is never a signal: checks which data a decision needs and what is missing. Only the calendar
 * determines which sessions took place; a file without a bar for one of them has a gap.
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
import { type SessionDate, sessionDate, type Ticker } from '../domain/units.ts';
import type { Instrument, Universe } from '../domain/universe.ts';
import { MEAN_SESSIONS } from '../rules/regime.ts';

/** An unbroken run of sessions that ends on the as-of date. */
export interface Need {
  readonly ticker: Ticker;
  /** Sessions, at least 1. */
  readonly sessions: number;
  /**
   * Offsets back from the as-of date of the closes that are read, 0 for its own; or each of them. A ticker
   * must have traded on these days. Days between only carry the price forward, which is right for a day
   * without trades: otherwise XLRE's five would exclude its first year from every ranking.
   */
  readonly reads?: 'each' | readonly number[];
  /** Whether it normally moves with its market, so that moving apart from all others is suspicious. */
  readonly peer?: boolean;
}

/** Data that a decision needs but that is missing. */
export interface Fault {
  readonly ticker: Ticker;
  /** Its last date, or the fault: `none`, `refused`, `gap at DATE`, `begins DATE`, `jump on DATE`. */
  readonly found: string;
  /** The same as a clause, without the ticker: what was expected and what was found. */
  readonly problem: string;
  /** The bars are present, but not credible. */
  readonly isDataIssue?: true;
}

/** A set of ranked tickers, and the sessions between the two closes of its momenta. */
export interface RankedUniverse {
  readonly universe: Universe;
  readonly lookback: number;
}

/** The closes to check and the rules that need them. */
export interface NeedInput {
  readonly universe: Universe;
  readonly bars: Bars;
  /** A session. */
  readonly asOf: SessionDate;
  /** Sessions, of each model that ranks the sectors of the universe. */
  readonly lookbacks: readonly number[];
  /** Candidates of other models, each with its lookback. */
  readonly others?: readonly RankedUniverse[];
  /** Whether fewer than 200 benchmark closes are allowed, as at the start of a history. */
  readonly warmUp: boolean;
}

/**
 * Why the instrument's history is too short to rank with the lookback, or undefined when it is long enough.
 */
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

/**
 * The closes needed to rank the sectors: lookback + 1 sessions each; none of a sector with too short a
 * history.
 */
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

/**
 * The closes needed for a whole decision: those of the rankings, 200 of the benchmark, the defensive
 * asset's last.
 */
export function decisionNeeds(input: NeedInput): readonly Need[] {
  const { universe, asOf, lookbacks, others = [] } = input;
  return [
    ...rankingNeeds(universe, asOf, lookbacks),
    // Candidates of a single model need not move with the sectors.
    ...others.flatMap((each) =>
      rankingNeeds(each.universe, asOf, [each.lookback]).map((need) => ({ ...need, peer: false })),
    ),
    // The previous day is needed to detect a jump in its price.
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
 * Every unmet need, in the order of the needs; if all bars are present, every data issue that blocks the
 * decision. `refused` says why a file was not loaded, `acceptedMoves` which issues a person cleared.
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

/** The row fault of each need, in their order; a ticker without any rows is reported elsewhere. */
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

/** The first blocking issue in each need's window, then the first about all tickers. */
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
  /** Issues of each need within its window, in the order of the needs. */
  readonly own: readonly (readonly DataQualityIssue[])[];
  /** The first issue about all tickers. */
  readonly everyones: readonly DataQualityIssue[];
}

/** A backtest asks for each day once; live refreshes differ in no more than a few ways. */
const MAX_KEPT = 8;
/** Every refresh asks the same about the same bars. */
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
  const problem = `bars through ${asOf} are suspicious: ${text} (${rule})`;
  return { ticker, found: `${rule} on ${date}`, problem, isDataIssue: true };
}

function absence(ticker: Ticker, asOf: SessionDate, refused: ReadonlyMap<Ticker, string>): Fault {
  const reason = refused.get(ticker);
  const expected = `expected ${asOf}`;
  return reason === undefined
    ? { ticker, found: 'none', problem: `${expected}, found none` }
    : { ticker, found: 'refused', problem: `${expected}, its file was refused: ${reason}` };
}

function faultOf(history: BarHistory, asOf: SessionDate, need: Need): Fault | undefined {
  const { ticker } = history;
  const end = countThrough(history, asOf);
  const last = history.dates[end - 1];
  if (last === undefined) return absence(ticker, asOf, new Map());
  if (last !== asOf) {
    return { ticker, found: last, problem: `expected ${asOf}, found ${last}` };
  }
  for (let back = 0; back < need.sessions; back++) {
    const expected = sessionOffset(asOf, -back).date;
    const found = rowFault(history, end - 1 - back, expected);
    if (found !== undefined) {
      const problem = `expected ${need.sessions} sessions through ${asOf}, found ${found}`;
      return { ticker, found, problem };
    }
  }
  return undefined;
}

const GAP = 'gap at ';

/**
 * The session that several tickers lack and that is all that is missing: perhaps the exchange was closed.
 */
export function commonGap({ found }: Pick<NoDecision, 'found'>): SessionDate | undefined {
  const [first = '', ...others] = found.values();
  const isCommon = others.length > 0 && others.every((each) => each === first);
  return isCommon && first.startsWith(GAP) ? sessionDate(first.slice(GAP.length)) : undefined;
}

/** The fault of the row expected to hold the session; undefined when it has none. */
function rowFault(history: BarHistory, row: number, expected: SessionDate): string | undefined {
  const date = history.dates[row];
  if (date === undefined) return `begins ${history.dates[0] ?? 'nowhere'}`;
  if (date < expected) return `${GAP}${expected}`;
  if (date > expected) return `${date}, which is not a session`;
  const close = history.close[row] ?? Number.NaN;
  return Number.isFinite(close) && close > 0 ? undefined : `a close of ${close} on ${date}`;
}

/**
 * The sectors, as faults, when none of them has a history long enough for a lookback: the ranking would be
 * empty.
 */
export function unrankable(
  universe: Universe,
  asOf: SessionDate,
  lookbacks: readonly number[],
): readonly Fault[] {
  const longest = Math.max(...lookbacks);
  const faults = universe.sectors.flatMap((sector): Fault[] => {
    const reason = tooYoungReason(sector, asOf, longest);
    const { ticker } = sector;
    return reason === undefined ? [] : [{ ticker, found: reason, problem: reason }];
  });
  return faults.length === universe.sectors.length ? faults : [];
}

/** The tickers that cannot be sized: without a price, or with an invalid one. */
export function unpriced(
  tickers: readonly Ticker[],
  prices: ReadonlyMap<Ticker, number>,
): readonly Fault[] {
  return tickers.flatMap((ticker): Fault[] => {
    const price = prices.get(ticker);
    if (price !== undefined && Number.isFinite(price) && price > 0) return [];
    const found = price === undefined ? 'no latest price' : `a latest price of ${price}`;
    return [{ ticker, found, problem: `expected a latest price, found ${price ?? 'none'}` }];
  });
}

/**
 * Its reason names tickers with the same problem together: a day that all lack is one sentence.
 * @throws RangeError without a fault: not deciding always has a reason.
 */
export function noDecision(asOf: SessionDate, faults: readonly Fault[]): NoDecision {
  if (faults.length === 0) throw new RangeError('no decision: expected a fault, found none');
  const tickers = Map.groupBy(faults, ({ problem }) => problem);
  const sentences = [...tickers].map(
    ([problem, same]) => `${same.map(({ ticker }) => ticker).join(', ')}: ${problem}`,
  );
  return {
    kind: 'no-decision',
    reason: `${sentences.join('; ')}.`,
    expected: asOf,
    found: new Map(faults.map(({ ticker, found }) => [ticker, found])),
    ...(faults.every((fault) => fault.isDataIssue) && { inDoubt: true }),
  };
}
