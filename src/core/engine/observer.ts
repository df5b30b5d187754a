/** Looks at the broker and the bars, and keeps what was seen last. */

import { decide } from '../decide/decide.ts';
import type { Account, MarketClock } from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import type { Cause, Decision, Outcome } from '../domain/decision.ts';
import type { Observation } from '../domain/observation.ts';
import { type EpochMs, epochMs, type SessionDate, type Ticker } from '../domain/units.ts';
import { instruments } from '../domain/universe.ts';
import { sentence, TradingError } from '../errors.ts';
import type { BarSet } from '../ports.ts';
import { barsThrough, nextRebalance } from '../scheduler.ts';
import type { EngineParts } from './parts.ts';

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
  look(): Promise<Observation>;
  /** Brings the bars up to the last complete session and keeps them. */
  refreshBars(progress?: (done: number, of: number) => void): Promise<void>;
  /** Decides as of now on what is seen now. Throws when the broker does not answer. */
  decide(id: string, cause: Cause): Promise<Outcome>;
}

interface Seen {
  /** How far the broker's clock is ahead of ours, milliseconds; at most 0. */
  behind: number | undefined;
  bars: Bars;
  provenance: BarSet['provenance'];
  refused: ReadonlyMap<Ticker, string>;
  through: SessionDate | undefined;
  observation: Observation;
}

export function createObserver(parts: EngineParts): Observer {
  const { broker, clock, journal, universe } = parts;
  const tickers = instruments(universe).map(({ ticker }) => ticker);
  const seen: Seen = {
    behind: undefined,
    bars: new Map(),
    provenance: undefined,
    refused: new Map(),
    through: undefined,
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
    if (seen.through === through && isComplete(seen.bars, through, tickers)) return;
    const set = await parts.bars.load(through, progress);
    Object.assign(seen, { ...set, through });
  }

  async function ask(): Promise<Pick<Observation, 'account' | 'positions' | 'market' | 'prices'>> {
    const [account, positions, market, latest] = await Promise.all([
      broker.account(),
      broker.positions(),
      askTime(),
      broker.latestPrices(tickers),
    ]);
    const prices = new Map([...latest].map(([ticker, { price }]) => [ticker, price]));
    return { account, positions, market, prices };
  }

  function conclude(
    id: string,
    cause: Cause,
    answer: Pick<Observation, 'positions' | 'prices'> & { account: Account },
    asOf: SessionDate,
  ): Outcome {
    const outcome = decide({
      id,
      cause,
      accountId: answer.account.id,
      asOf,
      bars: seen.bars,
      refused: seen.refused,
      universe,
      models: parts.models,
      holdings: {
        equity: answer.account.equity,
        cash: answer.account.cash,
        positions: new Map(answer.positions.map(({ ticker, qty }) => [ticker, qty])),
      },
      prices: answer.prices,
      limits: parts.limits,
      rules: parts.rules,
      warmUp: false,
    });
    return outcome.kind === 'decided' ? believable(outcome, parts.limits.priceCollar) : outcome;
  }

  async function look(): Promise<Observation> {
    const at = clock.now();
    try {
      const answer = await ask();
      const { account } = answer;
      // Bars that were not asked for yet are not missing; a decision itself asks first.
      const asOf = seen.through ?? lastComplete();
      const outcome = account && conclude('look', 'manual', { ...answer, account }, asOf);
      seen.observation = {
        ...seen.observation,
        ...answer,
        ...when(parts, at),
        broker: connected(parts, at),
        data: dataOf(parts.bars.name, outcome, seen),
      };
    } catch (error) {
      if (!(error instanceof TradingError)) throw error;
      seen.observation = {
        ...seen.observation,
        ...when(parts, at),
        broker: { ...seen.observation.broker, connected: false, problem: sentence(error) },
      };
      if (error.remedy !== 'retry') throw error;
    }
    return seen.observation;
  }

  return {
    last: () => ({ ...seen.observation, ...when(parts, clock.now()) }),
    now,
    meetClock,
    bars: () => seen.bars,
    look,
    refreshBars,
    async decide(id, cause) {
      await refreshBars();
      const { account, positions, prices } = await ask();
      if (!account) throw new TradingError('account: the broker did not answer', 'retry');
      return conclude(id, cause, { account, positions, prices }, lastComplete());
    },
  };

  function when(
    { version, mode }: EngineParts,
    at: EpochMs,
  ): Pick<Observation, 'at' | 'version' | 'mode' | 'nextRebalance'> {
    const { session, owed } = nextRebalance(journal.book(), at);
    return { at, version, mode, nextRebalance: { session, owed } };
  }
}

/**
 * The decision, unless it was sized with a price that the last close contradicts. The gate would hold
 * its orders back only until the price is right again, and then let the wrong sizes pass.
 */
function believable(decision: Decision, collar: number): Outcome {
  const { asOf, closes, prices, plan } = decision;
  const wrong = plan.lines.flatMap(({ ticker }): [Ticker, string][] => {
    const [price, close] = [prices.get(ticker), closes.get(ticker)];
    const gap = Math.abs((price ?? Number.NaN) / (close ?? Number.NaN) - 1);
    if (gap <= collar) return [];
    return [[ticker, `latest trade ${price ?? 'none'}, last close ${close ?? 'none'}`]];
  });
  if (wrong.length === 0) return decision;
  const sentences = wrong.map(([ticker, found]) => `${ticker}: ${found}`).join('; ');
  const reason = `No decision as of ${asOf}. Prices outside the collar: ${sentences}.`;
  return { kind: 'no-decision', reason, expected: asOf, found: new Map(wrong) };
}

function isComplete(bars: Bars, through: SessionDate, tickers: readonly Ticker[]): boolean {
  return tickers.every((ticker) => bars.get(ticker)?.dates.at(-1) === through);
}

function connected({ broker }: EngineParts, at: EpochMs): Observation['broker'] {
  return { connected: true, streaming: broker.streaming(), lastAnswer: at, problem: undefined };
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
  return { source, asOf: lastCommon(bars), ...none, provenance, missing: outcome };
}

/** The last session that every ticker has. */
function lastCommon(bars: Bars): SessionDate | undefined {
  const last = [...bars.values()].map((history) => history.dates.at(-1));
  return last.includes(undefined) ? undefined : last.sort()[0];
}

function nothing({ bars, build, clock, mode, version }: EngineParts): Observation {
  return {
    at: clock.now(),
    mode,
    version,
    build,
    account: undefined,
    positions: [],
    market: undefined,
    broker: { connected: false, streaming: false, lastAnswer: undefined, problem: 'not asked yet' },
    data: {
      source: bars.name,
      asOf: undefined,
      regime: undefined,
      rankings: [],
      missing: undefined,
    },
    prices: new Map(),
    nextRebalance: undefined,
  };
}
