/** Refreshes broker data and bars, and holds the latest observation. */

import { carriedAllocations } from '../decide/carried.ts';
import type { Bars } from '../domain/bar.ts';
import { isRaise } from '../domain/decision.ts';
import { hasElapsed } from '../domain/elapsed.ts';
import type { Observation } from '../domain/observation.ts';
import type { EpochMs, SessionDate, Ticker } from '../domain/units.ts';
import { instruments } from '../domain/universe.ts';
import { TradingError } from '../errors.ts';
import { contradictionOf } from './account-check.ts';
import { type BrokerTime, createBrokerTime } from './broker-time.ts';
import { createBarKeeper, type HeldBars } from './held-bars.ts';
import { withInputs } from './keep-inputs.ts';
import {
  atTime,
  connected,
  dataShown,
  failed,
  nothingSeen,
  problemOf,
  when,
} from './observation.ts';
import type { Observer, ObserverParts } from './parts.ts';
import {
  decideFromSnapshot,
  inputOf,
  managedOf,
  managedTerms,
  rankOnly,
  type SnapshotQuestion,
} from './preview.ts';
import { askPrices } from './prices.ts';

/** Nothing is observed until the first refresh. */
export function createObserver(parts: ObserverParts): Observer {
  const { clocks } = parts;
  const tickers = instruments(parts.universe).map(({ ticker }) => ticker);
  const time = createBrokerTime(parts);
  const bars = createBarKeeper(parts.bars, tickers);
  let seen = nothingSeen(parts);

  const refreshBars: Observer['refreshBars'] = async (progress) => {
    await time.readOnce();
    // A price that contradicts the last close may be right: a split adjusts the bars in the night.
    const { missing = seen.data.undecided } = seen.data;
    await bars.read(time.lastComplete(), missing?.found, progress);
  };
  const contradiction = createContradictions(parts);
  /** Bars that a split may have adjusted since; while they do not come, the old ones stay. */
  const refetchContradicted = async (): Promise<boolean> => {
    const { bars: held, through } = bars.held();
    const found = contradiction(seen, held);
    if (through === undefined || found.size === 0) return false;
    await bars.read(through, found).catch(ignoreSilence);
    return true;
  };
  const readBroker = async (): Promise<void> => {
    const at = clocks.market.now();
    const found = await askBroker(parts, time, tickers);
    const held = bars.held();
    // Bars not requested yet are not missing; a decision itself requests them first.
    seen = { ...seen, ...seenOf(parts, held, found, held.through ?? time.lastComplete(), at) };
  };

  return {
    last() {
      const { bars: adjusted, raw } = bars.held();
      const data = { ...seen.data, progress: bars.progress() };
      return { ...atTime(parts, seen, clocks.market.now()), adjusted, raw, data };
    },
    now: time.now,
    readBrokerTime: time.readOnce,
    bars: () => bars.held().bars,
    raw: () => bars.held().raw,
    async refresh() {
      const at = clocks.market.now();
      try {
        await readBroker();
        if (await refetchContradicted()) await readBroker();
      } catch (error) {
        if (!(error instanceof TradingError)) throw error;
        seen = { ...atTime(parts, seen, at), broker: { ...seen.broker, ...failed(error) } };
        if (error.remedy !== 'retry') throw error;
      }
      return seen;
    },
    refreshBars,
    ...createDecisions(parts, bars.held, async () => {
      await refreshBars();
      const { answer } = await askBroker(parts, time, tickers);
      return { asOf: time.lastComplete(), ...answer };
    }),
  };
}

/** Prices this far from the last close are asked about once in this time, in market time. */
const REFETCH_MS = 5 * 60_000;

/** Held tickers whose price is further from their last close than any order may be, every few minutes. */
function createContradictions({ clocks, limits }: ObserverParts) {
  let askedAt: number | undefined;
  return (
    { positions, prices }: Pick<Observation, 'positions' | 'prices'>,
    bars: Bars,
  ): ReadonlyMap<Ticker, string> => {
    if (!hasElapsed(askedAt, REFETCH_MS, clocks.market.now())) return new Map();
    const found = positions.flatMap(({ ticker }): [Ticker, string][] => {
      const [price, close] = [prices.get(ticker), bars.get(ticker)?.close.at(-1)];
      if (price === undefined || close === undefined) return [];
      return Math.abs(price / close - 1) > limits.priceCollar ? [[ticker, `${price}`]] : [];
    });
    if (found.length > 0) askedAt = clocks.market.now();
    return new Map(found);
  };
}

function ignoreSilence(error: unknown): void {
  if (!(error instanceof TradingError)) throw error;
}

type Answer = Awaited<ReturnType<typeof askBroker>>['answer'];

/** Decides from fresh bars and fresh answers of the broker. */
function createDecisions(
  parts: ObserverParts,
  heldBars: () => HeldBars,
  askNow: () => Promise<Answer & Pick<SnapshotQuestion, 'asOf'>>,
): Pick<Observer, 'decide' | 'decideAndKeep'> {
  const questionOf = async (
    ...[id, cause, cadences]: Parameters<Observer['decide']>
  ): Promise<SnapshotQuestion> => {
    const now = await askNow();
    const made = [...parts.journal.book().rebalances.values()].map(({ decision }) => decision);
    // Raising cash involves no model.
    const last = made.findLast((decision) => !isRaise(decision));
    const models = [...parts.models, ...(parts.shadows ?? [])];
    return { id, cause, carried: carriedAllocations(last, models, cadences), ...now };
  };
  return {
    async decide(...asked) {
      const question = await questionOf(...asked);
      return decideFromSnapshot(parts, heldBars(), question);
    },
    async decideAndKeep(...asked) {
      const question = await questionOf(...asked);
      const held = heldBars();
      const outcome = decideFromSnapshot(parts, held, question);
      if (outcome.kind !== 'decided') return outcome;
      return withInputs(parts.inputs, outcome, inputOf(parts, held, question));
    },
  };
}

type Found = Awaited<ReturnType<typeof askBroker>>;

async function askBroker(
  { broker, clocks }: ObserverParts,
  time: BrokerTime,
  tickers: readonly Ticker[],
) {
  const [account, positions, unmanaged, market, { latest, priceProblem }] = await Promise.all([
    broker.account(),
    broker.positions(),
    broker.unmanagedHoldings(),
    time.ask(),
    askPrices(broker, tickers),
  ]);
  const seen = { account, positions, unmanaged, setAside: broker.setAside() };
  const answer = { ...seen, market, latest, now: clocks.market.now() };
  return { answer, priceProblem };
}

/** The observation from the answer and the bars held. */
function seenOf(
  parts: ObserverParts,
  held: HeldBars,
  { answer, priceProblem }: Found,
  asOf: SessionDate,
  at: EpochMs,
): Partial<Observation> & Pick<Observation, 'data'> {
  const question = { id: 'look', cause: 'manual', asOf, ...answer } as const;
  const outcome = decideFromSnapshot(parts, held, question);
  // Rankings and regime depend on closes: unless a price blocked it, they are those of the decision.
  const ranked = outcome.kind === 'decided' ? outcome : rankOnly(parts, held, question);
  const { account, positions, market, latest } = answer;
  return {
    ...{ account, positions, market, latest },
    prices: new Map([...latest].map(([ticker, { price }]) => [ticker, price])),
    managed: managedOf(parts, answer),
    managedBy: managedTerms(parts),
    maxPriceAgeMs: parts.limits.maxPriceAgeMs,
    isContradicted: contradictionOf(answer, parts.limits) !== undefined,
    ...when(parts, at, account),
    broker: connected(parts, at),
    data: {
      ...dataShown(parts.bars.name, held, { outcome, ranked, at: answer.now }),
      problem: problemOf(held.problem, priceProblem),
    },
  };
}
