/** Looks at the broker and the bars, and keeps what was seen last. */

import { carriedAllocations } from '../decide/carried.ts';
import { type MarketClock, marketBy } from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import { sessionAt } from '../domain/calendar.ts';
import type { Cause, Outcome } from '../domain/decision.ts';
import type { Cadence } from '../domain/model.ts';
import type { Observation } from '../domain/observation.ts';
import { REGIME_HOLD_SESSIONS } from '../domain/regime-hold.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '../domain/units.ts';
import { instruments } from '../domain/universe.ts';
import { sentence, TradingError, UnreadableAnswer } from '../errors.ts';
import type { BarSet } from '../ports.ts';
import { barsThrough, nextRebalance } from '../scheduler.ts';
import type { EngineParts } from './parts.ts';
import { decideFromSnapshot, managedOf, rankOnly } from './preview.ts';
import { askPrices } from './prices.ts';

export interface Observer {
  last(): Observation;
  /**
   * The earlier of our clock and the broker's; undefined until the broker has told its time. A host
   * whose clock runs ahead must not take a bar that is still forming for a close.
   */
  now(): EpochMs | undefined;
  /** Asks the broker for its time, once. Silence leaves it unknown. */
  meetClock(): Promise<void>;
  /** The bars that were read last. */
  bars(): Bars;
  /** Asks the broker for everything once; a broker that does not answer is an observation too. */
  refresh(): Promise<Observation>;
  /** Brings the bars up to the last complete session and keeps them. */
  refreshBars(progress?: (done: number, of: number) => void): Promise<void>;
  /**
   * Decides as of now on what is seen now. Models of other cadences than those that are given keep
   * their last weights. Throws when the broker does not answer.
   */
  decide(id: string, cause: Cause, cadences?: readonly Cadence[]): Promise<Outcome>;
}

interface Seen {
  /** How far the broker's clock is ahead of ours, milliseconds; at most 0. */
  behind: number | undefined;
  bars: Bars;
  provenance: BarSet['provenance'];
  refused: ReadonlyMap<Ticker, string>;
  through: SessionDate | undefined;
  /** Why the source of bars gave nothing newer. */
  problem: string | undefined;
  progress: Observation['data']['progress'];
  observation: Observation;
}

/** So long after the open every ticker should have had a price. */
const PRICES_MS = 30 * 60_000;

export function createObserver(parts: EngineParts): Observer {
  const { broker, clock, journal, universe } = parts;
  const tickers = instruments(universe).map(({ ticker }) => ticker);
  const seen: Seen = {
    behind: undefined,
    bars: new Map(),
    provenance: undefined,
    refused: new Map(),
    through: undefined,
    problem: undefined,
    progress: undefined,
    observation: nothing(parts),
  };

  function now(): EpochMs | undefined {
    return seen.behind === undefined ? undefined : epochMs(clock.now() + seen.behind);
  }

  async function askTime(): Promise<MarketClock> {
    const market = await broker.clock();
    // The answer took its time, which only makes the broker's clock look a little later than it is.
    seen.behind = Math.min(0, market.at - clock.now());
    return market;
  }

  async function meetClock(): Promise<void> {
    if (seen.behind !== undefined) return;
    try {
      await askTime();
    } catch (error) {
      if (!(error instanceof TradingError) || error.remedy !== 'retry') throw error;
    }
  }

  /** @throws TradingError `retry` while the broker's time is not known. */
  function lastComplete(): SessionDate {
    const at = now();
    if (at === undefined) throw new TradingError('the broker has not told its time yet', 'retry');
    return barsThrough(at);
  }

  async function refreshBars(progress?: (done: number, of: number) => void): Promise<void> {
    await meetClock();
    const through = lastComplete();
    const isSettled = isComplete(seen.bars, through, tickers) && !seen.observation.data.missing;
    if (seen.through === through && isSettled) return;
    try {
      const set = await parts.bars.load(through, (done, of) => {
        seen.progress = { done, of };
        progress?.(done, of);
      });
      Object.assign(seen, { ...set, problem: set.problem, through });
    } finally {
      seen.progress = undefined;
    }
  }

  async function ask() {
    const [account, positions, unmanaged, market, { latest, priceProblem }] = await Promise.all([
      broker.account(),
      broker.positions(),
      broker.unmanagedHoldings(),
      askTime(),
      askPrices(broker, tickers),
    ]);
    const answer = { account, positions, unmanaged, market, latest, now: clock.now() };
    return { answer, priceProblem };
  }

  async function refresh(): Promise<Observation> {
    const at = clock.now();
    try {
      const { answer, priceProblem } = await ask();
      // Bars that were not asked for yet are not missing; a decision itself asks first.
      const asOf = seen.through ?? lastComplete();
      const question = { id: 'look', cause: 'manual', asOf, ...answer } as const;
      const outcome = decideFromSnapshot(parts, seen, question);
      const { account, positions, market, latest } = answer;
      const prices = new Map([...latest].map(([ticker, { price }]) => [ticker, price]));
      seen.observation = {
        ...seen.observation,
        ...{ account, positions, market, latest, prices },
        managed: managedOf(parts, answer),
        ...when(parts, at),
        broker: connected(parts, at),
        data: {
          ...dataShown(parts, seen, outcome, rankOnly(parts, seen, question), question.now),
          problem: problemOf(seen.problem, priceProblem),
        },
      };
    } catch (error) {
      if (!(error instanceof TradingError)) throw error;
      seen.observation = {
        ...seen.observation,
        ...atTime(at),
        broker: { ...seen.observation.broker, ...failed(error) },
      };
      if (error.remedy !== 'retry') throw error;
    }
    return seen.observation;
  }

  return {
    last: () => {
      const data = { ...seen.observation.data, progress: seen.progress };
      return { ...seen.observation, adjusted: seen.bars, data, ...atTime(clock.now()) };
    },
    now,
    meetClock,
    bars: () => seen.bars,
    refresh,
    refreshBars,
    async decide(id, cause, cadences) {
      await refreshBars();
      const { answer } = await ask();
      const last = [...journal.book().rebalances.values()].at(-1)?.decision;
      const carried = carriedAllocations(last, parts.models, cadences);
      const question = { id, cause, asOf: lastComplete(), carried, ...answer };
      return decideFromSnapshot(parts, seen, question);
    },
  };

  /** What time alone changes. */
  function atTime(at: EpochMs) {
    return { ...when(parts, at), market: marketBy(seen.observation.market, at) };
  }
}

/**
 * Ranking and regime need closes only. Prices that are not fresh in the first half hour of a session
 * are ordinary: only a decision that is due waits for them, and says so itself.
 */
function dataShown(
  { bars }: Pick<EngineParts, 'bars'>,
  seen: Seen,
  outcome: Outcome,
  ranked: Outcome,
  at: EpochMs,
) {
  const undecided = outcome.kind === 'no-decision' ? outcome : undefined;
  const session = sessionAt(at);
  const isLong = session !== undefined && at - session.open >= PRICES_MS;
  const missing = ranked.kind === 'no-decision' ? ranked : isLong ? undecided : undefined;
  return { ...dataOf(bars.name, ranked, seen), undecided, missing };
}

function when(
  { journal, version, mode, safety, maxCatchUpSessions, models }: EngineParts,
  at: EpochMs,
): Pick<Observation, 'at' | 'version' | 'mode' | 'safeMode' | 'nextRebalance'> {
  const { session, owed, missed } = nextRebalance(journal.book(), at, {
    maxCatchUpSessions,
    models,
  });
  const coming = { session, owed, missed: missed?.session };
  return { at, version, mode, safeMode: safety?.reason(), nextRebalance: coming };
}

function isComplete(bars: Bars, through: SessionDate, tickers: readonly Ticker[]): boolean {
  return tickers.every((ticker) => bars.get(ticker)?.dates.at(-1) === through);
}

/** The bars' first: without them prices say little. */
function problemOf(...problems: readonly (string | undefined)[]): string | undefined {
  const found = problems.filter((problem) => problem !== undefined);
  return found.length > 0 ? found.join('; ') : undefined;
}

/** An answer that nobody can read is no silence. */
function failed(error: TradingError) {
  const unreadable = error instanceof UnreadableAnswer;
  return { connected: false, problem: sentence(error), unreadable };
}

function connected({ broker }: EngineParts, at: EpochMs): Observation['broker'] {
  return {
    connected: true,
    streaming: broker.streaming(),
    lastAnswer: at,
    problem: undefined,
    setAside: broker.setAside(),
  };
}

function dataOf(
  source: string,
  outcome: Outcome | undefined,
  { bars, provenance }: Pick<Seen, 'bars' | 'provenance'>,
): Observation['data'] {
  if (outcome?.kind === 'decided') {
    const { asOf, regime, rankings } = outcome;
    return { source, asOf, regime, rankings, provenance, missing: undefined };
  }
  const none = { regime: undefined, rankings: [] };
  return { source, asOf: lastCommon(bars, provenance), ...none, provenance, missing: outcome };
}

/** The last session that every ticker has, also one whose bars are held and may not be used. */
function lastCommon(bars: Bars, provenance: Seen['provenance']): SessionDate | undefined {
  const refused = [...(provenance ?? [])].filter(([ticker]) => !bars.has(ticker));
  const last = [
    ...[...bars.values()].map(({ dates }) => dates.at(-1)),
    ...refused.map(([, held]) => held.last),
  ];
  return last.includes(undefined) ? undefined : last.sort()[0];
}

function nothing({
  bars,
  build,
  clock,
  mode,
  version,
  rebalanceOnRegimeChange,
  regimeHoldSessions = REGIME_HOLD_SESSIONS,
}: EngineParts): Observation {
  return {
    at: clock.now(),
    mode,
    version,
    build,
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
  };
}
