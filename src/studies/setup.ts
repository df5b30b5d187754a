/** Builds the backtest setup of a study from bars and rules. */
import { type History, prepareHistory } from '#core/backtest/history.ts';
import { interestOf } from '#core/backtest/interest.ts';
import { type Bars, lastDate } from '#core/domain/bar.ts';
import type { PlanRules, RiskLimits } from '#core/domain/decision.ts';
import type { AcceptedMoves } from '#core/domain/findings.ts';
import { keptAbout } from '#core/domain/kept.ts';
import type { ManagedRules } from '#core/domain/managed-account.ts';
import { dollars, type SessionDate } from '#core/domain/units.ts';
import { UNIVERSE, type Universe } from '#core/domain/universe.ts';
import type { BacktestSetup } from '#core/evidence/trial.ts';
import type { NoAnswer } from '#core/studies.ts';
import { keyOf } from './key-of.ts';

/** The configured limits and rules. */
export interface StudyRules {
  /** With the part of the account that Rotor manages; all of it by default. */
  readonly limits: RiskLimits & Partial<ManagedRules>;
  readonly rules: PlanRules;
  readonly acceptedMoves: AcceptedMoves;
}

/** Context of a study, besides its request. */
export interface StudyPlace {
  /** Folder of the journal and the inputs of its decisions. */
  readonly stateDir: string;
  /** Hash of the source files that make decisions. */
  readonly code: string;
  readonly rules: StudyRules;
}

/** The bars and rules that a study runs on. */
export interface StudyInputs extends StudyRules {
  readonly bars: Bars;
}

/** Cost of each fill in a study, in basis points. */
export const FILL_COST_BPS = 5;

/** Starting account of a study. */
const ACCOUNT = { equity: dollars(100_000), slippageBps: FILL_COST_BPS };

/** Annual interest on borrowed money in a study, a fraction; deliberately high. */
export const MARGIN_RATE = 0.08;

const BORROWING = { margin: MARGIN_RATE, cash: 0 };

/** Sessions that the longest lookback needs before the first decision. */
const WARM_UP = 251;
const TEN_YEARS = 2_520;
/** Two calendar years, so that one can be used for selection and the other for testing. */
const MIN_SESSIONS = 380;

/** Sessions to run over; the last ten years if available. */
export interface StudyRange {
  readonly from?: SessionDate | undefined;
  readonly to?: SessionDate | undefined;
}

/** The setup, or why there are not enough bars. */
export function setupOf(
  { bars, limits, rules, acceptedMoves }: StudyInputs,
  { from, to }: StudyRange = {},
  universe: Universe = UNIVERSE,
): BacktestSetup | NoAnswer {
  const history = historyOf(bars, universe, acceptedMoves);
  const { dates } = history.panel;
  const end = lastOfAll(bars);
  const lastRow = countThrough(dates, to !== undefined && to < end ? to : end) - 1;
  const asked = from === undefined ? lastRow - TEN_YEARS + 1 : countBefore(dates, from);
  const firstRow = Math.max(WARM_UP, asked);
  const [first, last] = [dates[firstRow], dates[lastRow]];
  const sessions = Math.max(0, lastRow - firstRow + 1);
  const least = from === undefined ? MIN_SESSIONS : 2;
  if (!first || !last || sessions < least) return refused(tooFew(dates, { sessions, least, end }));
  const fault = history.faultsOf(first, last);
  if (fault) return refused(fault.reason);
  const own = { ...ACCOUNT, limits, rules, ...borrowing(history, limits) };
  return { history, from: firstRow, to: lastRow, ...own };
}

/** The universe as it is, and a few with a sector more or less. */
const MAX_HISTORIES = 4;
const keptHistory = keptAbout<Bars, History>(MAX_HISTORIES);

/** A what-if compares two settings on the same bars, and the next one asks for them again. */
function historyOf(bars: Bars, universe: Universe, acceptedMoves: AcceptedMoves): History {
  return keptHistory(bars, keyOf([universe, acceptedMoves]), () =>
    prepareHistory({ bars, universe, acceptedMoves }),
  );
}

function tooFew(
  dates: readonly SessionDate[],
  found: { readonly sessions: number; readonly least: number; readonly end: SessionDate },
): string {
  const { sessions, least, end } = found;
  const begin = dates[WARM_UP];
  const held =
    begin === undefined
      ? `The bars hold ${dates.length} sessions, and the models look back on a year.`
      : `Days from ${begin} to ${end} can be tested.`;
  return `Expected ${least} sessions or more, found ${sessions}. ${held}`;
}

/** Interest applies if Rotor may borrow; otherwise it never owes anything. */
function borrowing(
  history: BacktestSetup['history'],
  { maxGross }: RiskLimits,
): Pick<BacktestSetup, 'more'> {
  const interest = maxGross > 1 ? interestOf(history, BORROWING) : undefined;
  return interest ? { more: { interest } } : {};
}

/** The last session for which every ticker has a bar. */
function lastOfAll(bars: Bars): SessionDate {
  const [first = '' as SessionDate] = [...bars.values()]
    .flatMap((each) => lastDate(each) ?? [])
    .sort();
  return first;
}

function countThrough(dates: readonly SessionDate[], date: SessionDate): number {
  return dates.filter((each) => each <= date).length;
}

function countBefore(dates: readonly SessionDate[], date: SessionDate): number {
  return dates.filter((each) => each < date).length;
}

/** A refusal with its reason. */
export function refused(reason: string): NoAnswer {
  return { kind: 'refused', reason };
}
