/** The decision on the current observation, from the engine's own parts. */
import { type DecisionInput, decide } from '../decide/decide.ts';
import type { CarriedAllocations } from '../decide/portfolio.ts';
import { type Account, owedForShorts } from '../domain/account.ts';
import type { Bars } from '../domain/bar.ts';
import { sessionAt } from '../domain/calendar.ts';
import type { Cause, Decision, NoDecision, Outcome } from '../domain/decision.ts';
import type { AcceptedMoves } from '../domain/findings.ts';
import { freshness, PRICE_PATIENCE_MS, staleReason } from '../domain/fresh-price.ts';
import {
  type ManagedAccount,
  type ManagedTerms,
  managedAccount,
} from '../domain/managed-account.ts';
import { cents, type SessionDate, type Ticker } from '../domain/units.ts';
import { tradable, type Universe } from '../domain/universe.ts';
import {
  type AccountReading,
  contradictionOf,
  contradictionWords,
  worthOf,
} from './account-check.ts';
import type { EngineParts, ObserverParts } from './parts.ts';
import { lastCloses } from './prices.ts';
import { incompleteActions, incompleteActionsReason } from './reconciliation/incomplete-actions.ts';

/** One reading of the broker, and the decision to make on it. */
export interface SnapshotQuestion extends AccountReading {
  readonly id: string;
  readonly cause: Cause;
  readonly account: Account;
  /** A session. */
  readonly asOf: SessionDate;
  /** Allocations that models not rebalancing keep; by default all rebalance. */
  readonly carried?: CarriedAllocations;
}

interface HeldBars {
  readonly bars: Bars;
  readonly refused: ReadonlyMap<Ticker, string>;
}

/**
 * Decides on one reading: for the managed part of the account, with prices of this session. No decision
 * while the stated equity does not match its parts, while a corporate action is only half booked, or while
 * a ticker to be held has no usable price. With the market closed it is sized at the last closes.
 */
export function decideFromSnapshot(
  parts: ObserverParts,
  held: HeldBars,
  question: SnapshotQuestion,
): Outcome {
  const reason = unsoundOf(parts, held, question);
  if (reason !== undefined) {
    return { kind: 'no-decision', reason, expected: question.asOf, found: new Map() };
  }
  const outcome = sized(parts, held, question);
  if (outcome.kind !== 'decided') return outcome;
  return unpricedTarget(parts, held.bars, outcome, question) ?? outcome;
}

/** Rankings and regime only, which need closes but no prices. */
export function rankOnly(
  parts: ObserverParts,
  held: HeldBars,
  question: SnapshotQuestion,
): Outcome {
  return sized(parts, held, { ...question, latest: new Map() });
}

function sized(parts: ObserverParts, held: HeldBars, question: SnapshotQuestion): Outcome {
  return decide(inputOf(parts, held, question));
}

const NO_MOVES: AcceptedMoves = [];

/** All inputs of a decision on one reading. */
export function inputOf(
  parts: ObserverParts,
  held: HeldBars,
  question: SnapshotQuestion,
): DecisionInput {
  const { universe, models, shadows = [], limits, rules, acceptedMoves = NO_MOVES } = parts;
  const { id, cause, account, positions, asOf } = question;
  return {
    id,
    cause,
    accountId: account.id,
    asOf,
    bars: held.bars,
    refused: held.refused,
    acceptedMoves,
    universe,
    models,
    shadows,
    carried: question.carried ?? new Map(),
    holdings: {
      ...managedOf(parts, question),
      // A short position is not Rotor's: a plan would buy it back.
      positions: new Map(
        positions.filter(({ qty }) => qty > 0).map(({ ticker, qty }) => [ticker, qty]),
      ),
    },
    prices: sizingPrices(parts, held.bars, question),
    limits,
    rules,
    warmUp: false,
  };
}

/** Equity and cash that targets and limits are based on, at the prices of the same reading. */
export function managedOf(
  { universe, limits }: Pick<EngineParts, 'universe' | 'limits'>,
  question: Pick<SnapshotQuestion, 'account' | 'positions' | 'unmanaged' | 'latest' | 'now'>,
): ManagedAccount {
  const { account, positions, unmanaged } = question;
  const own = ownTickers(universe);
  const ownValue = cents(
    positions
      .filter(({ ticker, qty }) => own.has(ticker) && qty > 0)
      .reduce((sum, position) => sum + worthOf(position, question, limits.maxPriceAgeMs), 0),
  );
  const owed = owedForShorts(positions, unmanaged);
  return managedAccount({ cash: account.cash, ownValue, owed }, limits);
}

/** Which part of the account is managed, and the settings that limit it. */
export function managedTerms({
  universe,
  limits: { reserve, maxManaged },
}: Pick<EngineParts, 'universe' | 'limits'>): ManagedTerms {
  return { own: [...ownTickers(universe)], reserve, maxManaged };
}

function ownTickers(universe: Universe): ReadonlySet<Ticker> {
  return new Set(tradable(universe).map(({ ticker }) => ticker));
}

/** Why nothing can be sized on this reading: contradictory numbers, or an incomplete corporate action. */
function unsoundOf(
  { journal, limits }: ObserverParts,
  { bars }: HeldBars,
  question: SnapshotQuestion,
): string | undefined {
  const contradiction = contradictionOf(question, limits);
  if (contradiction) return contradictionWords(contradiction);
  const { account, positions, latest, now } = question;
  const prices = new Map([...latest].map(([ticker, { price }]) => [ticker, price]));
  return incompleteActionsReason(
    incompleteActions(journal.book(), { account, positions, prices, at: now }, bars),
  );
}

/** Usable prices, else the last closes, in which case the order waits. */
function sizingPrices(
  { limits }: Pick<EngineParts, 'limits'>,
  bars: Bars,
  question: SnapshotQuestion,
): ReadonlyMap<Ticker, number> {
  const closes = lastCloses(bars);
  const usable = [...question.latest].flatMap(([ticker, { price }]): [Ticker, number][] =>
    unusableReason(ticker, closes.get(ticker), question, limits) === undefined
      ? [[ticker, price]]
      : [],
  );
  return new Map([...closes, ...usable]);
}

/**
 * No decision while a ticker to be held has no usable price. After half an hour of an open market up to
 * half of them no longer hold up the rest: they are sized at the last close, and their orders wait. A
 * position sold completely needs no price for its size.
 */
function unpricedTarget(
  { limits }: Pick<EngineParts, 'limits'>,
  bars: Bars,
  { asOf, plan, verdict }: Decision,
  question: SnapshotQuestion,
): NoDecision | undefined {
  const session = sessionAt(question.now);
  if (!session) return undefined;
  const closes = lastCloses(bars);
  const wanted = plan.lines.filter(({ ticker }) => verdict.weights.get(ticker));
  const missing = wanted.flatMap(({ ticker }): [Ticker, string][] => {
    const why = unusableReason(ticker, closes.get(ticker), question, limits);
    return why === undefined ? [] : [[ticker, why]];
  });
  const isLong = question.now - session.open >= PRICE_PATIENCE_MS;
  if (missing.length === 0 || (isLong && missing.length * 2 <= wanted.length)) return undefined;
  const reason = `${missing.map(([, why]) => why).join('; ')}.`;
  return { kind: 'no-decision', reason, expected: asOf, found: new Map(missing) };
}

/**
 * Why the latest price is not usable: it is not fresh, or the last close contradicts it. An order sized
 * with such a price would only be held back until the price is right again, and then be sent with the wrong
 * size.
 */
function unusableReason(
  ticker: Ticker,
  close: number | undefined,
  { latest, now }: Pick<SnapshotQuestion, 'latest' | 'now'>,
  { maxPriceAgeMs, priceCollar }: EngineParts['limits'],
): string | undefined {
  const found = freshness(latest.get(ticker), { now, maxAgeMs: maxPriceAgeMs });
  if (found.kind !== 'fresh') return staleReason(ticker, found);
  const { price } = found.price;
  const gap = Math.abs(price / (close ?? Number.NaN) - 1);
  if (gap <= priceCollar) return undefined;
  return `${ticker}: latest price ${price}, last close ${close ?? 'none'}`;
}
