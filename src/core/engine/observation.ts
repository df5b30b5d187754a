/** The parts of an observation: time, broker, data. */
import { type Account, isFunded, marketBy } from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import { sessionAt } from '../domain/calendar.ts';
import type { Outcome } from '../domain/decision.ts';
import { PRICE_PATIENCE_MS } from '../domain/fresh-price.ts';
import type { Observation } from '../domain/observation.ts';
import { REGIME_HOLD_SESSIONS } from '../domain/regime-hold.ts';
import type { EpochMs, SessionDate } from '../domain/units.ts';
import { sentence, type TradingError, UnreadableAnswer } from '../errors.ts';
import { nextRebalance, nextWindow, tradableSession, whyAsked } from '../scheduler.ts';
import { type EvidenceParts, unreadEvidence } from './evidence.ts';
import type { HeldBars } from './held-bars.ts';
import type { EngineParts } from './parts.ts';

/** Fields that depend on time alone. */
type TimeParts = Pick<EngineParts, 'version' | 'safety' | 'maxCatchUpSessions' | 'announce'> &
  EvidenceParts;

/** The observation before the first refresh. */
export function nothingSeen(
  parts: Pick<
    EngineParts,
    | 'bars'
    | 'universe'
    | 'build'
    | 'clocks'
    | 'mode'
    | 'version'
    | 'rebalanceOnRegimeChange'
    | 'regimeHoldSessions'
    | 'riskFree'
    | 'limits'
  >,
): Observation {
  const { bars, build, clocks, mode, universe, version } = parts;
  const { rebalanceOnRegimeChange, regimeHoldSessions = REGIME_HOLD_SESSIONS } = parts;
  return {
    at: clocks.market.now(),
    mode,
    version,
    build,
    universe,
    account: undefined,
    positions: [],
    market: undefined,
    broker: { connected: false, streaming: false, lastAnswer: undefined, problem: undefined },
    data: {
      source: bars.name,
      asOf: undefined,
      regime: undefined,
      rankings: [],
      missing: undefined,
    },
    prices: new Map(),
    nextRebalance: undefined,
    regimeHold: rebalanceOnRegimeChange ? regimeHoldSessions : undefined,
    riskFree: parts.riskFree ?? 0,
    maxDrawdown: parts.limits.maxDrawdown,
  };
}

/**
 * The next rebalance as of the instant, and the process's own state.
 * @param account as last observed.
 */
export function when(
  parts: TimeParts,
  at: EpochMs,
  account?: Account,
): Pick<Observation, 'at' | 'version' | 'mode' | 'safeMode' | 'nextRebalance' | 'ordersFrom'> {
  const { version, mode, safety, maxCatchUpSessions, models, journal } = parts;
  const book = journal.book();
  const { session, owed, missed, waits } = nextRebalance(book, at, {
    maxCatchUpSessions,
    models,
    announce: parts.announce,
  });
  const isOff = parts.announce?.auto === 'off';
  // Before the first deposit there is nothing to rebalance.
  const isEmpty = !book.baseline && account !== undefined && !isFunded(account);
  const coming = {
    ...{ session, owed: owed && !isOff && !isEmpty, missed: missed?.session },
    ...(missed && { missedBy: whyAsked(book, missed.session) }),
    waits: isOff ? ('off' as const) : isEmpty ? ('money' as const) : (waits ?? unread(parts, owed)),
  };
  const ordersFrom = tradableSession(at) ? undefined : nextWindow(at);
  return { at, version, mode, safeMode: safety?.reason(), nextRebalance: coming, ordersFrom };
}

function unread(parts: TimeParts, owed: boolean): 'evidence' | undefined {
  return owed && unreadEvidence(parts) !== undefined ? 'evidence' : undefined;
}

/** The observation, updated for the instant. */
export function atTime(parts: TimeParts, seen: Observation, at: EpochMs): Observation {
  return { ...seen, ...when(parts, at, seen.account), market: marketBy(seen.market, at) };
}

/** The broker's state after an answer at that instant. */
export function connected(
  { broker }: Pick<EngineParts, 'broker'>,
  at: EpochMs,
): Observation['broker'] {
  return {
    connected: true,
    streaming: broker.streaming(),
    lastAnswer: at,
    problem: undefined,
    setAside: broker.setAside(),
  };
}

/** The broker's state after that failure. An unreadable answer is not silence. */
export function failed(error: TradingError) {
  const unreadable = error instanceof UnreadableAnswer;
  return { connected: false, problem: sentence(error), unreadable };
}

/**
 * Ranking and regime need only closes. Stale prices in the first half hour of a session are normal: only a
 * due decision waits for them, and reports it itself.
 */
export function dataShown(
  source: string,
  held: HeldBars,
  { outcome, ranked, at }: { outcome: Outcome; ranked: Outcome; at: EpochMs },
): Observation['data'] {
  const undecided = outcome.kind === 'no-decision' ? outcome : undefined;
  const session = sessionAt(at);
  const isLong = session !== undefined && at - session.open >= PRICE_PATIENCE_MS;
  const missing = ranked.kind === 'no-decision' ? ranked : isLong ? undecided : undefined;
  return { ...dataOf(source, ranked, held), undecided, missing };
}

function dataOf(
  source: string,
  outcome: Outcome,
  { bars, provenance }: Pick<HeldBars, 'bars' | 'provenance'>,
): Observation['data'] {
  if (outcome.kind === 'decided') {
    const { asOf, regime, rankings } = outcome;
    return { source, asOf, regime, rankings, provenance, missing: undefined };
  }
  const none = { regime: undefined, rankings: [] };
  return { source, asOf: lastCommon(bars, provenance), ...none, provenance, missing: outcome };
}

/** The last session with bars of every ticker, including bars that may not be used. */
function lastCommon(bars: Bars, provenance: HeldBars['provenance']): SessionDate | undefined {
  const refused = [...(provenance ?? [])].filter(([ticker]) => !bars.has(ticker));
  const last = [
    ...[...bars.values()].map(({ dates }) => dates.at(-1)),
    ...refused.map(([, held]) => held.last),
  ];
  return last.includes(undefined) ? undefined : last.sort()[0];
}

/** Problems of bars first: without bars, prices say little. */
export function problemOf(...problems: readonly (string | undefined)[]): string | undefined {
  const found = problems.filter((problem) => problem !== undefined);
  return found.length > 0 ? found.join('; ') : undefined;
}
